//! Documents that are too deep, too wide or too much, however they are written.

use laurel_testkit::{TestDatabase, both_databases};
use serde_json::{Value, json};

use super::refused;
use super::shapes::{fan, numbered, pages};
use crate::client::{Api, codes, json_of};

const INVALID: &str = "GRAPHQL_VALIDATION_FAILED";
const COMPLEX: &str = "QUERY_TOO_COMPLEX";
const DEEP: &str = "QUERY_TOO_DEEP";
const LARGE: &str = "QUERY_TOO_LARGE";

async fn d1_what_is_nested_by_the_thousand_does_not_reach_the_parser(database: TestDatabase) {
    let api = Api::new(database).await;
    for count in [33, 1_179, 5_000] {
        let (open, close) = ("[".repeat(count), "]".repeat(count));
        let (objects, ends) = ("{a:".repeat(count), "}".repeat(count));
        for query in [
            format!("{{ nodes(ids: {open}1{close}) {{ id }} }}"),
            format!("{{ customers(filter: {objects}1{ends}) {{ totalCount }} }}"),
            format!("query($a: {open}ID{close}) {{ node(id: $a) {{ id }} }}"),
            format!("query($a: ID = {open}1{close}) {{ node(id: $a) {{ id }} }}"),
            format!("{{ tiers @include(if: {open}1{close}) {{ id }} }}"),
            format!(
                "mutation {{ suppressEmail(input: {objects}1{ends}) {{ userErrors {{ code }} }} }}"
            ),
            "{a".repeat(count),
            "(".repeat(count),
            format!("# a \"comment\n\"\"\"a \\\"\"\" string\"\"\" {open}"),
        ] {
            refused(&api, &query, Value::Null, DEEP).await;
        }
    }
    // Brackets that only look like some.
    let text = "[{(".repeat(1_000);
    let query = format!("{{ node(id: \"{text}\") {{ id }} }} # {text}");
    assert_eq!(api.ask(&query, Value::Null).await["node"], Value::Null);
}

async fn d3_fragments_that_multiply_are_counted_and_not_walked(database: TestDatabase) {
    let api = Api::new(database).await;
    for (kind, root) in [("query", "Query"), ("mutation", "Mutation")] {
        for (fragments, spreads) in [(9, 10), (12, 10), (31, 2), (3, 50)] {
            let query = fan(kind, root, fragments, spreads);
            refused(&api, &query, Value::Null, COMPLEX).await;
        }
    }
    refused(&api, &fan("query", "Query", 400, 1), Value::Null, DEEP).await;
    let inline = "... on Query { ... { ".repeat(12) + "__typename" + &" } }".repeat(12);
    let spread = format!(
        "{{ {} }} fragment f on Query {{ {inline} }}",
        "...f ".repeat(90)
    );
    refused(&api, &spread, Value::Null, COMPLEX).await;
    api.ask(&fan("query", "Query", 3, 3), Value::Null).await;
}

async fn d4_fragments_that_spread_themselves_are_refused(database: TestDatabase) {
    let api = Api::new(database).await;
    for query in [
        "{ ...a } fragment a on Query { ...a }",
        "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }",
        "{ ...a } fragment a on Query { ... { ...b } } fragment b on Query { ... on Query { ...c } } fragment c on Query { ...a }",
        "{ node(id: 1) { ...a } } fragment a on Customer { history { nodes { customer { ...a } } } }",
        "{ __typename } fragment a on Query { ...a }",
        "mutation { ...a } fragment a on Mutation { ...a }",
    ] {
        refused(&api, query, Value::Null, INVALID).await;
    }
}

async fn d6_d8_a_field_by_the_hundred_is_refused_under_any_name(database: TestDatabase) {
    let api = Api::new(database).await;
    let suppress = "suppressEmail(input: { address: \"a@b.example\" }) { userErrors { code } } ";
    let history = "history(first: 3) { totalCount } ";
    for query in [
        format!(
            "{{ {} }}",
            numbered(1_000, |n| format!("a{n}: __typename "))
        ),
        format!(
            "{{ {} }}",
            numbered(51, |n| format!("a{n}: tiers {{ id }} "))
        ),
        format!(
            "{{ customer(id: 1) {{ {} }} }}",
            numbered(51, |n| format!("a{n}: name "))
        ),
        format!(
            "{{ ...f customer(id: 1) {{ ...g }} }} fragment f on Query {{ {} }} fragment g on Customer {{ {} }}",
            numbered(26, |n| format!("a{n}: __typename ")),
            numbered(26, |n| format!("b{n}: name ")),
        ),
        format!("{{ {} }}", "__typename ".repeat(500)),
        format!("{{ tiers {{ {} }} }}", "id ".repeat(500)),
        format!(
            "{{ tiers {{ {} }} }}",
            "... on Tier { id id id } ".repeat(100)
        ),
        format!(
            "mutation {{ {} }}",
            numbered(51, |n| format!("a{n}: {suppress}"))
        ),
        format!("mutation {{ {} }}", suppress.repeat(51)),
        format!(
            "{{ customers(first: 100) {{ nodes {{ {} }} }} }}",
            numbered(50, |n| format!("a{n}: {history}")),
        ),
    ] {
        refused(&api, &query, Value::Null, COMPLEX).await;
    }
    let fifty = numbered(50, |n| {
        format!("a{n}: customer(id: 1) {{ history {{ nodes {{ id kind }} }} }} ")
    });
    api.ask(&format!("{{ {fifty} }}"), Value::Null).await;
}

