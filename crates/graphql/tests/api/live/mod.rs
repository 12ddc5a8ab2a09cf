//! What follows what happens: subscriptions over WebSocket.

mod access;
mod bounds;
mod protocol;
mod socket;
mod told;
mod workers;
