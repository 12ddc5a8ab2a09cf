//! Configuration of who may ask the API: what is refused, and where it says so.

#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

use laurel::config::Loaded;

const SOURCE: &str = r#"[sources.masivo]
auth = [{ kind = "token", token = "kX9vQ2mL7pR4tW8yB3nC6dF1gH5jA0sZ" }]
"#;
const OTHER: &str = r#"[sources.other]
auth = [{ kind = "token", token = "Zs0aJ5hG1fD6cN3bY8wT4rP7lM2qV9xK" }]
"#;

fn identity(source: &str, more: &str) -> String {
    format!(
        "[sources.{source}.identity]\nissuer = \"https://login.example.com\"\naudience = \"laurel\"\n\
         jwks = \"/etc/laurel/jwks.json\"\n{more}\n"
    )
}

fn load(text: &str) -> Result<Loaded, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("laurel.toml");
    std::fs::write(&file, text).unwrap();
    let loaded = Loaded::from_variables(Some(&file), []);
    loaded.map_err(|error| error.to_string())
}

#[test]
fn an_identity_provider_needs_a_name_an_audience_and_keys() {
    let loaded = load(&format!("{SOURCE}{}", identity("masivo", ""))).unwrap();
    let identity = loaded.config.sources["masivo"].identity.as_ref().unwrap();
    assert_eq!(
        (identity.claim.as_str(), identity.algorithms.len()),
        ("sub", 3)
    );
    assert_eq!(identity.leeway.as_secs(), 30);
    let error = load(&format!(
        "{SOURCE}[sources.masivo.identity]\nissuer = \"a\"\n"
    ))
    .unwrap_err();
    assert!(
        error.ends_with("sources.masivo.identity: `audience` is missing"),
        "{error}"
    );
}

#[test]
fn what_would_open_too_much_is_refused() {
    for (more, problem) in [
        ("algorithms = [\"HS256\"]", "unknown value `HS256`"),
        ("algorithms = [\"none\"]", "unknown value `none`"),
        (
            "algorithms = []",
            "identity.algorithms: without one no token can be good",
        ),
        ("leeway = \"6m\"", "identity.leeway: must be 5m or less"),
        ("claim = \"\"", "identity.claim: must not be empty"),
        ("secret = \"x\"", "unknown key `secret`"),
    ] {
        let error = load(&format!("{SOURCE}{}", identity("masivo", more))).unwrap_err();
        assert!(error.contains(problem), "{more}: {error}");
    }
    let ours = identity("masivo", "").replace("https://login.example.com", "laurel");
    let error = load(&format!("{SOURCE}{ours}")).unwrap_err();
    assert!(
        error.contains("identity.issuer: `laurel` issues"),
        "{error}"
    );
    let both = format!(
        "{SOURCE}{OTHER}{}{}",
        identity("masivo", ""),
        identity("other", "")
    );
    let error = load(&both).unwrap_err();
    assert!(
        error.contains("sources.other.identity.audience: source `masivo` has the same"),
        "{error}"
    );
    let apart = both.replacen("\"laurel\"", "\"other\"", 1);
    assert!(load(&apart).is_ok());
}

#[test]
fn tokens_are_short_lived() {
    for (text, problem) in [
        ("max_ttl = \"25h\"", "max_ttl: must be 24h or less"),
        (
            "ttl = \"2h\"",
            "customer_tokens.ttl: must be a second or more",
        ),
        (
            "ttl = \"0s\"",
            "customer_tokens.ttl: must be a second or more",
        ),
    ] {
        let error = load(&format!("[graphql.customer_tokens]\n{text}\n")).unwrap_err();
        assert!(error.contains(problem), "{text}: {error}");
    }
    assert!(load("[graphql.customer_tokens]\nttl = \"2h\"\nmax_ttl = \"2h\"\n").is_ok());
}

#[test]
fn an_origin_is_what_a_browser_sends() {
    let set = |origin: &str| load(&format!("[graphql]\ncors_origins = [\"{origin}\"]\n"));
    for origin in ["https://app.example.com", "http://localhost:3000"] {
        assert!(set(origin).is_ok(), "{origin}");
    }
    for origin in [
        "*",
        "null",
        "app.example.com",
        "https://app.example.com/",
        "https://app.example.com:443",
        "https://App.example.com",
        "https://*.example.com",
        "file:///tmp",
        "",
    ] {
        let error = set(origin).unwrap_err();
        assert!(
            error.contains("expected the origin of a web page"),
            "{origin}: {error}"
        );
    }
}
