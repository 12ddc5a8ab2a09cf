//! Tokens for a brand's app: each speaks for one customer, for a short time.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use laurel_payloads::CustomerId;
use laurel_store::CustomerRecord;

use super::{UserError, UserErrorCode};
use crate::asking::Asking;
use crate::caller::Caller;
use crate::reads::read;
use crate::scalars::DateTime;
use crate::tokens::{Bearer, Issued, Tokens, takes_part};

/// The mutations of customer tokens.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CustomerTokens;

/// What `issueCustomerToken` is told.
#[derive(InputObject)]
struct IssueCustomerTokenInput {
    /// The brand's own id of the customer.
    customer_id: ID,
    /// How long the token is good for, in seconds; 15 minutes (900), unless configured otherwise, where nothing is
    /// said. The configuration sets how long it may be: an hour (3600) unless it says otherwise.
    ttl: Option<i32>,
}

/// What `issueCustomerToken` answers.
#[derive(Default, SimpleObject)]
struct IssueCustomerTokenPayload {
    /// The token: the customer's app sends it as `Authorization: Bearer …`. Null where there are `userErrors`.
    token: Option<String>,
    /// From when on it opens nothing.
    expires_at: Option<DateTime>,
    /// Why there is no token.
    user_errors: Vec<UserError>,
}

#[Object]
impl CustomerTokens {
    /// Issues a token that lets a customer's app ask about this customer, and about nobody else: `viewer`, and
    /// `customer` and `node` as far as they are the customer's own. Needs the scope `admin`.
    async fn issue_customer_token(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "For whom, and for how long.")] input: IssueCustomerTokenInput,
    ) -> Option<Result<IssueCustomerTokenPayload>> {
        Some(issue(context, input).await)
    }
}

async fn issue(
    context: &Context<'_>,
    input: IssueCustomerTokenInput,
) -> Result<IssueCustomerTokenPayload> {
    let asking = Asking::of(context);
    asking.administrator()?;
    let tokens = context.data_unchecked::<Arc<Tokens>>();
    let ttl = match lifetime(tokens, input.ttl) {
        Ok(ttl) => ttl,
        Err(error) => return Ok(error.into()),
    };
    let customer = match input.customer_id.parse::<CustomerId>() {
        Ok(id) => read(context, id).await?,
        Err(_) => None,
    };
    let Some(customer) = customer else {
        return Ok(unknown("There is no such customer.").into());
    };
    if !takes_part(&customer) {
        return Ok(refused("The customer does not take part.").into());
    }
    let bearer = Bearer {
        source: asking.scope.source().clone(),
        customer: customer.customer_id.clone(),
    };
    let Issued { token, expires_at } = asking.read(tokens.issue(&bearer, ttl).await)?;
    note(asking, &customer, ttl);
    Ok(IssueCustomerTokenPayload {
        token: Some(token),
        expires_at: Some(expires_at.into()),
        user_errors: Vec::new(),
    })
}

fn lifetime(tokens: &Tokens, seconds: Option<i32>) -> Result<Duration, UserError> {
    let Some(seconds) = seconds else {
        return Ok(tokens.settings().ttl);
    };
    let longest = tokens.settings().max_ttl;
    let asked = u64::try_from(seconds).ok().map(Duration::from_secs);
    let asked = asked.filter(|ttl| !ttl.is_zero() && *ttl <= longest);
    asked.ok_or_else(|| {
        let message = format!(
            "A token is good for 1 to {} seconds here.",
            longest.as_secs()
        );
        UserError::of_input("ttl", UserErrorCode::Invalid, message)
    })
}

/// Who had a token made for whom stays in the log.
fn note(asking: &Asking, customer: &CustomerRecord, ttl: Duration) {
    if let Caller::Key(key) = asking.caller {
        let (request, source) = (asking.request, asking.scope.source());
        tracing::info!(
            event = "customer_token.issued", request.id = %request, key.id = %key, %source,
            customer.id = %customer.customer_id, ttl = ttl.as_secs(), "a customer token was issued"
        );
    }
}

fn unknown(message: &str) -> UserError {
    UserError::of_input("customerId", UserErrorCode::NotFound, message)
}

fn refused(message: &str) -> UserError {
    UserError::of_input("customerId", UserErrorCode::Invalid, message)
}

impl From<UserError> for IssueCustomerTokenPayload {
    fn from(error: UserError) -> Self {
        Self {
            user_errors: vec![error],
            ..Self::default()
        }
    }
}
