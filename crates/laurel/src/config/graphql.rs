//! `[graphql]`: what the API lets itself be asked.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use laurel_graphql::{Limits, Settings, Share, Sockets};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CustomerTokens, Origin, duration};

/// Limits of the API. What goes beyond is refused before it is run.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GraphQl {
    /// Largest body of a request, in bytes.
    #[schemars(range(min = 1))]
    pub max_body: usize,
    /// Time for a body to arrive.
    #[serde(with = "duration")]
    #[schemars(with = "String")]
    pub body_deadline: Duration,
    /// Time for an answer to be made; then it is 503.
    #[serde(with = "duration")]
    #[schemars(with = "String")]
    pub deadline: Duration,
    /// WebSocket connections open at a time, in all. They count among the listener's connections, too.
    #[schemars(range(min = 1))]
    pub max_sockets: usize,
    /// WebSocket connections open at a time with the same credentials.
    #[schemars(range(min = 1))]
    pub max_sockets_per_token: usize,
    /// Whether API keys may ask for the schema. Customer tokens never may.
    pub introspection: bool,
    /// Origins of web pages that may ask from a browser, such as `https://app.example.com`; none unless set.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cors_origins: Vec<Origin>,
    /// Operations that are stored beforehand: a folder of `.graphql` files, or a manifest in JSON. With it, customer
    /// tokens run these and nothing else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trusted_documents: Option<PathBuf>,
    /// Tokens that the API issues for customers.
    pub customer_tokens: CustomerTokens,
    /// Tokens of a query's text.
    #[schemars(range(min = 1))]
    pub max_tokens: usize,
    /// Fields inside one another. The introspection query of the usual tools has 15.
    #[schemars(range(min = 1))]
    pub max_depth: usize,
    /// Fields at the root of an operation.
    #[schemars(range(min = 1))]
    pub max_root_fields: usize,
    /// Aliases in an operation.
    #[schemars(range(min = 1))]
    pub max_aliases: usize,
    /// Directives in one place.
    #[schemars(range(min = 1))]
    pub max_directives: usize,
    /// Cost of an operation: its fields, as many times as the sizes of its pages say.
    #[schemars(range(min = 1))]
    pub max_cost: usize,
    /// Requests of one token, a key's or a customer's, that run at a time.
    #[schemars(range(min = 1))]
    pub max_at_once: usize,
    /// Requests of one token that may wait for their turn, for a second; what goes beyond is answered 429.
    pub max_waiting: usize,
    /// What one token may spend in a minute, in cost; what goes beyond is answered 429. As much as it likes, unless set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_per_minute: Option<NonZeroU32>,
}

impl Default for GraphQl {
    fn default() -> Self {
        let Settings {
            max_body,
            body_deadline,
            deadline,
            share,
            limits,
            sockets,
            introspection,
            ..
        } = Settings::default();
        Self {
            max_body,
            body_deadline,
            deadline,
            max_sockets: sockets.all,
            max_sockets_per_token: sockets.per_token,
            introspection,
            cors_origins: Vec::new(),
            trusted_documents: None,
            customer_tokens: CustomerTokens::default(),
            max_tokens: limits.tokens,
            max_depth: limits.depth,
            max_root_fields: limits.root_fields,
            max_aliases: limits.aliases,
            max_directives: limits.directives,
            max_cost: limits.complexity,
            max_at_once: share.at_once,
            max_waiting: share.waiting,
            cost_per_minute: share.cost_per_minute,
        }
    }
}

impl GraphQl {
    /// The same as the API takes it. A query is never longer than the body that it comes in.
    pub(crate) fn settings(&self) -> Settings {
        let standard = Settings::default();
        let siblings = standard.limits.siblings.max(self.max_root_fields);
        Settings {
            max_body: self.max_body,
            body_deadline: self.body_deadline,
            deadline: self.deadline,
            share: Share {
                at_once: self.max_at_once,
                waiting: self.max_waiting,
                cost_per_minute: self.cost_per_minute,
                ..standard.share
            },
            limits: Limits {
                bytes: self.max_body,
                tokens: self.max_tokens,
                depth: self.max_depth,
                root_fields: self.max_root_fields,
                siblings,
                aliases: self.max_aliases,
                directives: self.max_directives,
                complexity: self.max_cost,
                ..standard.limits
            },
            sockets: Sockets {
                all: self.max_sockets,
                per_token: self.max_sockets_per_token,
                ..standard.sockets
            },
            ..standard
        }
    }

    /// The numbers of which one is needed, by their names.
    pub(super) fn numbers(&self) -> [(&'static str, usize); 10] {
        [
            ("max_body", self.max_body),
            ("max_sockets", self.max_sockets),
            ("max_sockets_per_token", self.max_sockets_per_token),
            ("max_tokens", self.max_tokens),
            ("max_depth", self.max_depth),
            ("max_root_fields", self.max_root_fields),
            ("max_aliases", self.max_aliases),
            ("max_directives", self.max_directives),
            ("max_cost", self.max_cost),
            ("max_at_once", self.max_at_once),
        ]
    }
}
