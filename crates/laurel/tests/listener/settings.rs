//! What of the door can be configured, and what is refused.

use laurel::config::{Config, Loaded};

/// What becomes of these variables, beside no file.
fn load(variables: &[(&str, &str)]) -> Result<Config, String> {
    let variables = variables.iter();
    let variables = variables.map(|(key, value)| (format!("LAUREL__{key}").into(), value.into()));
    let loaded = Loaded::from_variables(None, variables);
    loaded
        .map(|loaded| loaded.config)
        .map_err(|error| error.to_string())
}

const TLS: [(&str, &str); 2] = [
    ("HTTP__TLS__CERTIFICATE", "chain.pem"),
    ("HTTP__TLS__KEY", "key.pem"),
];

#[test]
fn links_are_encrypted_where_the_listener_is() {
    let plain = load(&[]).unwrap();
    assert_eq!(plain.http.public_url(), "http://127.0.0.1:8080");
    assert!(plain.http.tls.is_none());
    let encrypted = load(&TLS).unwrap();
    assert_eq!(encrypted.http.public_url(), "https://127.0.0.1:8080");
    let named = ("HTTP__PUBLIC_URL", "http://proxied.example");
    let named = load(&[TLS[0], TLS[1], named]).unwrap();
    assert_eq!(named.http.public_url(), "http://proxied.example");
}

#[test]
fn a_share_of_requests_is_a_number_a_second_and_a_burst() {
    let token = (
        "SOURCES__A__AUTH__0__TOKEN",
        "kX9vQ2mL7pR4tW8yB3nC6dF1gH5jA0sZ",
    );
    let kind = ("SOURCES__A__AUTH__0__KIND", "token");
    let limit = |limit: &[(&str, &str)]| {
        let config = load(&[&[kind, token], limit].concat())?;
        let limit = config.sources["a"].rate_limit;
        Ok::<_, String>(limit.map(|limit| (limit.per_second.get(), limit.burst.map(u32::from))))
    };
    let (per_second, burst) = (
        "SOURCES__A__RATE_LIMIT__PER_SECOND",
        "SOURCES__A__RATE_LIMIT__BURST",
    );
    assert_eq!(limit(&[]), Ok(None));
    assert_eq!(limit(&[(per_second, "100")]), Ok(Some((100, None))));
    let both = [(per_second, "100"), (burst, "200")];
    assert_eq!(limit(&both), Ok(Some((100, Some(200)))));
    for wrong in [[(per_second, "0")], [(burst, "200")]] {
        let error = limit(&wrong).unwrap_err();
        assert!(error.to_ascii_lowercase().contains("rate_limit"), "{error}");
    }
}

#[test]
fn what_cannot_work_is_refused_by_name() {
    for (variables, expected) in [
        (
            &[("INGEST__MAX_IN_FLIGHT", "2000000")][..],
            "LAUREL__INGEST__MAX_IN_FLIGHT: must be twice ingest.max_body or more: there is to be room for the largest body",
        ),
        (
            &TLS[..1],
            "LAUREL__HTTP__TLS__CERTIFICATE: `key` is missing",
        ),
        (
            &[("HTTP__TLS__CHAIN", "chain.pem")],
            "LAUREL__HTTP__TLS__CHAIN: unknown key `chain`; expected one of: certificate, key",
        ),
    ] {
        assert_eq!(load(variables).unwrap_err(), expected);
    }
}
