//! Hostile queries, by the rows of the list that names them: each refused at once, the process alive.

use std::time::{Duration, Instant};

use async_graphql::Variables;
use serde_json::json;

use super::{Admitted, Guard};
use crate::error::{Code, Refusal};
use crate::settings::Limits;

fn admit(query: &str, name: Option<&str>, variables: &Variables) -> Result<Admitted, Refusal> {
    Guard::new("type Query { a: Int }", Limits::default()).admit(query, name, variables)
}

/// What the guard says to a query, in a thread with the stack that a server's threads have.
fn verdict(query: &str, variables: serde_json::Value) -> Result<(), Code> {
    let query = query.to_owned();
    let thread = std::thread::Builder::new()
        .stack_size(2 * 1024 * 1024)
        .spawn(move || {
            let start = Instant::now();
            let variables = Variables::from_json(variables);
            let verdict = admit(&query, None, &variables);
            assert!(
                start.elapsed() < Duration::from_millis(250),
                "took {:?}",
                start.elapsed()
            );
            verdict.map(drop).map_err(|refusal| refusal.code)
        });
    thread.unwrap().join().unwrap()
}

fn says(query: &str) -> Result<(), Code> {
    verdict(query, json!({}))
}

/// Fragments each of which spreads the next a number of times.
fn fan(fragments: usize, spreads: usize) -> String {
    let root = format!("{{ {} }} ", "...f0 ".repeat(spreads));
    (0..fragments).fold(root, |all, at| {
        let inner = if at + 1 == fragments {
            "a".to_owned()
        } else {
            format!("...f{} ", at + 1).repeat(spreads)
        };
        all + &format!("fragment f{at} on Query {{ {inner} }} ")
    })
}

#[test]
fn d1_lists_and_objects_nested_by_the_thousand_do_not_reach_the_parser() {
    for count in [33, 1_179, 5_000] {
        let lists = format!("{{ a(b: {}{}) }}", "[".repeat(count), "]".repeat(count));
        assert_eq!(says(&lists), Err(Code::TooDeep));
        let objects = format!("{{ a(b: {}1{}) }}", "{c:".repeat(count), "}".repeat(count));
        assert_eq!(says(&objects), Err(Code::TooDeep));
        let types = format!(
            "query($a: {}Int{}) {{ a }}",
            "[".repeat(count),
            "]".repeat(count)
        );
        assert_eq!(says(&types), Err(Code::TooDeep));
        assert_eq!(says(&"{a".repeat(count)), Err(Code::TooDeep));
    }
}

#[test]
fn d3_fragments_that_multiply_are_counted_and_not_walked() {
    for (fragments, spreads) in [(9, 10), (12, 10), (31, 2), (3, 50)] {
        assert_eq!(
            says(&fan(fragments, spreads)),
            Err(Code::TooComplex),
            "{fragments} by {spreads}"
        );
    }
    assert_eq!(says(&fan(3, 3)), Ok(()));
}

#[test]
fn d3_a_long_chain_of_fragments_does_not_exhaust_the_stack() {
    assert_eq!(says(&fan(400, 1)), Err(Code::TooDeep));
    let unused = format!("{{ a }} {}", fan(400, 1).split_once('}').unwrap().1);
    assert_eq!(says(&unused), Err(Code::TooDeep));
    assert_eq!(says(&fan(20, 1)), Ok(()));
}

#[test]
fn d4_fragments_that_spread_themselves_are_refused() {
    for query in [
        "{ ...a } fragment a on Query { ...a }",
        "{ ...a } fragment a on Query { b { ...b } } fragment b on Query { ...a }",
        "{ x } fragment a on Query { ... on Query { ...a } }",
    ] {
        assert_eq!(says(query), Err(Code::ValidationFailed), "{query}");
    }
}

#[test]
fn d6_fifty_aliases_are_within_limits_and_a_thousand_are_not() {
    let aliases = |count| (0..count).fold(String::new(), |all, n| all + &format!("a{n}: tiers "));
    assert_eq!(says(&format!("{{ {} }}", aliases(50))), Ok(()));
    assert_eq!(
        says(&format!("{{ {} }}", aliases(51))),
        Err(Code::TooComplex)
    );
    assert_eq!(
        says(&format!("{{ {} }}", aliases(1_000))),
        Err(Code::TooComplex)
    );
    assert_eq!(
        says(&format!("{{ a {{ {} }} }}", aliases(51))),
        Err(Code::TooComplex)
    );
    let spread = format!(
        "{{ ...f b {{ ...f }} }} fragment f on Query {{ {} }}",
        aliases(26)
    );
    assert_eq!(says(&spread), Err(Code::TooComplex));
}

