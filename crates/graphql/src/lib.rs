//! Answers questions from the read models, over GraphQL.
#![doc = include_str!("../README.md")]

mod asker;
mod asking;
mod authority;
mod budget;
mod calendar;
mod caller;
mod connection;
mod cursor;
mod engine;
mod error;
mod explorer;
mod global_id;
mod guard;
mod http;
mod live;
mod mutation;
mod query;
mod readers;
mod reads;
mod root;
mod scalars;
mod settings;
mod socket;
mod subscription;
mod tokens;
mod trusted;
mod turns;
mod types;

use std::sync::Arc;

use async_graphql::{ObjectType, SDLExportOptions, Schema};
use axum::Router;
use laurel_store::Store;

use crate::authority::Guarded;
use crate::budget::Budget;
use crate::guard::Guard;
use crate::live::Hub;
use crate::mutation::Mutation;
use crate::socket::Places;
use crate::tokens::Tokens;
use crate::turns::Turns;

pub use asker::Asker;
pub use query::{Query, QueryRoot};
pub use readers::Readers;
pub use root::root_faults;
pub use settings::{CustomerTokens, Limits, Settings, Share};
pub use socket::Sockets;
pub use subscription::Subscription;
pub use tokens::{IdentityProvider, KeySet, KeySetError, TokenAlgorithm};
pub use trusted::{TrustedDocuments, TrustedDocumentsError};

/// Who issues the tokens of our own making, as they say it (`iss`); no identity provider may have this name.
pub const TOKEN_ISSUER: &str = "laurel";

/// The largest page of any connection.
pub(crate) const MAX_PAGE: u32 = 100;
/// The page of who does not say how large.
pub(crate) const DEFAULT_PAGE: u32 = 20;

/// The schema, whose roots are closed to who may not ask.
pub(crate) type Root<Q> = Schema<Guarded<Q>, Guarded<Mutation>, Subscription>;

/// What every request needs.
pub(crate) struct Api<Q> {
    schema: Root<Q>,
    guard: Guard,
    turns: Arc<Turns>,
    budget: Option<Budget>,
    store: Store,
    tokens: Arc<Tokens>,
    hub: Arc<Hub>,
    places: Places,
    settings: Settings,
}

/// The API's routes: `GET` and `POST /graphql`, also as a WebSocket, `GET /graphql/schema.graphql`, and the explorer at `/`.
///
/// ```
/// # fn example(store: laurel_store::Store) -> axum::Router {
/// use laurel_graphql::{Settings, router};
///
/// // Beside other routes of the same server.
/// axum::Router::new().merge(router(store, Settings::default()))
/// # }
/// ```
pub fn router(store: Store, settings: Settings) -> Router {
    router_of(store, settings, Query::default())
}

/// The same for a query root of an extension's: an object named `Query` that [`QueryRoot`] is merged into.
///
/// ```
/// # fn example(store: laurel_store::Store) -> axum::Router {
/// use async_graphql::{MergedObject, Object};
/// use laurel_graphql::{QueryRoot, Settings, router_of};
///
/// #[derive(Default)]
/// struct BadgesQuery;
///
/// #[Object]
/// impl BadgesQuery {
///     /// How many badges there are.
///     async fn badges(&self) -> i32 {
///         3
///     }
/// }
///
/// #[derive(Default, MergedObject)]
/// struct Query(QueryRoot, BadgesQuery);
///
/// // `laurel::Platform::query` does this, and refuses a root that `root_faults` finds fault with.
/// router_of(store, Settings::default(), Query::default())
/// # }
/// ```
pub fn router_of<Q: ObjectType + 'static>(store: Store, settings: Settings, query: Q) -> Router {
    let schema = build(query, &settings.limits);
    let guard = Guard::new(&print(&schema), settings.limits.clone());
    let (own, providers) = (settings.customer_tokens.clone(), settings.providers.clone());
    let tokens = Arc::new(Tokens::new(&store, own, providers));
    http::routes(Arc::new(Api {
        schema,
        guard,
        hub: Hub::new(store.clone(), settings.stop.clone()),
        places: Places::new(&settings.sockets),
        turns: Arc::new(Turns::new(settings.share.clone())),
        budget: settings.share.cost_per_minute.map(Budget::new),
        store,
        tokens,
        settings,
    }))
}

/// The schema in GraphQL's own language, every type, field and argument described: `docs/schema.graphql`.
///
/// ```
/// let schema = laurel_graphql::sdl();
/// assert!(schema.contains("type Customer implements Node"));
/// ```
pub fn sdl() -> String {
    sdl_of(Query::default())
}

/// The same for a query root of an extension's.
///
/// ```
/// use laurel_graphql::{Query, sdl, sdl_of};
///
/// assert_eq!(sdl_of(Query::default()), sdl());
/// ```
pub fn sdl_of<Q: ObjectType + 'static>(query: Q) -> String {
    print(&build(query, &Limits::default()))
}

fn build<Q: ObjectType + 'static>(query: Q, limits: &Limits) -> Root<Q> {
    let (query, mutation) = (Guarded(query), Guarded(Mutation::default()));
    Schema::build(query, mutation, Subscription)
        .disable_suggestions()
        .limit_depth(limits.depth)
        .limit_directives(limits.directives)
        .finish()
}

fn print<Q: ObjectType + 'static>(schema: &Root<Q>) -> String {
    let options = SDLExportOptions::new()
        .prefer_single_line_descriptions()
        .include_specified_by();
    schema.sdl_with_options(options)
}
