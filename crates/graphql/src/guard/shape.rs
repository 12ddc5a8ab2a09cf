//! What the guard knows of the schema: its types, and how often what stands below a field is answered.

use std::collections::{HashMap, HashSet};

use async_graphql::parser::types::{
    BaseType, FieldDefinition, InputValueDefinition, ServiceDocument, Type, TypeDefinition,
    TypeKind, TypeSystemDefinition,
};
use async_graphql::{Name, Positioned, Value};

/// Fields that cost more than what they look like: their type, their name, what each costs by itself, and how many rows
/// it is taken to have. Pages and lists of ids are not here: their sizes stand in the query.
const WEIGHTS: [(&str, &str, usize, usize); 7] = [
    ("Customer", "summary", 0, 100),
    ("Program", "activity", 1_000, 100),
    ("Program", "customers", 1_000, 1),
    ("Program", "entries", 1_000, 1),
    ("Program", "events", 1_000, 1),
    ("Program", "tierDistribution", 1_000, 1),
    ("Wallet", "unexplained", 500, 10),
];

/// The schema, as far as the guard needs it.
#[derive(Debug)]
pub(crate) struct Shape {
    /// The names of all types, those of the language included.
    pub(super) types: HashSet<Name>,
    objects: HashMap<Name, HashMap<Name, Shown>>,
    /// The fields of each input object.
    pub(super) inputs: HashMap<Name, Arguments>,
    /// The values of each enum.
    pub(super) enums: HashMap<Name, HashSet<Name>>,
    /// The arguments of each directive.
    pub(super) directives: HashMap<Name, Arguments>,
}

/// What a field, a directive or an input object takes, by name.
pub(super) type Arguments = HashMap<Name, Taken>;

/// An argument, or a field of an input object.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) r#type: Type,
    pub(super) has_default: bool,
}

impl Taken {
    /// Whether it may be left out.
    pub(super) fn is_optional(&self) -> bool {
        self.r#type.nullable || self.has_default
    }
}

/// A field of an object or of an interface.
#[derive(Debug)]
pub(crate) struct Shown {
    /// Its type.
    pub(crate) r#type: Type,
    /// The same, whatever lists there are around it.
    pub(crate) of: Name,
    /// What it costs by itself.
    pub(super) weight: usize,
    pub(super) times: Times,
    pub(super) arguments: Arguments,
}

/// How often what stands below a field is answered.
#[derive(Debug)]
pub(super) enum Times {
    Fixed(usize),
    /// As `first` or `last` say.
    Page,
    /// Once for each item of this argument.
    Each(Name),
}

impl Shape {
    pub(super) fn new(document: ServiceDocument) -> Self {
        let mut shape = Self {
            types: ["Boolean", "Float", "ID", "Int", "String"]
                .map(Name::new)
                .into(),
            objects: HashMap::new(),
            inputs: HashMap::new(),
            enums: HashMap::new(),
            directives: HashMap::new(),
        };
        for definition in document.definitions {
            match definition {
                TypeSystemDefinition::Type(definition) => shape.add(definition.node),
                TypeSystemDefinition::Directive(directive) => {
                    let directive = directive.node;
                    let arguments = arguments(&directive.arguments);
                    shape.directives.insert(directive.name.node, arguments);
                }
                TypeSystemDefinition::Schema(_) => {}
            }
        }
        shape
    }

    fn add(&mut self, definition: TypeDefinition) {
        let name = definition.name.node;
        let fields = match definition.kind {
            TypeKind::Object(object) => object.fields,
            TypeKind::Interface(interface) => interface.fields,
            TypeKind::InputObject(input) => {
                self.inputs.insert(name.clone(), arguments(&input.fields));
                Vec::new()
            }
            TypeKind::Enum(r#enum) => {
                let values = r#enum.values.into_iter().map(|value| value.node.value.node);
                self.enums.insert(name.clone(), values.collect());
                Vec::new()
            }
            _ => Vec::new(),
        };
        let fields = fields.into_iter().map(|field| {
            let field = field.node;
            (field.name.node.clone(), shown(&name, &field))
        });
        self.objects.insert(name.clone(), fields.collect());
        self.types.insert(name);
    }

