//! What becomes of odd events once they are handled, in the read models of both databases.

mod failing;
mod holds;
mod house;
mod movements;
mod outcomes;
mod registrations;
mod texts;
mod times;
