//! `Relay`: the mail relay that `email.smtp.url` names, and how it must be spoken to.

use std::fmt::{self, Display, Formatter};
use std::net::IpAddr;
use std::str::FromStr;

use percent_encoding::percent_decode_str;
use rustls::pki_types::ServerName;
use secrecy::SecretString;
use url::{Host, Url};

/// Submission (RFC 6409), for `smtp://`.
const SUBMISSION: u16 = 587;
/// Submission over implicit TLS (RFC 8314), for `smtps://`.
const SUBMISSIONS: u16 = 465;

/// Where mail is handed over: `smtp://user:pass@relay:587`, `smtps://relay`,
/// `smtp://localhost:1025?tls=none`.
///
/// User and password are percent-encoded in the address, and never leave without TLS.
///
/// ```
/// use laurel_notify::smtp::Relay;
///
/// let relay: Relay = "smtp://user:password@relay.example".parse()?;
/// assert_eq!(relay.to_string(), "relay.example:587");
/// # Ok::<(), laurel_notify::smtp::InvalidRelay>(())
/// ```
#[derive(Clone, Debug)]
pub struct Relay {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) server_name: ServerName<'static>,
    pub(super) security: Security,
    pub(super) login: Option<Login>,
}

/// How the connection is encrypted. There is no "if the relay can": whoever sits in between could
/// say that it cannot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Security {
    /// STARTTLS, or nothing is sent.
    Starttls,
    /// TLS from the first byte.
    Implicit,
    /// In the clear, to this machine only.
    None,
}

#[derive(Clone, Debug)]
pub(super) struct Login {
    pub(super) user: String,
    pub(super) password: SecretString,
}

/// Why an address does not name a relay. It never repeats the address, which may hold a password.
///
/// ```
/// use laurel_notify::smtp::{InvalidRelay, Relay};
///
/// let fault = "smtp://relay.example?tls=none".parse::<Relay>().err();
/// assert_eq!(fault, Some(InvalidRelay::Clear));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidRelay {
    /// Not a URL at all.
    #[error("is not a URL such as smtp://user:password@relay.example:587")]
    NotAUrl,
    /// Something other than a mail relay.
    #[error("must start with smtp:// or smtps://")]
    Scheme,
    /// No host, or one that no certificate could be made out to.
    #[error("does not name a host")]
    Host,
    /// A path, a fragment, or an option other than `tls=none`.
    #[error("may have nothing after the host but ?tls=none")]
    Rest,
    /// `?tls=none` for a host other than this one, or with `smtps://`.
    #[error("allows tls=none only in smtp:// to a loopback address")]
    Clear,
    /// A user without a password, or the other way round, or text that is not UTF-8.
    #[error("must name both user and password, percent-encoded, or neither")]
    Login,
    /// A user and password that would travel in the clear.
    #[error("must not hold a password where there is no TLS")]
    LoginInClear,
}

impl FromStr for Relay {
    type Err = InvalidRelay;

    fn from_str(text: &str) -> Result<Self, InvalidRelay> {
        let url = Url::parse(text).map_err(|_| InvalidRelay::NotAUrl)?;
        let (implicit, port) = match url.scheme() {
            "smtp" => (false, SUBMISSION),
            "smtps" => (true, SUBMISSIONS),
            _ => return Err(InvalidRelay::Scheme),
        };
        let host = host(&url)?;
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(InvalidRelay::Rest);
        }
        let security = match (url.query(), implicit) {
            (None, false) => Security::Starttls,
            (None, true) => Security::Implicit,
            (Some("tls=none"), false) if is_loopback(&host) => Security::None,
            (Some("tls=none"), _) => return Err(InvalidRelay::Clear),
            (Some(_), _) => return Err(InvalidRelay::Rest),
        };
        let login = login(&url)?;
        if login.is_some() && security == Security::None {
            return Err(InvalidRelay::LoginInClear);
        }
        let server_name = ServerName::try_from(host.clone()).map_err(|_| InvalidRelay::Host)?;
        Ok(Self {
            host,
            port: url.port().unwrap_or(port),
            server_name,
            security,
            login,
        })
    }
}