#[test]
fn d8_a_field_repeated_five_hundred_times_is_refused() {
    assert_eq!(says(&format!("{{ {} }}", "a ".repeat(50))), Ok(()));
    assert_eq!(
        says(&format!("{{ {} }}", "a ".repeat(500))),
        Err(Code::TooComplex)
    );
    assert_eq!(
        says(&format!("{{ a {{ {} }} }}", "b ".repeat(500))),
        Err(Code::TooComplex)
    );
    let inline = "... on Query { b b b b b } ".repeat(100);
    assert_eq!(
        says(&format!("{{ a {{ {inline} }} }}")),
        Err(Code::TooComplex)
    );
}

#[test]
fn d9_directives_by_the_thousand_are_refused_wherever_they_stand() {
    for directive in ["@aa ", "@include(if: true) "] {
        assert_eq!(says(&format!("{{ a {} }}", directive.repeat(8))), Ok(()));
        assert_eq!(
            says(&format!("{{ a {} }}", directive.repeat(9))),
            Err(Code::TooComplex)
        );
        assert_eq!(
            says(&format!("query {} {{ a }}", directive.repeat(9))),
            Err(Code::TooComplex)
        );
        assert_eq!(
            says(&format!("query($a: Int {}) {{ a }}", directive.repeat(9))),
            Err(Code::TooComplex)
        );
        assert!(says(&format!("{{ a {} }}", directive.repeat(10_000))).is_err());
    }
}

#[test]
fn d10_selections_deeper_than_sixteen_are_refused() {
    let nested = |depth| format!("{}{}", "{ a ".repeat(depth), "}".repeat(depth));
    assert_eq!(says(&nested(16)), Ok(()));
    for depth in [17, 33, 65, 10_000] {
        assert!(
            matches!(says(&nested(depth)), Err(Code::TooDeep | Code::TooLarge)),
            "{depth}"
        );
    }
}

#[test]
fn d11_a_page_has_one_to_a_hundred_entries_from_one_end() {
    for size in [
        "2147483647",
        "101",
        "0",
        "-1",
        "1.5",
        "99999999999999999999",
    ] {
        for name in ["first", "last"] {
            let query = format!("{{ a({name}: {size}) {{ b }} }}");
            assert_eq!(says(&query), Err(Code::BadUserInput), "{query}");
            let query = format!("query($n: Int) {{ a {{ b({name}: $n) }} }}");
            let variables =
                json!({ "n": serde_json::from_str::<serde_json::Value>(size).unwrap() });
            assert_eq!(
                verdict(&query, variables),
                Err(Code::BadUserInput),
                "{query}"
            );
            let query = format!(
                "query($n: Int = {size}) {{ ...f }} fragment f on Query {{ a({name}: $n) }}"
            );
            assert_eq!(says(&query), Err(Code::BadUserInput), "{query}");
        }
    }
    assert_eq!(says("{ a(first: 1, last: 1) }"), Err(Code::BadUserInput));
    for query in [
        "{ a(first: null, last: 100) }",
        "{ a(first: 1) }",
        "query($n: Int) { a(first: $n, last: 5) }",
    ] {
        assert_eq!(says(query), Ok(()), "{query}");
    }
}

#[test]
fn d14_several_operations_need_a_name_and_are_all_measured() {
    let many = (0..20).fold(String::new(), |all, n| {
        all + &format!("query q{n} {{ a }} ")
    });
    assert_eq!(says(&many), Err(Code::OperationResolution));
    let hidden = format!("{many} query z {{ {} }}", "a ".repeat(500));
    let verdict = admit(&hidden, Some("q1"), &Variables::default());
    assert_eq!(verdict.unwrap_err().code, Code::TooComplex);
}

#[test]
fn d15_introspection_that_goes_in_circles_is_refused() {
    let circular =
        "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }";
    assert_eq!(says(circular), Err(Code::TooDeep));
    let twice = "{ __schema { types { fields { type { fields { name } } } } } }";
    assert_eq!(says(twice), Ok(()));
    let many = (0..5).fold(String::new(), |all, n| {
        all + &format!("a{n}: __schema {{ types {{ name }} }} ")
    });
    assert_eq!(says(&format!("{{ {many} }}")), Err(Code::TooComplex));
}

#[test]
fn d15_an_introspection_weighs_what_the_lists_in_it_have() {
    let usual = include_str!("../../tests/api/introspection.graphql");
    assert_eq!(says(usual), Ok(()));
    let within = |selections: usize| {
        let names = "name ".repeat(selections);
        format!(
            "{{ __schema {{ types {{ fields {{ type {{ ofType {{ fields {{ {names} }} }} }} }} }} }} }}"
        )
    };
    assert_eq!(says(&within(20)), Ok(()));
    assert_eq!(says(&within(90)), Err(Code::TooComplex));
}

