//! The root of every mutation: one file for each thing that can be changed.
//!
//! A mutation takes one `input` and answers with a payload of its own: what it changed, and `userErrors` where what was
//! asked for cannot be. Who may not ask at all is refused with an error, as in a query; the payload is null then, and
//! what the mutations before it have answered stays (an `Option<Result<_>>`: the engine lets the `Err` of a plain `Result`
//! take all of the data with it).

mod customer_token;
mod deed;
mod erasure;
mod event;
mod notification;
mod suppression;
mod user_error;

use async_graphql::MergedObject;

use customer_token::CustomerTokens;
use deed::Deed;
use erasure::Erasures;
use event::Events;
use notification::Notifications;
use suppression::Suppressions;
use user_error::{UserError, UserErrorCode};

/// Where every mutation begins. They come by `POST` only.
#[derive(Debug, Default, MergedObject)]
pub(crate) struct Mutation(
    CustomerTokens,
    Erasures,
    Events,
    Notifications,
    Suppressions,
);
