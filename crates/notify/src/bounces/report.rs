//! What a message says that a mail server sends back: a delivery status report (RFC 3464) or a complaint (RFC 5965).

use mail_parser::Message;

use super::mime::{Entity, fields, value, values};

/// A report, read and not believed yet.
///
/// ```
/// use laurel_notify::bounces::report::{News, Report};
///
/// let report = Report::default();
/// assert_eq!((report.news, report.return_ids.len()), (News::None, 0));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// What may be a signed id of a message of ours, wherever it stood.
    pub return_ids: Vec<String>,
    /// The addresses that it speaks of, in lower case.
    pub addresses: Vec<String>,
    /// What it says.
    pub news: News,
}

/// What a report says of a message.
///
/// ```
/// use laurel_notify::bounces::report::News;
///
/// fn is_final(news: &News) -> bool {
///     matches!(news, News::Failed(_) | News::Complaint(_))
/// }
/// assert!(!is_final(&News::Delayed("4.4.1".to_owned())));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum News {
    /// Nothing that is to be acted on: it was delivered, or passed on.
    #[default]
    None,
    /// It will never arrive; the enhanced status code (RFC 3463).
    Failed(String),
    /// It did not arrive, for a reason that is not the address's.
    Delayed(String),
    /// Its reader called it unwanted; the kind of complaint.
    Complaint(String),
}

/// The digits of a return id.
const RETURN_ID: usize = 52;

/// Where a report's own address stands, which a return path of ours holds the id in.
const SENT_TO: [&str; 4] = ["Delivered-To", "X-Original-To", "Envelope-To", "To"];

/// Reads a message; none where it is no report.
///
/// ```
/// use laurel_notify::bounces::report::{self, News};
///
/// let raw = b"To: bounces@example.com\r\n\
///     Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
///     --b\r\nContent-Type: message/delivery-status\r\n\r\n\
///     Reporting-MTA: dns; mx.example.net\r\n\r\n\
///     Final-Recipient: rfc822; ana@example.com\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n";
/// let report = report::read(raw).expect("a report");
/// assert_eq!(report.addresses, ["ana@example.com"]);
/// assert_eq!(report.news, News::Failed("5.1.1".to_owned()));
/// assert!(report::read(b"Subject: Hello\r\n\r\nHow are you?\r\n").is_none());
/// ```
#[must_use]
pub fn read(raw: &[u8]) -> Option<Report> {
    let message = Entity::of(raw)?;
    let about = message.parameter("report-type")?.to_ascii_lowercase();
    if message.kind()? != "multipart/report" {
        return None;
    }
    let mut report = Report::default();
    for field in SENT_TO {
        report.identify(values(&message.head, field));
    }
    let mut is_one = false;
    for part in message.parts() {
        match part.kind().as_deref() {
            Some("message/delivery-status" | "message/global-delivery-status")
                if about == "delivery-status" =>
            {
                is_one = true;
                report.hear_status(part.body());
            }
            Some("message/feedback-report") if about == "feedback-report" => {
                is_one = true;
                report.hear_complaint(part.body());
            }
            Some(
                "message/rfc822"
                | "message/global"
                | "text/rfc822-headers"
                | "message/global-headers",
            ) => report.hear_returned(part.body()),
            _ => {}
        }
    }
    is_one.then_some(report)
}

impl Report {
    /// The group about the whole message, then one for each recipient (RFC 3464 §2.1).
    fn hear_status(&mut self, body: &[u8]) {
        for group in groups(body) {
            let Some(of) = fields(group) else {
                continue;
            };
            for name in ["Original-Recipient", "Final-Recipient"] {
                self.name(value(&of, name).map(untyped));
            }
            let (Some(action), Some(status)) = (value(&of, "Action"), status(&of)) else {
                continue;
            };
            let news = match action.to_ascii_lowercase().as_str() {
                "failed" if is_of_the_address(&status) => News::Failed(status),
                "failed" | "delayed" => News::Delayed(status),
                _ => News::None,
            };
            // Of several, the one that says most.
            if matches!((&self.news, &news), (News::None, _) | (_, News::Failed(_))) {
                self.news = news;
            }
        }
    }

