//! The questions: one or more for each row that is about a single request.

/// A hostile question.
pub(super) struct Input {
    pub(super) row: &'static str,
    pub(super) name: &'static str,
    line: String,
    headers: &'static str,
    body: String,
}

impl Input {
    pub(super) fn new(name: &'static str, body: impl Into<String>) -> Self {
        Self {
            row: "",
            name,
            line: "POST /graphql".to_owned(),
            headers: "accept: application/graphql-response+json\r\ncontent-type: application/json\r\n",
            body: body.into(),
        }
    }

    fn query(row: &'static str, name: &'static str, query: &str) -> Self {
        let body = serde_json::json!({ "query": query }).to_string();
        Self {
            row,
            ..Self::new(name, body)
        }
    }

    /// The bytes of the request.
    pub(super) fn request(&self, key: &str) -> Vec<u8> {
        let Self {
            line,
            headers,
            body,
            ..
        } = self;
        let length = body.len();
        format!(
            "{line} HTTP/1.1\r\nhost: laurel\r\nauthorization: Bearer {key}\r\nconnection: close\r\n{headers}\
             content-length: {length}\r\n\r\n{body}"
        )
        .into_bytes()
    }
}

fn numbered(count: usize, one: impl Fn(usize) -> String) -> String {
    (0..count).map(one).collect()
}

fn nested(open: &str, count: usize, inner: &str, close: &str) -> String {
    format!("{}{inner}{}", open.repeat(count), close.repeat(count))
}

fn fan(fragments: usize, spreads: usize) -> String {
    let fragment = |at: usize| {
        let next = if at + 1 == fragments {
            "__typename ".to_owned()
        } else {
            format!("...f{} ", at + 1)
        };
        format!("fragment f{at} on Query {{ {} }} ", next.repeat(spreads))
    };
    format!(
        "{{ {} }} {}",
        "...f0 ".repeat(spreads),
        numbered(fragments, fragment)
    )
}

pub(super) fn inputs() -> Vec<Input> {
    [documents(), values(), requests()]
        .into_iter()
        .flatten()
        .collect()
}

fn documents() -> Vec<Input> {
    let lists = format!("{{ node(id: {}) {{ id }} }}", nested("[", 5_000, "1", "]"));
    let objects = format!(
        "{{ node(id: {}) {{ id }} }}",
        nested("{a:", 5_000, "1", "}")
    );
    let aliases = numbered(1_000, |n| format!("a{n}: __typename "));
    let deep = |depth: usize| {
        format!(
            "{{ customer(id: 1) {} }}",
            nested("{ history { nodes { customer ", depth, "{ id }", " } } }")
        )
    };
    let pages = "{ customers(first: 100) { nodes { history(first: 100) { nodes { customer { history(first: 100) { nodes { id } } } } } } } }";
    let circle = format!(
        "{{ __schema {{ types {} }} }}",
        nested("{ fields { type ", 6, "{ name }", " } }")
    );
    let twice = format!(
        "{{ __schema {{ types {{ fields {{ type {{ ofType {{ fields {{ {} }} }} }} }} }} }} }}",
        "name ".repeat(90)
    );
    let operations = numbered(20, |n| format!("query q{n} {{ __typename }} "));
    let conflicts = numbered(49, |n| {
        format!("a: customer(id: {n}) {{ {} }} ", "id ".repeat(30))
    });
    vec![
        Input::query("D1", "5,000 nested lists", &lists),
        Input::query("D1", "5,000 nested objects", &objects),
        Input::query("D3", "9 fragments of 10 spreads", &fan(9, 10)),
        Input::query("D3", "12 fragments of 10 spreads", &fan(12, 10)),
        Input::query("D3", "as many selections as there may be", &fan(2, 12)),
        Input::query(
            "D4",
            "a fragment that spreads itself",
            "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }",
        ),
        Input::query("D6", "1,000 aliases", &format!("{{ {aliases} }}")),
        Input::query(
            "D8",
            "500 times a field",
            &format!("{{ tiers {{ {} }} }}", "id ".repeat(500)),
        ),
        Input::query("D8", "fields that conflict", &format!("{{ {conflicts} }}")),
        Input::query(
            "D9",
            "10,000 directives",
            &format!("{{ __typename {} }}", "@aa".repeat(10_000)),
        ),
        Input::query(
            "D9",
            "1,000 times @include",
            &format!("{{ __typename {} }}", "@include(if: true)".repeat(1_000)),
        ),
        Input::query("D10", "33 deep", &deep(11)),
        Input::query("D10", "65 deep", &deep(21)),
        Input::query("D12", "100 x 100 x 100", pages),
        Input::query("D14", "20 operations without a name", &operations),
        Input::query("D15", "introspection in circles", &circle),
        Input::query("D15", "as much introspection as there may be", &twice),
        Input::query("D16", "a misspelled field", "{ custome(id: 1) { id } }"),
        Input::query(
            "D16",
            "misspelled by the hundred",
            &format!("{{ tiers {{ {} }} }}", numbered(99, |n| format!("x{n} "))),
        ),
    ]
}

