//! Arguments and variables that hold what they must not, and names that are not quite right.

use laurel_store::KeyScope;
use laurel_testkit::{TestDatabase, both_databases};
use serde_json::{Value, json};

use super::refused;
use crate::client::{ANA, Api, codes};

const INPUT: &str = "BAD_USER_INPUT";
const INVALID: &str = "GRAPHQL_VALIDATION_FAILED";

/// Every list that comes in pages.
fn lists(arguments: &str) -> Vec<String> {
    let root = ["customers", "events"];
    let of_a_customer = ["history", "tierChanges", "notifications"];
    let root = root.map(|list| format!("{list}({arguments}) {{ totalCount }}"));
    let below = of_a_customer.map(|list| {
        format!("customer(id: \"ana-0042\") {{ {list}({arguments}) {{ totalCount }} }}")
    });
    root.into_iter().chain(below).collect()
}

async fn d11_a_page_has_one_to_a_hundred_rows_from_one_end(database: TestDatabase) {
    let api = Api::with_story(database).await;
    let api = api.asked_by("masivo", &[KeyScope::Operate]).await;
    for size in [
        "2147483647",
        "101",
        "0",
        "-1",
        "-2147483648",
        "99999999999999999999",
        "1.5",
        "1e99",
    ] {
        for name in ["first", "last"] {
            for list in lists(&format!("{name}: {size}")) {
                refused(&api, &format!("{{ {list} }}"), Value::Null, INPUT).await;
            }
            let list = &lists(&format!("{name}: $n"))[2];
            let number: Value = serde_json::from_str(size).unwrap();
            let query = format!("query($n: Int) {{ {list} }}");
            refused(&api, &query, json!({ "n": number }), INPUT).await;
            let query =
                format!("query($n: Int = {size}) {{ ...f }} fragment f on Query {{ {list} }}");
            refused(&api, &query, json!({}), INPUT).await;
        }
    }
    for list in lists("first: 1, last: 1") {
        refused(&api, &format!("{{ {list} }}"), Value::Null, INPUT).await;
    }
    for size in ["\"1\"", "[1]", "{}", "true"] {
        refused(
            &api,
            &format!("{{ customers(first: {size}) {{ totalCount }} }}"),
            Value::Null,
            INVALID,
        )
        .await;
    }
    for arguments in [
        "first: null",
        "first: null, last: 100",
        "first: 1, last: null",
        "first: 100",
    ] {
        for list in lists(arguments) {
            api.ask(&format!("{{ {list} }}"), Value::Null).await;
        }
    }
}

async fn d16_a_name_that_is_not_quite_right_gets_no_hint(database: TestDatabase) {
    let api = Api::new(database).await;
    for (query, hidden) in [
        ("{ custome(id: 1) { id } }", "customer"),
        ("{ customers(frist: 1) { __typename } }", "first"),
        ("{ customer(id: 1) { emial } }", "email"),
        (
            "{ customers(filter: { tierI: 1 }) { totalCount } }",
            "tierId",
        ),
        (
            "{ customers(filter: { status: ACTIV }) { totalCount } }",
            "ACTIVE",
        ),
        (
            "{ node(id: 1) { ... on Custome { __typename } } }",
            "Customer",
        ),
        ("query($a: I) { node(id: $a) { __typename } }", "ID"),
        ("{ tiers @skp(if: true) { __typename } }", "skip"),
        ("mutation { suppresEmail { __typename } }", "suppressEmail"),
    ] {
        refused(&api, query, Value::Null, INVALID).await;
        let answer = api.answer(query, Value::Null).await;
        let message = answer["errors"][0]["message"].as_str().unwrap();
        assert!(!message.contains("Did you mean"), "{message}");
        let words: Vec<&str> = message
            .split(|letter: char| !letter.is_alphanumeric())
            .collect();
        assert!(!words.contains(&hidden), "{query}: {message}");
    }
}

