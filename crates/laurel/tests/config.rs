//! Configuration: layers, places in errors, and what is refused.

#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use laurel::config::{Config, ConfigError, Loaded, Secret, Transport};

const TOKEN: &str = "kX9vQ2mL7pR4tW8yB3nC6dF1gH5jA0sZ";
const OTHER: &str = "Zs0aJ5hG1fD6cN3bY8wT4rP7lM2qV9xK";

struct Setup {
    folder: tempfile::TempDir,
    variables: Vec<(OsString, OsString)>,
}

impl Setup {
    fn new(toml: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("laurel.toml"), toml).unwrap();
        Self {
            folder,
            variables: Vec::new(),
        }
    }

    fn variable(mut self, key: &str, value: &str) -> Self {
        self.variables.push((key.into(), value.into()));
        self
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn load(&self) -> Result<Loaded, ConfigError> {
        Loaded::from_variables(
            Some(&self.folder.path().join("laurel.toml")),
            self.variables.clone(),
        )
    }

    fn config(&self) -> Config {
        self.load().unwrap_or_else(|error| panic!("{error}")).config
    }

    /// The error's text, less the folder that the test made.
    fn error(&self) -> String {
        let text = self.load().expect_err("a refusal").to_string();
        text.replace(&format!("{}/", self.folder.path().display()), "")
    }
}

fn source(token: &str) -> String {
    format!("[sources.masivo]\nauth = [{{ kind = \"token\", token = \"{token}\" }}]\n")
}

#[test]
fn nothing_configured_is_the_defaults() {
    let config = Setup::new("").config();
    assert_eq!(config.http.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.admin.listen.to_string(), "127.0.0.1:9090");
    assert_eq!(config.database.url.expose(), "sqlite://laurel.db");
    assert_eq!(config.ingest.max_body, 1_048_576);
    assert_eq!(config.email.transport, Transport::None);
    assert_eq!(config.email.settle, Duration::from_mins(1));
    assert_eq!(config.http.public_url(), "http://127.0.0.1:8080");
}

#[test]
fn a_variable_wins_over_the_file_and_the_file_over_the_defaults() {
    let setup = Setup::new("[http]\nlisten = \"[::1]:8081\"\n[ingest]\nmax_body = 5\n")
        .variable("LAUREL__INGEST__MAX_BODY", "77")
        .variable("LAUREL__EMAIL__TRANSACTIONAL", "true");
    let config = setup.config();
    assert_eq!(config.http.listen.to_string(), "[::1]:8081");
    assert_eq!(config.ingest.max_body, 77);
    assert!(config.email.transactional);
}

#[test]
fn a_source_can_come_from_variables_alone() {
    let setup = Setup::new("")
        .variable("LAUREL__SOURCES__MASIVO__AUTH__0__KIND", "token")
        .variable("LAUREL__SOURCES__MASIVO__AUTH__0__TOKEN", TOKEN);
    let config = setup.config();
    let secrets: Vec<_> = config.sources["masivo"].auth[0]
        .secrets()
        .map(Secret::expose)
        .collect();
    assert_eq!(secrets, [TOKEN]);
}

#[test]
fn a_list_can_come_from_one_variable() {
    let setup = Setup::new("").variable(
        "LAUREL__SOURCES__MASIVO__AUTH",
        &format!("[{{kind=\"token\", secrets=[\"{TOKEN}\", \"{OTHER}\"]}}]"),
    );
    assert_eq!(
        setup.config().sources["masivo"].auth[0].secrets().count(),
        2
    );
}

#[test]
fn a_secret_is_read_from_a_file_without_its_line_break() {
    let setup = Setup::new(&source(OTHER));
    let path = setup.file("token", &format!("{TOKEN}\n"));
    let setup = setup.variable(
        "LAUREL__SOURCES__MASIVO__AUTH__0__TOKEN_FILE",
        path.to_str().unwrap(),
    );
    let config = setup.config();
    assert_eq!(
        config.sources["masivo"].auth[0]
            .token
            .as_ref()
            .unwrap()
            .expose(),
        TOKEN
    );
}

