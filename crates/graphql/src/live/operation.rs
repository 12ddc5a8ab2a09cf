//! A subscription as it was sent, measured, and run by the engine: once to learn what it follows, then for each update.

use std::sync::{Arc, OnceLock};

use async_graphql::parser::types::{ExecutableDocument, OperationType, Selection};
use async_graphql::{ObjectType, Request, Response, ServerError, Value, Variables};
use futures_util::StreamExt;
use laurel_store::FeedRecord;

use crate::Api;
use crate::asking::{Asking, Failed};
use crate::engine::{Batches, drive};
use crate::error::{Code, Refusal};
use crate::guard::{Admitted, Asked};
use crate::http::{Order, Parameters, answer, documents, nulls, paid};
use crate::reads::{NamesOnce, reads};
use crate::subscription::{Following, Turn};

/// A subscription that may be run.
pub(crate) struct Operation {
    query: String,
    name: Option<String>,
    variables: Variables,
    document: ExecutableDocument,
    asked: Asked,
    order: Order,
    /// Equal where the same update is shown in the same way.
    pub(super) the_same: Arc<str>,
}

impl Operation {
    /// Measures what was sent, lets the token pay for it, and refuses what is no subscription.
    pub(crate) fn admit<Q>(
        api: &Api<Q>,
        asking: &Asking,
        parameters: Parameters,
    ) -> Result<Self, Refusal> {
        let Parameters {
            document,
            operation_name,
            variables,
        } = parameters;
        let query = documents::resolve(document, asking, api.settings.documents.as_ref())?;
        let admitted = api
            .guard
            .admit(&query, operation_name.as_deref(), &variables);
        let Admitted {
            document,
            kind,
            cost,
            asked,
        } = admitted?;
        if kind != OperationType::Subscription {
            let message = "This connection is for subscriptions; send anything else by POST.";
            return Err(Refusal::new(Code::BadRequest, message));
        }
        let order = Order::of(&document);
        if order.width() != 1 {
            let message = "A subscription asks for exactly one field.";
            return Err(Refusal::new(Code::ValidationFailed, message));
        }
        paid(api, asking, cost).map_err(|(refusal, _)| refusal)?;
        let the_same = the_same(
            asking,
            &query,
            operation_name.as_deref(),
            &variables,
            &document,
        );
        Ok(Self {
            query,
            name: operation_name.filter(|name| !name.is_empty()),
            variables,
            document,
            asked,
            order,
            the_same: the_same.into(),
        })
    }

    /// What it follows; or why it follows nothing.
    pub(super) async fn ask<Q: ObjectType + 'static>(
        &self,
        api: &Api<Q>,
        asking: &Asking,
    ) -> Result<Following, Vec<ServerError>> {
        let turn = Arc::new(Turn::Asked(OnceLock::new()));
        let answer = self.run(api, asking, Arc::clone(&turn)).await;
        if let Some(mut refused) = answer {
            answer::name_errors(&mut refused);
            return Err(refused.errors);
        }
        match &*turn {
            Turn::Asked(following) => following.get().cloned(),
            Turn::Told(_) => None,
        }
        .ok_or_else(|| {
            let message = "A subscription asks for something to follow.";
            vec![Refusal::new(Code::ValidationFailed, message).into()]
        })
    }

    /// An update as it is shown: the payload of a `next`. None where we failed to make it.
    pub(super) async fn show<Q: ObjectType + 'static>(
        &self,
        api: &Api<Q>,
        asking: &Asking,
        record: FeedRecord,
    ) -> Option<Arc<str>> {
        let answer = self.run(api, asking, Arc::new(Turn::Told(record))).await;
        let mut answer = answer.unwrap_or_default();
        if answer.errors.iter().any(is_ours) {
            return None;
        }
        nulls::settle(&mut answer, self.asked.document(), &api.guard.shape);
        answer.data = self.order.apply(answer.data);
        Some(answer::executed(answer).into())
    }

    /// The payload of an update that cannot be shown.
    pub(super) fn apology(asking: &Asking) -> Arc<str> {
        let error = Failed(asking.request).into();
        answer::executed(Response::from_errors(vec![error])).into()
    }

    async fn run<Q: ObjectType + 'static>(
        &self,
        api: &Api<Q>,
        asking: &Asking,
        turn: Arc<Turn>,
    ) -> Option<Response> {
        let batches = Batches::default();
        let mut request = Request::new(self.query.clone()).variables(self.variables.clone());
        request.operation_name.clone_from(&self.name);
        request.set_parsed_query(self.document.clone());
        let request = request
            .disable_introspection()
            .data(reads(asking.clone(), &batches))
            .data(NamesOnce::default());
        let request = request.data(asking.clone()).data(turn);
        let mut answers = api.schema.execute_stream(request);
        drive(answers.next(), batches).await
    }
}

/// Whether the fault is ours, and may be gone the next time.
fn is_ours(error: &ServerError) -> bool {
    let extensions = error.extensions.as_ref();
    let code = extensions.and_then(|extensions| extensions.get("code"));
    code == Some(&Value::from(Code::Internal.as_str()))
}

/// What an update's form depends on: who asks, and what. From where they follow is left out.
fn the_same(
    asking: &Asking,
    query: &str,
    name: Option<&str>,
    variables: &Variables,
    document: &ExecutableDocument,
) -> String {
    let mut variables = variables.clone();
    if let Some(after) = after_variable(document)
        && mentions(query, &after) == 2
    {
        variables.remove(after.as_str());
    }
    let variables = serde_json::to_string(&variables).unwrap_or_default();
    let (operates, viewer) = (asking.operates, asking.viewer());
    let viewer = viewer.map_or("", |viewer| viewer.id.as_str());
    format!(
        "{operates} {viewer}\n{variables}\n{}\n{query}",
        name.unwrap_or("")
    )
}

/// The variable that says from where on is followed.
fn after_variable(document: &ExecutableDocument) -> Option<String> {
    let (_, operation) = document.operations.iter().next()?;
    let Selection::Field(field) = &operation.node.selection_set.node.items.first()?.node else {
        return None;
    };
    let mut after = None;
    let value = field.node.get_argument("after")?.node.clone();
    let constant = value.into_const_with(|name| {
        after = Some(name.to_string());
        Err(())
    });
    constant.err().and(after)
}

/// How many times a query names a variable: once where it is declared, and wherever it is used.
fn mentions(query: &str, variable: &str) -> usize {
    let is_name = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let rests = query.split('$').skip(1);
    rests
        .filter(|rest| {
            let rest = rest.trim_start().strip_prefix(variable);
            rest.is_some_and(|rest| !rest.starts_with(is_name))
        })
        .count()
}
