//! Customers who are erased.

use std::time::Duration;

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use laurel_payloads::CustomerId;
use laurel_store::{Erased, Error, Scope};
use tokio::task::JoinHandle;

use super::{Deed, UserError, UserErrorCode};
use crate::asking::Asking;

/// The mutations that erase.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Erasures;

/// What `eraseCustomer` is told.
#[derive(InputObject)]
struct EraseCustomerInput {
    /// The brand's own id of the customer, now or before they identified themselves.
    customer_id: ID,
}

/// What `eraseCustomer` answers.
#[derive(Default, SimpleObject)]
struct EraseCustomerPayload {
    /// The customer, by the id that they have now.
    customer_id: Option<ID>,
    /// Whether nothing personal is left. Where there is much to go through it takes longer than an answer may, and goes on
    /// by itself; asked again, it says whether it has come to its end.
    finished: bool,
    /// How many events were redacted by this run; null while it goes on.
    redacted_events: Option<u64>,
    /// Why nothing was changed.
    user_errors: Vec<UserError>,
}

/// What it is called in the audit log.
const ACTION: &str = "erase_customer";

/// How long the answer waits for the end.
const PATIENCE: Duration = Duration::from_secs(3);

#[Object]
impl Erasures {
    /// Erases a customer, for good: their profile, whatever is personal in their events, and what is to be sent to them.
    /// Amounts and counts stay, and nothing that comes later brings the profile back. Needs the scope `admin`.
    async fn erase_customer(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Whom.")] input: EraseCustomerInput,
    ) -> Option<Result<EraseCustomerPayload>> {
        Some(erase(Asking::of(context), input.customer_id).await)
    }
}

async fn erase(asking: &Asking, id: ID) -> Result<EraseCustomerPayload> {
    // What is no customer's id may be anything, an address included: it is not kept.
    let nobody = Deed::new(asking, ACTION, "unknown");
    nobody.allowed(asking.administrator()).await?;
    let mut running = match id.parse::<CustomerId>() {
        Ok(customer) => begin(asking.scope.clone(), customer),
        Err(_) => return unknown(&nobody).await,
    };
    let deed = Deed::new(asking, ACTION, id.as_str());
    let Ok(ended) = tokio::time::timeout(PATIENCE, &mut running).await else {
        deed.ended("goes_on").await?;
        return Ok(EraseCustomerPayload {
            customer_id: Some(id),
            ..EraseCustomerPayload::default()
        });
    };
    let ended = ended.map_err(|panic| asking.failed(&panic))?;
    let Some(erased) = asking.read(ended)? else {
        return unknown(&nobody).await;
    };
    deed.ended("done").await?;
    Ok(EraseCustomerPayload {
        customer_id: Some(erased.customer_id.as_str().into()),
        finished: true,
        redacted_events: Some(erased.events),
        user_errors: Vec::new(),
    })
}

/// In a task of its own: it goes on when nobody waits for it any more.
fn begin(scope: Scope, customer: CustomerId) -> JoinHandle<Result<Option<Erased>, Error>> {
    tokio::spawn(async move {
        let ended = scope.erase(&customer).await;
        if let Err(error) = &ended {
            tracing::error!(source = %scope.source(), %error, "a customer could not be erased: to be tried again");
        }
        ended
    })
}

async fn unknown(deed: &Deed<'_>) -> Result<EraseCustomerPayload> {
    deed.ended("not_found").await?;
    let message = "There is no such customer.";
    Ok(EraseCustomerPayload {
        user_errors: vec![UserError::of_input(
            "customerId",
            UserErrorCode::NotFound,
            message,
        )],
        ..EraseCustomerPayload::default()
    })
}
