//! The headers by which a mail is stopped, and by which its bounces are known.

use lettre::message::MessageBuilder;
use lettre::message::header::{Header, HeaderName, HeaderValue};

use super::Draft;

/// Adds them, as far as the draft has what they need.
pub(super) fn headers(mut builder: MessageBuilder, draft: &Draft<'_>) -> MessageBuilder {
    let links = [&draft.links.unsubscribe, &draft.links.unsubscribe_by_mail];
    let links: Vec<_> = links
        .into_iter()
        .flatten()
        .map(|it| format!("<{it}>"))
        .collect();
    if !links.is_empty() {
        builder = builder.header(ListUnsubscribe(links));
    }
    if let Some(url) = &draft.links.unsubscribe {
        // Only over TLS may one click be promised (RFC 8058 §3.1); a link over plain HTTP asks on its page.
        if url.starts_with("https://") {
            builder = builder.header(OneClick);
        }
    }
    match &draft.return_id {
        Some(id) => builder.header(ReturnId(id.clone())),
        None => builder,
    }
}

type Parsed<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// RFC 2369 §3.2: the ways to stop the mails, the one that is preferred first.
#[derive(Clone)]
struct ListUnsubscribe(Vec<String>);

impl Header for ListUnsubscribe {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe")
    }

    fn parse(value: &str) -> Parsed<Self> {
        Ok(Self(vec![value.to_owned()]))
    }

    fn display(&self) -> HeaderValue {
        // Plain ASCII without spaces: there is nothing to encode, and the only places to fold are between them.
        let (plain, folded) = (self.0.join(", "), self.0.join(",\r\n "));
        HeaderValue::dangerous_new_pre_encoded(Self::name(), plain, folded)
    }
}

/// RFC 8058 §3.1.
#[derive(Clone)]
struct OneClick;

impl Header for OneClick {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe-Post")
    }

    fn parse(_: &str) -> Parsed<Self> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "List-Unsubscribe=One-Click".to_owned())
    }
}

/// The signed id: a report that brings it back is about this mail.
#[derive(Clone)]
struct ReturnId(String);

impl Header for ReturnId {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("X-Laurel-Return")
    }

    fn parse(value: &str) -> Parsed<Self> {
        Ok(Self(value.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}
