//! `auth` of the sources: what is taken, what is refused, and what is printed.

#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::ffi::OsString;

use laurel::config::Loaded;

const TOKEN: &str = "kX9vQ2mL7pR4tW8yB3nC6dF1gH5jA0sZ";
const SLASH: &str = "kX9vQ2mL7pR4tW8yB3nC6/F1gH5jA0sZ";
const SIGNED: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// What becomes of one entry of `auth`: the configuration as it is printed, or the fault.
fn load(auth: &str, variables: &[(&str, &str)]) -> Result<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("laurel.toml");
    std::fs::write(&file, format!("[[sources.masivo.auth]]\n{auth}\n")).unwrap();
    let variables: Vec<(OsString, OsString)> = variables
        .iter()
        .map(|(key, value)| ((*key).into(), (*value).into()))
        .collect();
    let loaded = Loaded::from_variables(Some(&file), variables);
    let prefix = format!("{}: sources.masivo.", file.display());
    loaded
        .map(|loaded| toml::to_string(&loaded.config).unwrap())
        .map_err(|error| error.to_string().replace(&prefix, ""))
}

#[test]
fn every_kind_is_taken_and_its_secrets_print_as_stars() {
    for auth in [
        format!("kind = \"query\"\nparameter = \"key\"\nsecrets = [\"{SLASH}\"]"),
        format!(
            "kind = \"basic\"\nuser = \"masivo\"\nsecrets = [\"{SLASH}\"]\nrevoked = [\"{TOKEN}\"]"
        ),
        format!("kind = \"hmac\"\nheader = \"X-Signature\"\nsecrets = [\"{TOKEN}\", \"{SLASH}\"]"),
        format!(
            "kind = \"hmac\"\nheader = \"x-mac\"\ntoken = \"{TOKEN}\"\nalgorithm = \"sha512\"\nencoding = \"base64\"\nprefix = \"v1=\"\ntimestamp_header = \"x-time\"\ntolerance = \"1m\""
        ),
        format!("kind = \"standard-webhooks\"\nsecrets = [\"{SIGNED}\"]\ntolerance = \"10m\""),
        "kind = \"ip\"\nnetworks = [\"198.51.100.7\", \"2001:db8::/32\"]".to_owned(),
    ] {
        let printed = load(&auth, &[]).unwrap();
        for secret in [TOKEN, SLASH, SIGNED] {
            assert!(!printed.contains(secret), "{printed}");
        }
        assert_eq!(printed.contains("\"*\""), !auth.contains("ip"), "{printed}");
    }
}

#[test]
fn what_does_not_fit_is_refused_by_name() {
    for (auth, expected) in [
        (
            format!("kind = \"token\"\nheader = \"x-mac\"\ntoken = \"{TOKEN}\""),
            "auth.0: `header` does nothing here",
        ),
        (
            format!("kind = \"token\"\ntoken = \"{SLASH}\""),
            "auth.0: the secret must fit in a URL's path and in a header: visible ASCII without a slash",
        ),
        (
            format!("kind = \"hmac\"\nsecrets = [\"{TOKEN}\"]"),
            "auth.0: `header` is missing",
        ),
        (
            format!(
                "kind = \"hmac\"\nheader = \"x-mac\"\ntolerance = \"1m\"\nsecrets = [\"{TOKEN}\"]"
            ),
            "auth.0: `tolerance` does nothing here",
        ),
        (
            format!("kind = \"hmac\"\nheader = \"x mac\"\nsecrets = [\"{TOKEN}\"]"),
            "auth.0.header: not the name of a header",
        ),
        (
            format!("kind = \"basic\"\nsecrets = [\"{TOKEN}\"]"),
            "auth.0: `user` is missing",
        ),
        (
            format!("kind = \"basic\"\nuser = \"a:b\"\nsecrets = [\"{TOKEN}\"]"),
            "auth.0: a user's name cannot hold a colon: what follows it is the password",
        ),
        (
            "kind = \"query\"".to_owned(),
            "auth.0: `secrets` is missing",
        ),
        (
            "kind = \"query\"\nsecrets = [\"short\"]".to_owned(),
            "auth.0: the secret is shorter than 24 bytes; `openssl rand -hex 24` makes a good one",
        ),
        (
            format!("kind = \"query\"\nsecrets = [\"{TOKEN}\"]\nrevoked = [\"{TOKEN}\"]"),
            "auth.0: a secret is valid and revoked at once",
        ),
        (
            format!("kind = \"standard-webhooks\"\nsecrets = [\"{TOKEN}-\"]"),
            "auth.0: expected whsec_ or whpk_ and then base64",
        ),
        (
            "kind = \"standard-webhooks\"\nsecrets = [\"whsec_c2hvcnQ=\"]".to_owned(),
            "auth.0: whsec_ is followed by fewer than 24 bytes",
        ),
        ("kind = \"ip\"".to_owned(), "auth.0: `networks` is missing"),
        (
            format!("kind = \"ip\"\nnetworks = [\"::1\"]\ntoken = \"{TOKEN}\""),
            "auth.0: `token` does nothing here",
        ),
        (
            "kind = \"ip\"\nnetworks = [\"masivo.ai\"]".to_owned(),
            "auth.0.networks.0: not an address or network; write 198.51.100.7, 198.51.100.0/24 or 2001:db8::/32",
        ),
    ] {
        assert_eq!(load(&auth, &[]), Err(expected.to_owned()), "{auth}");
    }
}

#[test]
fn a_revoked_secret_can_stand_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("revoked");
    std::fs::write(&file, format!("{TOKEN}\n")).unwrap();
    let auth = format!("kind = \"query\"\nsecrets = [\"{TOKEN}\"]");
    let key = "LAUREL__SOURCES__MASIVO__AUTH__0__REVOKED__0_FILE";
    let refused = load(&auth, &[(key, file.to_str().unwrap())]).unwrap_err();
    assert!(refused.contains("revoked at once"), "{refused}");
}