#[test]
fn a_secret_of_digits_stays_text() {
    let digits = "012345678901234567890123456789";
    let setup =
        Setup::new(&source(OTHER)).variable("LAUREL__SOURCES__MASIVO__AUTH__0__TOKEN", digits);
    assert_eq!(
        setup.config().sources["masivo"].auth[0]
            .token
            .as_ref()
            .unwrap()
            .expose(),
        digits
    );
}

#[test]
fn a_key_that_ends_in_file_can_be_set_itself() {
    let setup = Setup::new("[email.smtp]\nurl = \"smtp://relay:587\"\n")
        .variable("LAUREL__EMAIL__SMTP__CA_FILE", "/etc/ca.pem");
    assert_eq!(
        setup.config().email.smtp.unwrap().ca_file,
        Some(PathBuf::from("/etc/ca.pem"))
    );
}

#[test]
fn a_named_file_that_is_missing_is_an_error_and_the_default_one_is_not() {
    let missing = PathBuf::from("/nonexistent/laurel.toml");
    let error = Loaded::from_variables(Some(&missing), [])
        .expect_err("no such file")
        .to_string();
    assert_eq!(error, "/nonexistent/laurel.toml: there is no such file");
    assert!(Loaded::from_variables(None, []).is_ok());
}

#[test]
fn a_fault_names_its_place_and_what_would_be_right() {
    let long = "[sources.masivo]\nauth = [{ kind = \"token\", tokn = \"x\" }]\n";
    let short = source("too-short");
    let cases: &[(&str, &str)] = &[
        (
            "[htpp]\n",
            "laurel.toml: htpp: unknown key `htpp`; did you mean `http`?",
        ),
        (
            "[http]\nlissten = 1\n",
            "laurel.toml: http.lissten: unknown key `lissten`; did you mean `listen`?",
        ),
        (
            long,
            "laurel.toml: sources.masivo.auth.0.tokn: unknown key `tokn`; did you mean `token`?",
        ),
        (
            "[sources.masivo]\nauth = [{ kind = \"tken\" }]\n",
            "laurel.toml: sources.masivo.auth.0.kind: unknown value `tken`; did you mean `token`?",
        ),
        (
            "[email]\nsettle = \"-5s\"\n",
            "laurel.toml: email.settle: a duration cannot be negative",
        ),
        (
            "[email]\nsettle = 60\n",
            "laurel.toml: email.settle: expected a string, found a number",
        ),
        (
            "[http]\nlisten = \"127.0.0.1:70000\"\n",
            "laurel.toml: http.listen: expected an address and port, such as 127.0.0.1:8080 or [::1]:8080 (ports go up to 65535)",
        ),
        (
            "[http]\nlisten = \"127.0.0.1:0\"\n",
            "laurel.toml: http.listen: port 0 is a different port at each start; name one",
        ),
        (
            "[sources.masivo]\nauth = [{ token = \"x\" }]\n",
            "laurel.toml: sources.masivo.auth.0: `kind` is missing",
        ),
        (
            "[sources.masivo]\nauth = \"hunter2\"\n",
            "laurel.toml: sources.masivo.auth: expected a sequence, found a text",
        ),
        (
            &short,
            "laurel.toml: sources.masivo.auth.0: the secret is shorter than 24 bytes; `openssl rand -hex 24` makes a good one",
        ),
        (
            "[sources.masivo]\n",
            "laurel.toml: sources.masivo: `auth` is missing: nobody could post to this source",
        ),
        ("[http]\nlisten = \n", "laurel.toml, line 2: "),
        (
            "[email]\ntransport = \"smtp\"\n",
            "laurel.toml: email: `from` is missing: who the mail is from",
        ),
        (
            "[database]\nurl = \"mysql://x\"\n",
            "laurel.toml: database.url: expected sqlite://FILE or postgres://USER:PASSWORD@HOST/DATABASE",
        ),
    ];
    for (toml, expected) in cases {
        let error = Setup::new(toml).error();
        assert!(
            error.starts_with(expected),
            "{toml}\nsaid: {error}\nwant: {expected}"
        );
    }
}

