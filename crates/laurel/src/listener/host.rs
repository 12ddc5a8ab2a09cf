//! An HTTP/1.1 request names one host: any other could mean one thing to a proxy and another to us (RFC 9112, 3.2).

use axum::http::header::{CONNECTION, CONTENT_TYPE, HOST};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Version};
use axum::response::{IntoResponse, Response};

/// Whether the request names its host as it has to. Which host, is a proxy's business.
pub(super) fn is_named(version: Version, headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (None, _) => version < Version::HTTP_11,
        (Some(host), None) => is_host(host),
        _ => false,
    }
}

fn is_host(host: &HeaderValue) -> bool {
    let authority = |host: &str| host.parse::<Authority>().is_ok() && !host.contains('@');
    host.is_empty() || host.to_str().is_ok_and(authority)
}

/// What a request that does not is told, and its connection's end.
pub(super) fn refusal() -> Response {
    let problem = r#"{"type":"about:blank","title":"Bad Request","status":400,"detail":"the request does not name one host","code":"host"}"#;
    let headers = [
        (CONTENT_TYPE, "application/problem+json"),
        (CONNECTION, "close"),
    ];
    (StatusCode::BAD_REQUEST, headers, problem).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_host_is_named() {
        let named = |version, hosts: &[&str]| {
            let hosts = hosts.iter().map(|host| (HOST, host.parse().unwrap()));
            is_named(version, &hosts.collect())
        };
        for host in ["laurel", "laurel:8080", "[::1]:8080", "127.0.0.1", ""] {
            assert!(named(Version::HTTP_11, &[host]), "{host}");
        }
        for host in ["a b", "a, b", "a@b", "http://a", "a/b"] {
            assert!(!named(Version::HTTP_11, &[host]), "{host}");
        }
        assert!(!named(Version::HTTP_11, &[]));
        assert!(!named(Version::HTTP_11, &["a", "a"]));
        assert!(named(Version::HTTP_10, &[]));
        assert!(!named(Version::HTTP_10, &["a", "b"]));
    }
}