#[test]
fn d12_what_a_variable_holds_counts_wherever_it_is_used() {
    let uses = |count: usize| "a(b: $v) ".repeat(count);
    let large = json!({ "v": vec!["x"; 10_000] });
    let query = |count: usize| format!("query($v: [ID!]) {{ {} }}", uses(count));
    assert_eq!(verdict(&query(10), large.clone()), Ok(()));
    assert_eq!(verdict(&query(40), large), Err(Code::TooComplex));
    let long = json!({ "v": "x".repeat(60_000) });
    assert_eq!(verdict(&query(50), long), Ok(()));
}

#[test]
fn d20_a_variable_is_no_deeper_than_a_query() {
    let nested = |depth: usize| {
        let text = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        json!({ "v": serde_json::from_str::<serde_json::Value>(&text).unwrap() })
    };
    let query = "query($v: ID) { a(b: $v) }";
    assert_eq!(verdict(query, nested(32)), Ok(()));
    assert_eq!(verdict(query, nested(33)), Err(Code::TooDeep));
}

#[test]
fn d21_a_variable_has_the_lists_and_the_objects_of_its_type() {
    let schema = "type Query { a: Int } input F { n: Int s: [G!] } input G { m: Int! k: Int! = 1 }";
    let guard = Guard::new(schema, Limits::default());
    let query = "query($f: F, $l: [G]) { a(f: $f, l: $l) }";
    let fits = |variables: serde_json::Value| {
        let variables = Variables::from_json(variables);
        guard.admit(query, None, &variables).is_ok()
    };
    for variables in [
        json!({ "f": null, "l": null }),
        json!({ "f": { "n": 1, "s": { "m": 1 } }, "l": [{ "m": 1, "k": 2 }, null] }),
        json!({ "f": {}, "l": { "m": 1 } }),
    ] {
        assert!(fits(variables.clone()), "{variables}");
    }
    for variables in [
        json!({ "f": [] }),
        json!({ "f": "" }),
        json!({ "f": { "x": 1 } }),
        json!({ "f": { "s": [null] } }),
        json!({ "f": { "s": [{}] } }),
        json!({ "l": [{ "m": null }] }),
        json!({ "l": 1 }),
    ] {
        assert!(!fits(variables.clone()), "{variables}");
    }
}

#[test]
fn d21_variables_are_there_and_not_null_and_declared() {
    let query = "query($id: ID!, $n: Int) { a(id: $id, n: $n) }";
    assert_eq!(verdict(query, json!({ "id": "1" })), Ok(()));
    assert_eq!(verdict(query, json!({ "id": "1", "n": null })), Ok(()));
    for variables in [
        json!({}),
        json!({ "id": null }),
        json!({ "id": "1", "other": 1 }),
    ] {
        assert_eq!(
            verdict(query, variables.clone()),
            Err(Code::BadUserInput),
            "{variables}"
        );
    }
    assert_eq!(says("query($id: ID! = \"1\") { a(id: $id) }"), Ok(()));
}

#[test]
fn a_default_of_an_unknown_type_does_not_reach_the_engine_which_panics_at_it() {
    for query in [
        "query($a: [Foo] = [1]) { a(b: $a) }",
        "query($a: [[Foo!]]! = [[1]]) { a(b: $a) }",
    ] {
        assert_eq!(says(query), Err(Code::ValidationFailed), "{query}");
    }
    assert_eq!(says("query($a: [[Int]] = [[1]]) { a(b: $a) }"), Ok(()));
}

#[test]
fn only_the_operation_that_is_asked_for_is_handed_over() {
    let query = "query a { x ...f } query b { ...g } \
                 fragment f on Query { y } fragment g on Query { z } fragment h on Query { z }";
    let admitted = admit(query, Some("a"), &Variables::default()).unwrap();
    assert_eq!(admitted.document.operations.iter().count(), 1);
    let mut fragments: Vec<_> = admitted
        .document
        .fragments
        .keys()
        .map(ToString::to_string)
        .collect();
    fragments.sort();
    assert_eq!(fragments, ["f", "h"]);
}

#[test]
fn what_is_not_graphql_is_refused_with_its_place() {
    let refusal = admit("{ a", None, &Variables::default()).unwrap_err();
    assert_eq!(refusal.code, Code::ParseFailed);
    assert!(refusal.place.is_some());
    assert_eq!(says(""), Err(Code::ParseFailed));
    assert_eq!(says("type A { b: Int }"), Err(Code::ParseFailed));
}
