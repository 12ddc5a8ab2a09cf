//! The types of the schema, one file for each idea. Each wraps a record of the store; none is one.

mod customer;
mod customers;
mod event;
mod events;
mod expiring;
pub(crate) mod history;
mod node;
mod notification;
mod notifications;
mod program;
mod queue_id;
mod reservation;
mod reward;
mod summary;
mod tier;
mod unexplained;
mod wallet;

pub(crate) use customer::Customer;
pub(crate) use customers::{CustomerFilter, Customers};
pub(crate) use event::WebhookEvent;
pub(crate) use events::{EventFilter, Events};
pub(crate) use node::Node;
pub(crate) use notification::Notification;
pub(crate) use program::Program;
pub(crate) use reservation::ReservationOutcome;
pub(crate) use reward::Reward;
pub(crate) use summary::Period;
pub(crate) use tier::Tier;
