//! How much a document asks for once its fragments are spread, counted with a memo: each fragment is
//! walked once, however often it is spread.

use std::collections::HashMap;

use async_graphql::Positioned;
use async_graphql::parser::types::{Directive, ExecutableDocument, Field, Selection, SelectionSet};

use crate::error::{Code, Refusal};
use crate::settings::Limits;

/// How far selections and spreads may lie inside one another; the walks recurse on both. The engine's
/// own bound is the same.
const NESTING: usize = 32;

/// Lists of types inside one another, as graphql-js allows them: `fields` of `fields` of `fields` of
/// every type grows without an end, while the usual introspection query has no list inside another.
const INTROSPECTION_LISTS: usize = 2;

/// What a selection set amounts to.
#[derive(Clone, Copy, Default)]
struct Weight {
    /// Selections in it, in all depths.
    selections: usize,
    /// Fields side by side at its top.
    width: usize,
    /// Fields inside one another.
    depth: usize,
    /// Selections and spreads inside one another.
    nesting: usize,
    aliases: usize,
    introspections: usize,
    /// Lists of types inside one another.
    type_lists: usize,
    /// Selections weighed by the lists they stand in, should this be an introspection.
    listed: usize,
}

impl Weight {
    fn beside(&mut self, other: Self) {
        self.selections += other.selections;
        self.width += other.width;
        self.aliases += other.aliases;
        self.introspections += other.introspections;
        self.depth = self.depth.max(other.depth);
        self.nesting = self.nesting.max(other.nesting);
        self.type_lists = self.type_lists.max(other.type_lists);
        self.listed = self.listed.saturating_add(other.listed);
    }
}

/// How many items the lists of an introspection have, more or less.
const LISTS: [(&str, usize); 7] = [
    ("args", 2),
    ("directives", 6),
    ("enumValues", 6),
    ("fields", 8),
    ("inputFields", 4),
    ("interfaces", 2),
    ("possibleTypes", 3),
];

/// Refuses a document one of whose operations, or one of whose fragments, exceeds the limits.
pub(super) fn measure(document: &ExecutableDocument, limits: &Limits) -> Result<(), Refusal> {
    let mut walk = Walk {
        document,
        limits,
        fragments: HashMap::new(),
    };
    for (name, fragment) in &document.fragments {
        walk.directives(&fragment.node.directives)?;
        walk.fragment(name, 0)?;
    }
    let mut all = Weight::default();
    for (_, operation) in document.operations.iter() {
        walk.directives(&operation.node.directives)?;
        for variable in &operation.node.variable_definitions {
            walk.directives(&variable.node.directives)?;
        }
        let weight = walk.set(&operation.node.selection_set, 0)?;
        within(
            weight.width,
            limits.root_fields,
            Code::TooComplex,
            "root fields",
        )?;
        within(weight.aliases, limits.aliases, Code::TooComplex, "aliases")?;
        within(
            weight.introspections,
            limits.introspections,
            Code::TooComplex,
            "introspection fields",
        )?;
        within(
            weight.depth,
            limits.depth,
            Code::TooDeep,
            "fields inside one another",
        )?;
        all.beside(weight);
        within(
            all.selections,
            limits.selections,
            Code::TooComplex,
            "selections",
        )?;
    }
    Ok(())
}

struct Walk<'a> {
    document: &'a ExecutableDocument,
    limits: &'a Limits,
    /// What is known of a fragment; nothing yet while it is being walked, so that a cycle shows.
    fragments: HashMap<&'a str, Option<Weight>>,
}

impl<'a> Walk<'a> {
    fn set(
        &mut self,
        set: &'a Positioned<SelectionSet>,
        nesting: usize,
    ) -> Result<Weight, Refusal> {
        within(
            nesting,
            NESTING,
            Code::TooDeep,
            "selections inside one another",
        )?;
        let mut total = Weight::default();
        for selection in &set.node.items {
            self.directives(selection.node.directives())?;
            let mut weight = match &selection.node {
                Selection::Field(field) => self.field(&field.node, nesting)?,
                Selection::InlineFragment(inline) => {
                    self.set(&inline.node.selection_set, nesting + 1)?
                }
                Selection::FragmentSpread(spread) => self
                    .fragment(&spread.node.fragment_name.node, nesting + 1)
                    .map_err(|refusal| refusal.at(spread.pos))?,
            };
            weight.selections += 1;
            weight.nesting += 1;
            total.beside(weight);
            within(
                total.selections,
                self.limits.selections,
                Code::TooComplex,
                "selections",
            )?;
        }
        within(
            total.width,
            self.limits.siblings,
            Code::TooComplex,
            "fields side by side",
        )?;
        within(
            nesting + total.nesting,
            NESTING,
            Code::TooDeep,
            "selections inside one another",
        )?;
        Ok(total)
    }

    fn field(&mut self, field: &'a Field, nesting: usize) -> Result<Weight, Refusal> {
        let inner = self.set(&field.selection_set, nesting + 1)?;
        let name = field.name.node.as_str();
        let lists_types = matches!(
            name,
            "fields" | "inputFields" | "interfaces" | "possibleTypes"
        );
        let introspects = matches!(name, "__schema" | "__type");
        if introspects {
            within(
                inner.type_lists,
                INTROSPECTION_LISTS,
                Code::TooDeep,
                "lists of types inside one another",
            )?;
            within(
                inner.listed,
                self.limits.introspection,
                Code::TooComplex,
                "selections in the lists of an introspection",
            )?;
        }
        Ok(Weight {
            width: 1,
            depth: inner.depth + 1,
            aliases: inner.aliases + usize::from(field.alias.is_some()),
            introspections: inner.introspections + usize::from(introspects),
            type_lists: inner.type_lists + usize::from(lists_types),
            listed: inner.listed.saturating_add(1).saturating_mul(items(name)),
            ..inner
        })
    }

    fn fragment(&mut self, name: &str, nesting: usize) -> Result<Weight, Refusal> {
        let document = self.document;
        // What is not defined is for the validation to name.
        let Some((name, fragment)) = document.fragments.get_key_value(name) else {
            return Ok(Weight::default());
        };
        match self.fragments.get(name.as_str()) {
            Some(Some(known)) => Ok(*known),
            Some(None) => {
                let message = format!("The fragment \"{name}\" spreads itself.");
                Err(Refusal::new(Code::ValidationFailed, message))
            }
            None => {
                self.fragments.insert(name, None);
                let weight = self.set(&fragment.node.selection_set, nesting)?;
                self.fragments.insert(name, Some(weight));
                Ok(weight)
            }
        }
    }

    fn directives(&self, directives: &[Positioned<Directive>]) -> Result<(), Refusal> {
        within(
            directives.len(),
            self.limits.directives,
            Code::TooComplex,
            "directives in one place",
        )
    }
}

/// How many items a field of the introspection has. What is asked of every type is weighed for one.
fn items(name: &str) -> usize {
    let known = LISTS.iter().find(|(list, _)| *list == name);
    known.map_or(1, |(_, items)| *items)
}

fn within(found: usize, limit: usize, code: Code, what: &str) -> Result<(), Refusal> {
    if found > limit {
        return Err(Refusal::new(
            code,
            format!("The query has more than {limit} {what}."),
        ));
    }
    Ok(())
}
