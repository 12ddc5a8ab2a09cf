//! Addresses that are not to be written to.

use async_graphql::{Context, Enum, InputObject, Object, Result, SimpleObject};
use laurel_store::{SuppressionReason as Reason, SuppressionRecord};

use super::{Deed, UserError, UserErrorCode};
use crate::asking::Asking;
use crate::scalars::DateTime;

/// The mutations of suppressions.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Suppressions;

/// Why an address is not written to.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "Reason")]
pub(crate) enum SuppressionReason {
    /// A relay or a bounce said that there is no such mailbox.
    Bounce,
    /// Its owner called a mail unwanted.
    Complaint,
    /// Its owner unsubscribed.
    Unsubscribed,
    /// An operator said so.
    Operator,
}

/// An address that is not written to, whoever it belongs to.
#[derive(SimpleObject)]
pub(crate) struct Suppression {
    /// The address, in lower case.
    address: String,
    /// Why it is not written to.
    reason: SuppressionReason,
    /// Since when.
    created_at: DateTime,
}

/// What `suppressEmail` is told.
#[derive(InputObject)]
struct SuppressEmailInput {
    /// The address. Case makes no difference.
    address: String,
    /// Why it is not to be written to; `OPERATOR` where nothing is said.
    reason: Option<SuppressionReason>,
}

/// What `suppressEmail` answers.
#[derive(SimpleObject)]
struct SuppressEmailPayload {
    /// What holds now: an address that was suppressed before keeps its first reason and time.
    suppression: Option<Suppression>,
    /// Why nothing was changed.
    user_errors: Vec<UserError>,
}

/// What `unsuppressEmail` is told.
#[derive(InputObject)]
struct UnsuppressEmailInput {
    /// The address. Case makes no difference.
    address: String,
}

/// What `unsuppressEmail` answers.
#[derive(SimpleObject)]
struct UnsuppressEmailPayload {
    /// What held until now.
    suppression: Option<Suppression>,
    /// Why nothing was changed.
    user_errors: Vec<UserError>,
}

#[Object]
impl Suppressions {
    /// Has an address not written to from now on, whoever it belongs to. Needs the scope `operate`.
    async fn suppress_email(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which address.")] input: SuppressEmailInput,
    ) -> Option<Result<SuppressEmailPayload>> {
        Some(suppress(Asking::of(context), input).await)
    }

    /// Lets an address be written to again. What was skipped meanwhile stays skipped. Needs the scope `operate`.
    async fn unsuppress_email(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which address.")] input: UnsuppressEmailInput,
    ) -> Option<Result<UnsuppressEmailPayload>> {
        Some(unsuppress(Asking::of(context), input).await)
    }
}

async fn suppress(asking: &Asking, input: SuppressEmailInput) -> Result<SuppressEmailPayload> {
    let deed = deed(asking, "suppress_email", &input.address).await?;
    deed.allowed(asking.operator()).await?;
    if let Err(error) = check(&input.address) {
        deed.ended("invalid").await?;
        return Ok(SuppressEmailPayload {
            suppression: None,
            user_errors: vec![error],
        });
    }
    let reason = input.reason.unwrap_or(SuppressionReason::Operator).into();
    let suppressed = asking.scope.suppress(&input.address, reason).await;
    let suppressed = asking.read(suppressed)?;
    deed.ended("done").await?;
    Ok(SuppressEmailPayload {
        suppression: Some(suppressed.into()),
        user_errors: Vec::new(),
    })
}

async fn unsuppress(
    asking: &Asking,
    input: UnsuppressEmailInput,
) -> Result<UnsuppressEmailPayload> {
    let deed = deed(asking, "unsuppress_email", &input.address).await?;
    deed.allowed(asking.operator()).await?;
    let held = asking.read(asking.scope.unsuppress(&input.address).await)?;
    deed.ended(if held.is_some() { "done" } else { "not_found" })
        .await?;
    let unknown = || {
        let code = UserErrorCode::NotFound;
        UserError::of_input("address", code, "This address is not suppressed.")
    };
    Ok(UnsuppressEmailPayload {
        user_errors: held.is_none().then(unknown).into_iter().collect(),
        suppression: held.map(Suppression::from),
    })
}

/// The address itself stays out of what is kept about it.
async fn deed<'a>(asking: &'a Asking, action: &'static str, address: &str) -> Result<Deed<'a>> {
    let (store, source) = (asking.scope.store(), asking.scope.source());
    let target = asking.read(store.alias_of_address(source, address).await)?;
    Ok(Deed::new(asking, action, target))
}

/// The longest that an address can be (RFC 5321 §4.5.3.1.3).
const LONGEST: usize = 254;

/// Refuses what no customer's address could ever be equal to. It need not be one that mail is sent to.
fn check(address: &str) -> Result<(), UserError> {
    let plain = address.len() <= LONGEST
        && !address.contains(|c: char| c.is_whitespace() || c.is_control())
        && address
            .rsplit_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty());
    if plain {
        return Ok(());
    }
    let message = "This is not a mail address.";
    Err(UserError::of_input(
        "address",
        UserErrorCode::Invalid,
        message,
    ))
}

impl From<SuppressionRecord> for Suppression {
    fn from(record: SuppressionRecord) -> Self {
        Self {
            address: record.address,
            reason: record.reason.into(),
            created_at: record.created_at.into(),
        }
    }
}
