//! Intake as a sender sees it: the real router over real databases, from the request to the row.

mod answers;
mod bounds;
mod client;
mod credentials;
mod departures;
mod door;
mod groups;
mod kept;
mod malformed;
mod outages;
mod repeats;
mod writers;