    fn hear_complaint(&mut self, body: &[u8]) {
        let Some(of) = fields(body) else {
            return;
        };
        self.identify(values(&of, "Original-Mail-From"));
        for address in values(&of, "Original-Rcpt-To") {
            self.name(Some(address));
        }
        // The rest says nothing of what a reader wants: `not-spam`, `auth-failure`, `virus`.
        let kind = value(&of, "Feedback-Type")
            .unwrap_or_default()
            .to_ascii_lowercase();
        if ["abuse", "fraud", "opt-out"].contains(&kind.as_str()) {
            self.news = News::Complaint(kind);
        }
    }

    /// The message that it is about, as it came back.
    fn hear_returned(&mut self, body: &[u8]) {
        let Some(of) = fields(body) else {
            return;
        };
        self.return_ids
            .extend(value(&of, "X-Laurel-Return").map(str::to_owned));
        self.identify(values(&of, "Return-Path"));
        self.name(value(&of, "To"));
    }

    /// Takes the ids out of return paths of ours, which end in one before their `@`.
    fn identify<'a>(&mut self, addresses: impl Iterator<Item = &'a str>) {
        for address in addresses {
            let locals = address
                .split('@')
                .map(|local| local.rsplit(['+', '=']).next());
            let ids = locals.flatten().filter(|id| {
                id.len() == RETURN_ID && id.bytes().all(|digit| digit.is_ascii_hexdigit())
            });
            self.return_ids.extend(ids.map(str::to_owned));
        }
    }

    fn name(&mut self, address: Option<&str>) {
        let Some(text) = address else {
            return;
        };
        // `Ana <ana@example.com>`, `<ana@example.com>` or the address alone.
        let address = text.rsplit_once('<').map_or(text, |(_, rest)| rest);
        let address = address.trim_end_matches('>').trim().to_lowercase();
        if address.contains('@') && !self.addresses.contains(&address) {
            self.addresses.push(address);
        }
    }
}

/// An address without the word that says of which kind it is: `rfc822; ana@example.com`.
fn untyped(text: &str) -> &str {
    text.split_once(';')
        .map_or(text, |(_, address)| address.trim())
}

/// The enhanced status code, without what may follow it.
fn status(of: &Message<'_>) -> Option<String> {
    let text = value(of, "Status")?;
    let code = text.split(|c: char| c.is_whitespace() || c == '(').next()?;
    let parts: Vec<&str> = code.split('.').collect();
    let is_number = |part: &&str| {
        (1..=3).contains(&part.len()) && part.bytes().all(|digit| digit.is_ascii_digit())
    };
    (parts.len() == 3 && parts.iter().all(is_number)).then(|| code.to_owned())
}

/// Whether a status says that mail to this address is in vain. A full mailbox, a message that is too large, a policy or a
/// content that was refused are permanent failures, too, but of this one message or of its sender's name: whoever
/// suppressed those addresses would lose all their readers at a provider to one day on a block list.
fn is_of_the_address(status: &str) -> bool {
    let Some(code) = status.strip_prefix("5.") else {
        return false;
    };
    match code.split_once('.') {
        Some(("0", _)) => true,
        // Not the sender's address.
        Some(("1", detail)) => !["7", "8"].contains(&detail),
        // Not full, too small for this message, or a list that does not expand.
        Some(("2", detail)) => !["2", "3", "4"].contains(&detail),
        // Not congested, in a loop, or given up after a while.
        Some(("4", detail)) => !["5", "6", "7"].contains(&detail),
        _ => false,
    }
}

/// Groups of fields, which blank lines part. There is one for each recipient, and a mail of ours has one.
fn groups(body: &[u8]) -> Vec<&[u8]> {
    let (mut groups, mut begin, mut at) = (Vec::new(), 0, 0);
    for line in body.split_inclusive(|&byte| byte == b'\n') {
        at += line.len();
        if line.trim_ascii().is_empty() {
            groups.push(&body[begin..at]);
            begin = at;
        }
    }
    groups.push(&body[begin..]);
    groups.retain(|group| !group.trim_ascii().is_empty());
    groups.truncate(10);
    groups
}