async fn d9_directives_by_the_thousand_are_refused_wherever_they_stand(database: TestDatabase) {
    let api = Api::new(database).await;
    for directive in ["@aa ", "@include(if: true) ", "@skip(if: false) "] {
        let nine = directive.repeat(9);
        for query in [
            format!("{{ __typename {nine} }}"),
            format!("query {nine} {{ __typename }}"),
            format!("query($a: Int {nine}) {{ __typename }}"),
            format!("{{ ... {nine} {{ __typename }} }}"),
            format!("{{ ...f {nine} }} fragment f on Query {{ __typename }}"),
            format!("{{ ...f }} fragment f on Query {nine} {{ __typename }}"),
            format!("mutation {nine} {{ __typename }}"),
        ] {
            refused(&api, &query, Value::Null, COMPLEX).await;
        }
    }
    refused(
        &api,
        &format!("{{ __typename {} }}", "@aa".repeat(10_000)),
        Value::Null,
        LARGE,
    )
    .await;
    let many = "@include(if: true)".repeat(3_000);
    refused(
        &api,
        &format!("{{ __typename {many} }}"),
        Value::Null,
        LARGE,
    )
    .await;
}

async fn d10_selections_deeper_than_sixteen_are_refused(database: TestDatabase) {
    let api = Api::new(database).await;
    let nested = |depth: usize| {
        let around = "customer(id: 1) { ".to_owned();
        let below = "history(first: 1) { nodes { customer { ".repeat(depth / 3);
        format!("{{ {around}{below} id {} }} }}", "} } } ".repeat(depth / 3))
    };
    for depth in [17, 33, 65] {
        refused(&api, &nested(depth), Value::Null, DEEP).await;
    }
    refused(&api, &"{a ".repeat(10_000), Value::Null, DEEP).await;
    api.ask(&nested(12), Value::Null).await;
}

async fn d12_a_query_costs_what_its_pages_say(database: TestDatabase) {
    let api = Api::with_story(database).await;
    let hundred = ["first: 100"; 3];
    let variable = ["first: $n"; 3];
    for (query, variables) in [
        (format!("{{ {} }}", pages(&hundred)), Value::Null),
        (format!("{{ {} }}", pages(&["last: 100"; 3])), Value::Null),
        (format!("query($n: Int) {{ {} }}", pages(&variable)), json!({ "n": 100 })),
        (format!("query($n: Int = 100) {{ {} }}", pages(&variable)), json!({})),
        // Twenty each, where nothing is said or nothing is meant.
        (format!("{{ {} }}", pages(&[""; 4])), Value::Null),
        (format!("query($n: Int) {{ {} }}", pages(&["first: $n"; 4])), json!({ "n": null })),
        (
            format!("{{ ...f }} fragment f on Query {{ {} }}", pages(&hundred)),
            Value::Null,
        ),
        (
            "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Customer { history(first: 100) { nodes { id kind } } } } }".to_owned(),
            json!({ "ids": vec!["a"; 100] }),
        ),
        // Values are handed on by copying them.
        (
            format!("query($k: [EventKind!]) {{ customers(first: 100) {{ nodes {{ {} }} }} }}", numbered(40, |n| {
                format!("a{n}: history(first: 1, filter: {{ kinds: $k }}) {{ totalCount }} ")
            })),
            json!({ "k": vec!["TIER_UPGRADE"; 2_000] }),
        ),
        (
            format!("{{ {} }}", "program { customers events entries } ".repeat(7)),
            Value::Null,
        ),
    ] {
        refused(&api, &query, variables, COMPLEX).await;
    }
    for (query, cost) in [
        ("{ __typename }", 1),
        ("{ customers(first: 10) { nodes { id } } }", 21),
        ("{ customers { nodes { id } totalCount } }", 61),
        (
            "query($n: Int = 5) { customers(last: $n) { nodes { history(first: 2) { nodes { id } } } } }",
            31,
        ),
        (
            "{ a: tiers { id } b: customer(id: 1) { ...f } } fragment f on Customer { id history { totalCount } }",
            25,
        ),
        (
            "{ nodes(ids: [1, 2, 3]) { id ... on Customer { name } } }",
            7,
        ),
        ("{ program { customers } }", 1_001),
    ] {
        let answer = api.answer(query, Value::Null).await;
        assert_eq!(
            answer["extensions"]["cost"],
            json!({ "requested": cost, "limit": 20_000 }),
            "{query}"
        );
    }
}

async fn d14_several_operations_need_a_name_and_are_all_measured(database: TestDatabase) {
    let api = Api::new(database).await;
    let many = numbered(20, |n| format!("query q{n} {{ __typename }} "));
    refused(&api, &many, Value::Null, "OPERATION_RESOLUTION_FAILURE").await;
    for hidden in [
        format!("query z {{ {} }}", "__typename ".repeat(500)),
        format!("mutation z {{ {} }}", "__typename ".repeat(500)),
        format!(
            "subscription z {{ {} }}",
            numbered(51, |n| format!("a{n}: __typename "))
        ),
    ] {
        let body = json!({ "query": many.clone() + &hidden, "operationName": "q1" }).to_string();
        let answer = json_of(api.send(api.post(body)).await).await;
        assert_eq!(codes(&answer), [COMPLEX]);
    }
    let body = json!({ "query": many, "operationName": "q7" }).to_string();
    let answer = json_of(api.send(api.post(body)).await).await;
    assert_eq!(answer["data"], json!({ "__typename": "Query" }));
}

both_databases!(
    d1_what_is_nested_by_the_thousand_does_not_reach_the_parser,
    d3_fragments_that_multiply_are_counted_and_not_walked,
    d4_fragments_that_spread_themselves_are_refused,
    d6_d8_a_field_by_the_hundred_is_refused_under_any_name,
    d9_directives_by_the_thousand_are_refused_wherever_they_stand,
    d10_selections_deeper_than_sixteen_are_refused,
    d12_a_query_costs_what_its_pages_say,
    d14_several_operations_need_a_name_and_are_all_measured,
);
