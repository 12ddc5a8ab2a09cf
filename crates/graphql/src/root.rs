//! Whether a root of an extension's may stand in for ours: clients must find in it all that they find in ours.

use std::collections::BTreeMap;

use async_graphql::ObjectType;
use async_graphql::registry::{MetaField, MetaType, Registry};

use crate::QueryRoot;

/// What clients know the root by.
const NAME: &str = "Query";

/// What keeps `Q` from being the root of the API's queries, in words for who wrote it; nothing where it may be.
///
/// The engine merges objects without a word about fields of one name: the last object's is answered.
///
/// ```
/// use async_graphql::{MergedObject, Object};
/// use laurel_graphql::{Query, QueryRoot, root_faults};
///
/// #[derive(Default)]
/// struct Badges;
///
/// #[Object]
/// impl Badges {
///     async fn badges(&self) -> i32 {
///         0
///     }
/// }
///
/// /// It lacks `#[graphql(name = "Query")]`.
/// #[derive(Default, MergedObject)]
/// struct Root(QueryRoot, Badges);
///
/// assert!(root_faults::<Query>().is_empty());
/// assert!(root_faults::<Root>()[0].contains("is called `Root`"));
/// ```
pub fn root_faults<Q: ObjectType>() -> Vec<String> {
    let (ours, theirs) = (fields::<QueryRoot>(), fields::<Q>());
    let mut faults = Vec::new();
    let name = Q::type_name();
    if name != NAME {
        faults.push(format!(
            "the root of the API's queries is called `{name}`; clients know it as `{NAME}`: give it \
             #[graphql(name = \"{NAME}\")]"
        ));
    }
    if ours.keys().any(|name| !theirs.contains_key(name)) {
        faults.push(format!(
            "the root of the API's queries, `{name}`, lacks fields of Laurel's; merge laurel_graphql::QueryRoot into it"
        ));
        return faults;
    }
    let replaced = ours.iter().filter(|&(name, ours)| theirs[name] != *ours);
    faults.extend(replaced.map(|(name, _)| {
        format!("the API's query `{name}` is Laurel's own, and an extension replaces it; rename the extension's")
    }));
    faults
}

/// What a client can tell of a field, words included: its type, its description and its arguments.
#[derive(PartialEq)]
struct Shape {
    of: String,
    description: Option<String>,
    arguments: Vec<(String, String, Option<String>)>,
}

impl From<&MetaField> for Shape {
    fn from(field: &MetaField) -> Self {
        let arguments = field.args.values();
        let arguments =
            arguments.map(|one| (one.name.clone(), one.ty.clone(), one.description.clone()));
        Self {
            of: field.ty.clone(),
            description: field.description.clone(),
            arguments: arguments.collect(),
        }
    }
}

fn fields<R: ObjectType>() -> BTreeMap<String, Shape> {
    match Registry::default().create_fake_output_type::<R>() {
        MetaType::Object { fields, .. } => fields
            .iter()
            .map(|(name, field)| (name.clone(), field.into()))
            .collect(),
        _ => BTreeMap::new(),
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{ID, MergedObject, Object};

    use super::*;
    use crate::Query as Ours;

    struct Badges;

    #[Object]
    impl Badges {
        async fn badges(&self) -> i32 {
            0
        }
    }

    struct Theirs;

    #[Object]
    impl Theirs {
        async fn customer(&self, id: ID) -> ID {
            id
        }
    }

    #[derive(MergedObject)]
    #[graphql(name = "Query")]
    struct Sound(QueryRoot, Badges);

    #[derive(MergedObject)]
    #[graphql(name = "Query")]
    struct Replacing(QueryRoot, Theirs);

    #[derive(MergedObject)]
    struct Misnamed(QueryRoot, Badges);

    #[test]
    fn ours_may_be_the_root_and_so_may_what_adds_to_it() {
        assert_eq!(root_faults::<Ours>(), [""; 0]);
        assert_eq!(root_faults::<Sound>(), [""; 0]);
    }

    #[test]
    fn a_root_that_replaces_a_field_of_ours_is_a_fault() {
        let faults = root_faults::<Replacing>();
        assert_eq!(
            faults,
            [
                "the API's query `customer` is Laurel's own, and an extension replaces it; rename the extension's"
            ]
        );
    }

    #[test]
    fn a_root_of_another_name_or_without_ours_is_a_fault() {
        let faults = root_faults::<Misnamed>();
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(faults[0].contains("is called `Misnamed`"), "{faults:?}");
        let faults = root_faults::<Badges>();
        assert!(faults[0].contains("is called `Badges`"), "{faults:?}");
        assert!(faults[1].contains("merge laurel_graphql::QueryRoot"));
    }
}