#[test]
fn a_fault_in_a_variable_names_the_variable() {
    let setup = |key: &str, value: &str| Setup::new("").variable(key, value).error();
    assert_eq!(
        setup("LAUREL__HTTP__LISTENN", "x"),
        "LAUREL__HTTP__LISTENN: unknown key `listenn`; did you mean `listen`?"
    );
    assert_eq!(
        setup("LAUREL__EMAIL__SETTLE", "-1s"),
        "LAUREL__EMAIL__SETTLE: a duration cannot be negative"
    );
    assert_eq!(
        setup("LAUREL__HTTP____LISTEN", "x"),
        "LAUREL__HTTP____LISTEN: write LAUREL__SECTION__KEY"
    );
    assert_eq!(
        setup("LAUREL__INGEST__MAX_BODY", "much"),
        "LAUREL__INGEST__MAX_BODY: expected usize, found a text"
    );
}

#[test]
fn a_secret_never_shows_in_an_error() {
    let cases = [
        format!("[sources.masivo]\nauth = \"{TOKEN}\"\n"),
        format!("[sources.masivo]\nauth = [\"{TOKEN}\"]\n"),
        format!("[sources.masivo]\nauth = [{{ kind = \"token\", token = \"{TOKEN} }}]\n"),
        format!("[sources.masivo]\nauth = [{{ kind = \"token\", token = [\"{TOKEN}\"] }}]\n"),
        format!("[database]\nurl = {TOKEN}\n"),
    ];
    for toml in cases {
        let setup = Setup::new(&toml);
        let error = setup.load().expect_err("a refusal");
        assert!(
            !format!("{error} {error:?}").contains(TOKEN),
            "{toml}\nsaid: {error}"
        );
    }
}

#[test]
fn a_placeholder_or_a_shared_secret_is_refused() {
    for weak in [
        "change-me-change-me-change-me",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "your-token-goes-in-here-please",
    ] {
        assert!(
            Setup::new(&source(weak)).error().contains("placeholder"),
            "{weak}"
        );
    }
    let shared = format!(
        "{}[sources.other]\nauth = [{{ kind = \"token\", secrets = [\"{TOKEN}\"] }}]\n",
        source(TOKEN)
    );
    assert_eq!(
        Setup::new(&shared).error(),
        "laurel.toml: sources.other.auth.0: source `masivo` has the same secret; give each its own"
    );
}

#[test]
fn the_same_key_from_a_variable_and_from_a_file_is_refused() {
    let setup = Setup::new(&source(OTHER));
    let path = setup.file("token", TOKEN);
    let error = setup
        .variable("LAUREL__SOURCES__MASIVO__AUTH__0__TOKEN", TOKEN)
        .variable(
            "LAUREL__SOURCES__MASIVO__AUTH__0__TOKEN_FILE",
            path.to_str().unwrap(),
        )
        .error();
    assert!(error.contains("sets the same key"), "{error}");
}

#[cfg(unix)]
#[test]
fn a_file_with_secrets_that_everybody_may_read_is_warned_of() {
    use std::os::unix::fs::PermissionsExt;
    let setup = Setup::new(&source(TOKEN));
    let path = setup.folder.path().join("laurel.toml");
    let readable = |mode| {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        setup
            .load()
            .unwrap()
            .warnings
            .iter()
            .any(|warning| warning.contains("chmod 600"))
    };
    assert!(readable(0o644));
    assert!(!readable(0o600));
}

#[test]
fn a_configuration_prints_without_its_secrets() {
    let toml = format!(
        "{}[database]\nurl = \"postgres://laurel:hunter2@db/laurel\"\n",
        source(TOKEN)
    );
    let config = Setup::new(&toml).config();
    let printed = format!("{config:?}\n{}", toml::to_string_pretty(&config).unwrap());
    assert!(
        !printed.contains(TOKEN) && !printed.contains("hunter2"),
        "{printed}"
    );
    assert!(
        printed.contains("postgres://laurel:*@db/laurel"),
        "{printed}"
    );
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_text_is_refused_where_it_is_ours() {
    use std::os::unix::ffi::OsStringExt;
    let bytes = || OsString::from_vec(vec![0xff]);
    let load = |key: &str| Loaded::from_variables(None, [(key.into(), bytes())]);
    let error = load("LAUREL__EMAIL__FROM").expect_err("a refusal");
    assert_eq!(error.to_string(), "LAUREL__EMAIL__FROM: not UTF-8");
    assert!(load("SOMEBODY_ELSES").is_ok());
}
