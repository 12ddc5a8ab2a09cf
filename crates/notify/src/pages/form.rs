//! What is posted to a page: a form, as a browser or a mailbox provider sends it (RFC 8058 §3.2), small and in time.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use laurel_payloads::EventKind;
use mail_parser::{MessageParser, MimeHeaders};
use url::form_urlencoded;

/// Far above what either sends.
const LARGEST: usize = 8 << 10;
const DEADLINE: Duration = Duration::from_secs(10);

/// What a customer asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// No message any more.
    Stop,
    /// Messages again.
    Resume,
    /// Messages of these kinds.
    Choose(Vec<EventKind>),
}

/// The name that a kind goes by on the page.
pub(super) fn name(kind: EventKind) -> &'static str {
    match kind {
        EventKind::TierDowngrade => "downgrade",
        _ => "upgrade",
    }
}

/// Reads what is asked for, or says with which status it is refused.
pub(super) async fn read(
    request: Request<Body>,
    kinds: &[EventKind],
) -> Result<Action, StatusCode> {
    let (head, body) = request.into_parts();
    let form = Form::of(&head.headers).ok_or(StatusCode::UNSUPPORTED_MEDIA_TYPE)?;
    let collected = tokio::time::timeout(DEADLINE, Limited::new(body, LARGEST).collect()).await;
    let body = match collected {
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        Ok(Err(_)) => return Err(StatusCode::BAD_REQUEST),
        Err(_) => return Err(StatusCode::REQUEST_TIMEOUT),
    };
    let fields = form.fields(&body).ok_or(StatusCode::BAD_REQUEST)?;
    action(&fields, kinds).ok_or(StatusCode::BAD_REQUEST)
}

/// The two ways to write a form down.
enum Form {
    UrlEncoded,
    /// With its whole content type, which holds the boundary.
    Multipart(String),
}

impl Form {
    fn of(headers: &HeaderMap) -> Option<Self> {
        let mut types = headers.get_all(CONTENT_TYPE).iter();
        let (Some(only), None) = (types.next(), types.next()) else {
            return None;
        };
        let text = only.to_str().ok()?;
        let kind = text.split(';').next()?.trim().to_ascii_lowercase();
        match kind.as_str() {
            "application/x-www-form-urlencoded" => Some(Self::UrlEncoded),
            "multipart/form-data" => Some(Self::Multipart(text.to_owned())),
            _ => None,
        }
    }

    fn fields(&self, body: &Bytes) -> Option<Vec<(String, String)>> {
        match self {
            Self::UrlEncoded => Some(form_urlencoded::parse(body).into_owned().collect()),
            Self::Multipart(content_type) => multipart(content_type, body),
        }
    }
}

/// A multipart form is MIME (RFC 7578), so it is read as a mail would be.
fn multipart(content_type: &str, body: &[u8]) -> Option<Vec<(String, String)>> {
    let mut mail = format!("Content-Type: {content_type}\r\n\r\n").into_bytes();
    mail.extend_from_slice(body);
    let mail = MessageParser::new().with_mime_headers().parse(&mail)?;
    let fields = mail.parts.iter().filter_map(|part| {
        let name = part.content_disposition()?.attribute("name")?;
        let value = part.text_contents()?;
        Some((name.to_owned(), value.to_owned()))
    });
    Some(fields.collect())
}

fn action(fields: &[(String, String)], kinds: &[EventKind]) -> Option<Action> {
    let has = |name: &str, value: &str| fields.iter().any(|(n, v)| n == name && v == value);
    if has("List-Unsubscribe", "One-Click") || has("action", "stop") {
        return Some(Action::Stop);
    }
    if has("action", "resume") {
        return Some(Action::Resume);
    }
    let chosen = kinds
        .iter()
        .copied()
        .filter(|kind| has("kind", name(*kind)));
    has("action", "choose").then(|| Action::Choose(chosen.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [EventKind; 2] = [EventKind::TierUpgrade, EventKind::TierDowngrade];

    async fn posted(content_type: &str, body: &[u8]) -> Result<Action, StatusCode> {
        let request = Request::post("/").header(CONTENT_TYPE, content_type);
        let request = request.body(Body::from(body.to_vec())).expect("a request");
        read(request, &KINDS).await
    }

    const URLENCODED: &str = "application/x-www-form-urlencoded";

    #[tokio::test]
    async fn one_click_is_read_in_both_forms_that_rfc_8058_allows() {
        let urlencoded = posted(URLENCODED, b"List-Unsubscribe=One-Click").await;
        assert_eq!(urlencoded, Ok(Action::Stop));
        // The example of RFC 8058 §8.3.
        let body = b"--FormBoundaryzyx\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\n\
                     One-Click\r\n--FormBoundaryzyx--\r\n";
        let kind = "multipart/form-data; boundary=FormBoundaryzyx";
        assert_eq!(posted(kind, body).await, Ok(Action::Stop));
        let kind = "Multipart/Form-Data; boundary=\"FormBoundaryzyx\"";
        assert_eq!(posted(kind, body).await, Ok(Action::Stop));
    }

    #[tokio::test]
    async fn the_buttons_of_the_pages_are_read() {
        let upgrades = vec![EventKind::TierUpgrade];
        for (body, action) in [
            ("action=stop", Action::Stop),
            ("action=resume", Action::Resume),
            ("action=choose&kind=upgrade", Action::Choose(upgrades)),
            (
                "kind=downgrade&kind=upgrade&kind=x&action=choose",
                Action::Choose(KINDS.to_vec()),
            ),
            ("action=choose", Action::Choose(Vec::new())),
        ] {
            assert_eq!(
                posted(URLENCODED, body.as_bytes()).await,
                Ok(action),
                "{body}"
            );
        }
    }

    #[tokio::test]
    async fn whatever_else_is_posted_is_refused() {
        for (kind, body, status) in [
            ("application/json", "{}", 415),
            ("text/plain", "List-Unsubscribe=One-Click", 415),
            ("", "", 415),
            (URLENCODED, "", 400),
            (URLENCODED, "List-Unsubscribe=Two-Clicks", 400),
            (URLENCODED, "action=delete", 400),
            (URLENCODED, "\u{0}%ff%", 400),
            ("multipart/form-data", "List-Unsubscribe=One-Click", 400),
            ("multipart/form-data; boundary=x", "--x\r\n\r\n--x--", 400),
            ("multipart/form-data; boundary=", "--", 400),
            (URLENCODED, &"a=b&".repeat(LARGEST), 413),
        ] {
            let refused = posted(kind, body.as_bytes())
                .await
                .map_err(|status| status.as_u16());
            assert_eq!(refused, Err(status), "{kind}: {body:.40}");
        }
        let nested = "Content-Type: message/rfc822\r\n\r\n".repeat(250);
        let body = format!("--x\r\n{nested}");
        let deep = posted("multipart/form-data; boundary=x", body.as_bytes()).await;
        assert_eq!(deep, Err(StatusCode::BAD_REQUEST));
    }
}