    /// A field, where the type and the field are known: what is not is for the validation to name.
    pub(crate) fn field(&self, r#type: Option<&Name>, name: &Name) -> Option<&Shown> {
        self.objects.get(r#type?)?.get(name)
    }

    /// Whether a value has the lists and the objects of a type. What the leaves are is for the validation to see: it lets
    /// anything pass for an object.
    pub(super) fn fits(&self, value: &Value, r#type: &Type) -> bool {
        if *value == Value::Null {
            return r#type.nullable;
        }
        match (&r#type.base, value) {
            (BaseType::List(inner), Value::List(items)) => {
                items.iter().all(|item| self.fits(item, inner))
            }
            // One item is as good as a list of it.
            (BaseType::List(inner), one) => self.fits(one, inner),
            (BaseType::Named(name), value) => match (self.inputs.get(name), value) {
                (None, _) => true,
                (Some(known), Value::Object(given)) => {
                    let fits = |(name, value): (&Name, &Value)| {
                        let known = known.get(name);
                        known.is_some_and(|of| self.fits(value, &of.r#type))
                    };
                    let there =
                        |(name, of): (&Name, &Taken)| of.is_optional() || given.contains_key(name);
                    given.iter().all(fits) && known.iter().all(there)
                }
                (Some(_), _) => false,
            },
        }
    }
}

fn shown(r#type: &Name, field: &FieldDefinition) -> Shown {
    let name = field.name.node.as_str();
    let known = WEIGHTS
        .iter()
        .find(|(of, known, ..)| *of == r#type.as_str() && *known == name);
    let (weight, times) = match known {
        Some(&(_, _, weight, rows)) => (weight, Times::Fixed(rows)),
        None => (1, times(field)),
    };
    Shown {
        r#type: field.ty.node.clone(),
        of: innermost(&field.ty.node.base).clone(),
        weight,
        times,
        arguments: arguments(&field.arguments),
    }
}

fn arguments(defined: &[Positioned<InputValueDefinition>]) -> Arguments {
    let taken = defined.iter().map(|argument| {
        let argument = &argument.node;
        let taken = Taken {
            r#type: argument.ty.node.clone(),
            has_default: argument.default_value.is_some(),
        };
        (argument.name.node.clone(), taken)
    });
    taken.collect()
}

fn times(field: &FieldDefinition) -> Times {
    let argument = |name: &str| field.arguments.iter().any(|one| one.node.name.node == name);
    if argument("first") && argument("last") {
        return Times::Page;
    }
    // A list that is asked for by a list that must be given is as long: `nodes(ids: [ID!]!)`.
    let given = field.arguments.iter().find(|argument| {
        let r#type = &argument.node.ty.node;
        !r#type.nullable && matches!(r#type.base, BaseType::List(_))
    });
    match (&field.ty.node.base, given) {
        (BaseType::List(_), Some(given)) => Times::Each(given.node.name.node.clone()),
        _ => Times::Fixed(1),
    }
}

/// The type of a list's items, however many lists there are around them.
pub(super) fn innermost(base: &BaseType) -> &Name {
    match base {
        BaseType::Named(name) => name,
        BaseType::List(items) => innermost(&items.base),
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_schema;

    use super::*;

    #[test]
    fn every_weight_is_that_of_a_field_of_the_schema() {
        let shape = Shape::new(parse_schema(crate::sdl()).expect("our schema"));
        for (r#type, field, ..) in WEIGHTS {
            let found = shape.field(Some(&Name::new(r#type)), &Name::new(field));
            assert!(found.is_some(), "{type}.{field}");
        }
    }

    #[test]
    fn every_connection_is_a_page_and_so_is_what_an_extension_adds() {
        let theirs = "type Badges { all(first: Int, last: Int): BadgeConnection! some(ids: [ID!]!): [Badge]! one: Badge }";
        let sdl = format!("{}\n{theirs}", crate::sdl());
        let shape = Shape::new(parse_schema(sdl).expect("a schema"));
        for (r#type, fields) in &shape.objects {
            for (name, field) in fields {
                let connection = field.of.ends_with("Connection");
                let page = matches!(field.times, Times::Page);
                assert_eq!(page, connection, "{type}.{name}");
            }
        }
        let badges = Name::new("Badges");
        let times = |name| &shape.field(Some(&badges), &Name::new(name)).unwrap().times;
        assert!(matches!(times("some"), Times::Each(ids) if ids == "ids"));
        assert!(matches!(times("one"), Times::Fixed(1)));
    }
}