async fn d21_a_variable_that_does_not_fit_is_refused_in_plain_words(database: TestDatabase) {
    let api = Api::new(database).await;
    let query = "query($id: ID!, $n: Int, $k: [EventKind!], $f: HistoryFilter) {
        customer(id: $id) { history(first: $n, filter: $f) { totalCount } }
        again: customer(id: $id) { history(filter: { kinds: $k }) { totalCount } } }";
    for (variables, expected) in [
        (json!({}), INPUT),
        (json!({ "id": null }), INPUT),
        (json!({ "id": "a", "other": 1 }), INPUT),
        (json!({ "id": "a", "ID": "b" }), INPUT),
        (json!({ "id": {} }), INVALID),
        (json!({ "id": true }), INVALID),
        (json!({ "id": ["a", "b"] }), INVALID),
        (json!({ "id": "a", "n": "1" }), INVALID),
        (json!({ "id": "a", "k": ["NO_SUCH_KIND"] }), INVALID),
        (json!({ "id": "a", "k": [null] }), INPUT),
        (json!({ "id": "a", "f": { "unknown": 1 } }), INPUT),
        (
            json!({ "id": "a", "f": { "kinds": "TIER_UPGRADE", "rewardId": {} } }),
            INVALID,
        ),
        (json!({ "id": "a", "f": [] }), INPUT),
        (json!({ "id": "a", "f": "" }), INPUT),
        (json!({ "id": "a", "f": 1 }), INPUT),
    ] {
        let answer = api.answer(query, variables.clone()).await;
        let found = codes(&answer);
        assert!(
            found.iter().all(|code| code == expected) && !found.is_empty(),
            "{variables}: {answer}"
        );
        assert_eq!(answer.get("data"), None, "{variables}");
        for word in [
            "::", ".rs", "panicked", "async", "serde", "Option", "struct",
        ] {
            assert!(!answer.to_string().contains(word), "{variables}: {answer}");
        }
    }
    api.ask(query, json!({ "id": "a", "n": 1, "k": [], "f": {} }))
        .await;
}

/// Queries with something in them that does not fit its place, or stands twice, though the engine would take it.
const MISFITS: [&str; 26] = [
    // A string, or anything else, where an enum's value is wanted.
    "{ customers(filter: { status: \"ACTIVE\" }) { totalCount } }",
    "{ customers(filter: { status: 1 }) { totalCount } }",
    "{ x: customers(filter: { status: \"\"\"ACTIVE\"\"\" }) { totalCount } }",
    "{ customer(id: 1) { history(filter: { kinds: \"EXTERNAL\" }) { totalCount } } }",
    "{ customer(id: 1) { a: history(filter: { kinds: [EXTERNAL, \"EXTERNAL\"] }) { totalCount } } }",
    "{ customer(id: 1) { ...f } } fragment f on Customer { summary(groupBy: \"DAY\") { entries } }",
    "{ node(id: 1) { ... on Customer { summary(groupBy: \"DAY\") { entries } } } }",
    "query($p: Period = \"DAY\") { customer(id: 1) { summary(groupBy: $p) { entries } } }",
    "query($k: [EventKind!] = [\"EXTERNAL\"]) { customer(id: 1) { history(filter: { kinds: $k }) { totalCount } } }",
    "query($f: HistoryFilter = { kinds: [\"EXTERNAL\"] }) { customer(id: 1) { history(filter: $f) { totalCount } } }",
    "mutation { suppressEmail(input: { address: \"a@example.com\", reason: \"OPERATOR\" }) { suppression { address } } }",
    // What is beside a variable that was not sent.
    "query($t: ID) { customers(filter: { tierId: $t, status: \"ACTIVE\" }) { totalCount } }",
    "query($t: ID) { customers(filter: { tierId: $t, status: NO_SUCH }) { totalCount } }",
    "query($t: ID) { customers(filter: { tierId: $t, unknown: 1 }) { totalCount } }",
    "query($t: ID) { customers(filter: { tierId: $t, firstSeenFrom: \"x\" }) { totalCount } }",
    "query($t: ID) { customers(filter: { tierId: $t, firstSeenFrom: 5 }) { totalCount } }",
    "query($t: ID) { customers(filter: { tierId: { a: $t } }) { totalCount } }",
    "query($t: ID!) { a: node(id: true) { id } nodes(ids: [$t, true]) { id } }",
    // A variable of another type, inside an object and a list.
    "query($k: [String!]) { customer(id: 1) { history(filter: { kinds: $k }) { totalCount } } }",
    "query($k: EventKind) { customer(id: 1) { history(filter: { kinds: [$k] }) { totalCount } } }",
    // Something else than an object.
    "{ customers(filter: \"ACTIVE\") { totalCount } }",
    "mutation { suppressEmail(input: []) { suppression { address } } }",
    // A field that stands twice in an object.
    "{ customers(filter: { status: ACTIVE, status: ACTIVE }) { totalCount } }",
    "{ a: customers(filter: { status: ACTIVE tierId: 1 # status\n status: null }) { totalCount } }",
    "query($f: HistoryFilter = { from: null, kinds: [], from: null }) { customer(id: 1) { history(filter: $f) { totalCount } } }",
    "{ tiers @include(if: true, if: false) { id } }",
];

