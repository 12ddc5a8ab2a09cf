//! The kinds of events, as the payloads know them: a new one is an enum value here without a line of ours.

use std::borrow::Cow;
use std::sync::LazyLock;

use async_graphql::parser::types::Field;
use async_graphql::registry::{Deprecation, MetaEnumValue, MetaType, MetaTypeId, Registry};
use async_graphql::resolver_utils::{EnumItem, EnumType, enum_value, parse_enum};
use async_graphql::{
    ContextSelectionSet, InputType, InputValueResult, OutputType, Positioned, ServerResult, Value,
};
use laurel_payloads::EventKind as Kind;

const NAME: &str = "EventKind";

/// What an event is, under Masivo's own name for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EventKind(Kind);

impl From<Kind> for EventKind {
    fn from(kind: Kind) -> Self {
        Self(kind)
    }
}

impl From<EventKind> for Kind {
    fn from(kind: EventKind) -> Self {
        kind.0
    }
}

impl EnumType for EventKind {
    fn items() -> &'static [EnumItem<Self>] {
        static ITEMS: LazyLock<Vec<EnumItem<EventKind>>> = LazyLock::new(|| {
            let item = |&kind: &Kind| EnumItem {
                name: kind.as_str(),
                value: EventKind(kind),
            };
            Kind::ALL.iter().map(item).collect()
        });
        &ITEMS
    }
}

impl InputType for EventKind {
    type RawValueType = Self;

    fn type_name() -> Cow<'static, str> {
        NAME.into()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        registry.create_input_type::<Self, _>(MetaTypeId::Enum, |_| described())
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        parse_enum(value.unwrap_or_default())
    }

    fn to_value(&self) -> Value {
        enum_value(*self)
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }
}

impl OutputType for EventKind {
    fn type_name() -> Cow<'static, str> {
        NAME.into()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        registry.create_output_type::<Self, _>(MetaTypeId::Enum, |_| described())
    }

    async fn resolve(
        &self,
        _: &ContextSelectionSet<'_>,
        _: &Positioned<Field>,
    ) -> ServerResult<Value> {
        Ok(enum_value(*self))
    }
}

fn described() -> MetaType {
    let value = |&kind: &Kind| {
        let value = MetaEnumValue {
            name: kind.as_str().to_owned(),
            description: Some(kind.description().to_owned()),
            deprecation: Deprecation::NoDeprecated,
            visible: None,
            inaccessible: false,
            tags: Vec::new(),
            directive_invocations: Vec::new(),
        };
        (value.name.clone(), value)
    };
    MetaType::Enum {
        name: NAME.to_owned(),
        description: Some("What an event is, under Masivo's own name for it.".to_owned()),
        enum_values: Kind::ALL.iter().map(value).collect(),
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        rust_typename: Some(std::any::type_name::<EventKind>()),
        directive_invocations: Vec::new(),
        requires_scopes: Vec::new(),
    }
}
