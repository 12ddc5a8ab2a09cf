//! Tokens for a brand's app: each speaks for one customer, for a short time.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use laurel_payloads::CustomerId;

use super::{Deed, UserError, UserErrorCode};
use crate::asking::Asking;
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

/// What it is called in the audit log.
const ACTION: &str = "issue_customer_token";

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
    // What is no customer's id may be anything, an address included: it is not kept.
    let nobody = Deed::new(asking, ACTION, "unknown");
    nobody.allowed(asking.administrator()).await?;
    let customer = match input.customer_id.parse::<CustomerId>() {
        Ok(id) => read(context, id).await?,
        Err(_) => None,
    };
    let Some(customer) = customer else {
        nobody.ended("not_found").await?;
        return Ok(unknown("There is no such customer.").into());
    };
    let deed = Deed::new(asking, ACTION, customer.customer_id.as_str());
    let tokens = context.data_unchecked::<Arc<Tokens>>();
    let ttl = match lifetime(tokens, input.ttl) {
        Ok(ttl) => ttl,
        Err(error) => {
            deed.ended("invalid").await?;
            return Ok(error.into());
        }
    };
    if !takes_part(&customer) {
        deed.ended("inactive").await?;
        return Ok(refused("The customer does not take part.").into());
    }
    let bearer = Bearer {
        source: asking.scope.source().clone(),
        customer: customer.customer_id.clone(),
    };
    let Issued { token, expires_at } = asking.read(tokens.issue(&bearer, ttl).await)?;
    deed.ended("done").await?;
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