fn values() -> Vec<Input> {
    let ids = vec!["\"a\""; 15_000].join(",");
    let uses = numbered(40, |n| format!("a{n}: nodes(ids: $ids) {{ id }} "));
    let large =
        format!(r#"{{"query":"query($ids: [ID!]!) {{ {uses} }}","variables":{{"ids":[{ids}]}}}}"#);
    let body = |value: &str| {
        format!(
            r#"{{"query":"query($a: [ID!]!) {{ nodes(ids: $a) {{ id }} }}","variables":{{"a":{value}}}}}"#
        )
    };
    let definitions = numbered(400, |n| format!("$v{n}: Int "));
    let undeclared = (0..4_000)
        .map(|n| format!("\"w{n}\":1"))
        .collect::<Vec<_>>()
        .join(",");
    let many = format!(
        r#"{{"query":"query({definitions}) {{ __typename }}","variables":{{{undeclared}}}}}"#
    );
    let of = |row: &'static str, name: &'static str, body: String| Input {
        row,
        ..Input::new(name, body)
    };
    vec![
        Input::query(
            "D11",
            "first: 2147483647",
            "{ customers(first: 2147483647) { nodes { id } } }",
        ),
        of("D12", "15,000 values used 40 times", large),
        of(
            "D20",
            "variables 127 deep",
            body(&nested("[", 127, "1", "]")),
        ),
        of(
            "D20",
            "variables 10,000 deep",
            body(&nested("[", 10_000, "1", "]")),
        ),
        of(
            "D20",
            "a variable of 1 MB",
            body(&format!("\"{}\"", "a".repeat(1 << 20))),
        ),
        of("D21", "4,000 variables that nobody declared", many),
        Input::query(
            "D23",
            "% as an id",
            "{ customer(id: \"%\") { id } customers(filter: { tierId: \"%\" }) { totalCount } }",
        ),
    ]
}

fn requests() -> Vec<Input> {
    let batch = format!(
        "[{}]",
        vec![r#"{"query":"{ __typename }"}"#; 1_000].join(",")
    );
    let typed = |row, name, headers| Input {
        row,
        headers,
        ..Input::new(name, "query=%7B__typename%7D")
    };
    vec![
        Input {
            row: "D13",
            ..Input::new("a batch of 1,000", batch)
        },
        Input {
            row: "D17",
            line: "GET /graphql?query=mutation%7B__typename%7D".to_owned(),
            ..Input::new("a mutation by GET", "")
        },
        typed(
            "D18",
            "a form",
            "content-type: application/x-www-form-urlencoded\r\n",
        ),
        typed(
            "D18",
            "an upload",
            "content-type: multipart/form-data; boundary=x\r\n",
        ),
        Input {
            row: "D19",
            ..Input::new("a body of 2 MB", " ".repeat(2 << 20))
        },
        typed(
            "D36",
            "Accept: multipart/mixed",
            "accept: multipart/mixed\r\ncontent-type: application/json\r\n",
        ),
    ]
}