/// The host and port, as logs and receipts name the relay.
impl Display for Relay {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

/// The host without the brackets of an IPv6 address.
fn host(url: &Url) -> Result<String, InvalidRelay> {
    match url.host() {
        Some(Host::Domain(name)) if !name.is_empty() => Ok(name.to_owned()),
        Some(Host::Ipv4(address)) => Ok(address.to_string()),
        Some(Host::Ipv6(address)) => Ok(address.to_string()),
        _ => Err(InvalidRelay::Host),
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

fn login(url: &Url) -> Result<Option<Login>, InvalidRelay> {
    let decoded = |text: &str| match percent_decode_str(text).decode_utf8() {
        Ok(text) => Ok(text.into_owned()),
        Err(_) => Err(InvalidRelay::Login),
    };
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        ("", Some(_)) | (_, None) => Err(InvalidRelay::Login),
        (user, Some(password)) => Ok(Some(Login {
            user: decoded(user)?,
            password: decoded(password)?.into(),
        })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    fn relay(text: &str) -> Relay {
        text.parse().unwrap()
    }

    fn fault(text: &str) -> InvalidRelay {
        text.parse::<Relay>().unwrap_err()
    }

    #[test]
    fn the_scheme_decides_the_port_and_the_encryption() {
        let (starttls, implicit) = (
            relay("smtp://relay.example"),
            relay("smtps://relay.example:2465"),
        );
        assert_eq!(
            (starttls.security, starttls.to_string()),
            (Security::Starttls, "relay.example:587".into())
        );
        assert_eq!(
            (implicit.security, implicit.to_string()),
            (Security::Implicit, "relay.example:2465".into())
        );
        assert_eq!(
            relay("smtps://[2001:db8::1]").to_string(),
            "[2001:db8::1]:465"
        );
    }

    #[test]
    fn a_password_is_percent_decoded_and_not_printed() {
        let relay = relay("smtp://club%40example.com:s%3Acret%2F%40@relay.example");
        let login = relay.login.as_ref().unwrap();
        assert_eq!(
            (login.user.as_str(), login.password.expose_secret()),
            ("club@example.com", "s:cret/@")
        );
        assert!(!format!("{relay:?} {relay}").contains("cret/"));
    }

    #[test]
    fn clear_text_stays_on_this_machine_and_carries_no_password() {
        for here in ["localhost", "127.0.0.1", "127.1.2.3", "[::1]"] {
            assert_eq!(
                relay(&format!("smtp://{here}:25?tls=none")).security,
                Security::None
            );
        }
        for there in [
            "relay.example",
            "10.0.0.1",
            "localhost.example",
            "[2001:db8::1]",
        ] {
            assert_eq!(
                fault(&format!("smtp://{there}?tls=none")),
                InvalidRelay::Clear
            );
        }
        assert_eq!(fault("smtps://localhost?tls=none"), InvalidRelay::Clear);
        assert_eq!(
            fault("smtp://a:b@localhost?tls=none"),
            InvalidRelay::LoginInClear
        );
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        assert_eq!(fault("relay.example"), InvalidRelay::NotAUrl);
        assert_eq!(fault("http://relay.example"), InvalidRelay::Scheme);
        assert_eq!(fault("smtp:relay"), InvalidRelay::Host);
        assert_eq!(fault("smtp://relay.example/inbox"), InvalidRelay::Rest);
        assert_eq!(
            fault("smtp://relay.example?tls=opportunistic"),
            InvalidRelay::Rest
        );
        assert_eq!(fault("smtp://user@relay.example"), InvalidRelay::Login);
        assert_eq!(fault("smtp://user:%ff@relay.example"), InvalidRelay::Login);
    }
}