async fn d21_what_a_query_itself_holds_fits_its_place_and_stands_once(database: TestDatabase) {
    let api = Api::with_story(database).await;
    let api = api.asked_by("masivo", &[KeyScope::Admin]).await;
    for query in MISFITS {
        refused(&api, query, json!({}), INVALID).await;
    }
    for query in [
        "query($t: ID) { customers(filter: { tierId: $t, firstSeenFrom: \"2026-01-01T00:00:00Z\" }) { totalCount } }",
        "{ nodes(ids: [1, \"1\"]) { id } }",
        "{ customers(filter: { status: ACTIVE }) { totalCount } }",
        "{ customer(id: 1) { history(filter: { kinds: EXTERNAL, from: null }) { totalCount } } }",
        "query($k: EventKind = EXTERNAL) { customer(id: 1) { history(filter: { kinds: [$k] }) { totalCount } } }",
        "query($k: [EventKind!]!, $t: ID) { customer(id: 1) { history(filter: { kinds: $k, rewardId: $t }) { totalCount } } }",
        "query($p: Period! = DAY) { customer(id: 1) { summary(groupBy: $p) { entries } } }",
        "query($p: Period = DAY) { customer(id: 1) { summary(groupBy: $p) { entries } } }",
    ] {
        // In JSON, a string is how an enum's value is written.
        let given = query
            .contains("$k: [")
            .then(|| json!({ "k": ["EXTERNAL"] }));
        api.ask(query, given.unwrap_or_else(|| json!({}))).await;
    }
}

/// Every place where a client's text becomes a part of a question to the database, with `$s` in it.
const PLACES: [&str; 14] = [
    "customer(id: $s) { id }",
    "node(id: $s) { id }",
    "nodes(ids: [$s, $s]) { id }",
    "event(id: $s) { id }",
    "customers(filter: { tierId: $s }) { totalCount nodes { id } }",
    "customers(after: $t) { nodes { id } }",
    "customers(before: $t, last: 3) { nodes { id } }",
    "events(filter: { name: $t }) { totalCount nodes { id } }",
    "events(filter: { customerId: $s }) { totalCount nodes { id } }",
    "events(after: $t) { nodes { id } }",
    "customer(id: \"ana-0042\") { history(filter: { rewardId: $s }) { totalCount nodes { id } } }",
    "customer(id: \"ana-0042\") { history(filter: { brandId: $s }) { totalCount nodes { id } } }",
    "customer(id: \"ana-0042\") { tierChanges(after: $t) { nodes { id } } }",
    "customer(id: \"ana-0042\") { summary(groupBy: DAY, timeZone: $t) { entries } }",
];

async fn d23_a_text_is_a_value_and_nothing_else(database: TestDatabase) {
    let api = Api::with_story(database).await;
    let api = api.asked_by("masivo", &[KeyScope::Admin]).await;
    let long = "a".repeat(20_000);
    for text in [
        "%",
        "_",
        "\\",
        "ana%",
        "ana_0042",
        "%ana-0042%",
        "ana-004_",
        "' OR 1=1 --",
        "'; DROP TABLE customers; --",
        "\"",
        "`",
        "$1",
        "?1",
        "\u{0}",
        "a\u{0}b",
        "\u{feff}",
        "\u{202e}",
        "😀",
        "../../etc/passwd",
        "{{7*7}}",
        "",
        " ",
        "-1",
        "9223372036854775808",
        long.as_str(),
    ] {
        for place in PLACES {
            let declared = if place.contains("$s") {
                "$s: ID!"
            } else {
                "$t: String"
            };
            let variables = if place.contains("$s") {
                json!({ "s": text })
            } else {
                json!({ "t": text })
            };
            let query = format!("query({declared}) {{ {place} }}");
            let answer = api.answer(&query, variables).await;
            let shown: String = text.chars().take(30).collect();
            let found = codes(&answer);
            assert!(
                found.iter().all(|code| code == INPUT),
                "{shown:?} in {place}: {answer}"
            );
            // An empty cursor, or an empty time zone, may be none.
            let finds = !text.is_empty()
                && !answer["data"].is_null()
                && answer["data"].to_string().contains("\"id\":\"");
            assert!(!finds, "{shown:?} in {place}: {answer}");
        }
    }
    let told = api
        .ask(
            "query($s: ID!) { customer(id: $s) { customerId } }",
            json!({ "s": ANA }),
        )
        .await;
    assert_eq!(told["customer"]["customerId"], ANA);
}

both_databases!(
    d11_a_page_has_one_to_a_hundred_rows_from_one_end,
    d16_a_name_that_is_not_quite_right_gets_no_hint,
    d21_a_variable_that_does_not_fit_is_refused_in_plain_words,
    d21_what_a_query_itself_holds_fits_its_place_and_stands_once,
    d23_a_text_is_a_value_and_nothing_else,
);
