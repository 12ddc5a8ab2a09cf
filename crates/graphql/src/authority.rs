//! What a customer token may ask for at a root, and what only an API key may.
//!
//! The roots are wrapped, so that no field can forget to ask: whatever is not named here is closed to customers, an
//! extension's fields included.

use std::borrow::Cow;

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::resolver_utils::resolve_container;
use async_graphql::{
    ContainerType, Context, ContextSelectionSet, ObjectType, OutputType, Positioned, ServerResult,
    Value,
};

use crate::asking::Asking;
use crate::error::{Code, Refusal};

/// The fields of the roots that are open to customers.
pub(crate) const OPEN_TO_CUSTOMERS: [&str; 4] = ["viewer", "customer", "node", "nodes"];

/// A root whose fields are open to API keys and, where they are named above, to customers.
pub(crate) struct Guarded<T>(pub(crate) T);

/// Refuses before anything is read. Fields of the introspection come here only where it is switched off.
pub(crate) fn admit(asking: &Asking, field: &str) -> Result<(), Refusal> {
    if field.starts_with("__") {
        return Err(Refusal::new(
            Code::Forbidden,
            "The schema cannot be asked for with this token.",
        ));
    }
    if asking.viewer().is_none() || OPEN_TO_CUSTOMERS.contains(&field) {
        return Ok(());
    }
    Err(Refusal::new(
        Code::Forbidden,
        "This is not open to customer tokens.",
    ))
}

impl<T: ObjectType> ContainerType for Guarded<T> {
    fn is_empty() -> bool {
        T::is_empty()
    }

    async fn resolve_field(&self, context: &Context<'_>) -> ServerResult<Option<Value>> {
        let field = context.item.node.name.node.as_str();
        if let Err(refusal) = admit(Asking::of(context), field) {
            let error = async_graphql::Error::from(refusal).into_server_error(context.item.pos);
            return Err(context.set_error_path(error));
        }
        self.0.resolve_field(context).await
    }
}

impl<T: ObjectType> OutputType for Guarded<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(
        &self,
        context: &ContextSelectionSet<'_>,
        _: &Positioned<Field>,
    ) -> ServerResult<Value> {
        resolve_container(context, self).await
    }
}

impl<T: ObjectType> ObjectType for Guarded<T> {}
