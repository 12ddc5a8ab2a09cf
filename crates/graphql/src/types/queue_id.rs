//! The id under which a relay took a mail, out of the words of its reply: each server has its own.

/// What stands before the id, or behind it.
const BEFORE: [&str; 2] = ["queued as ", "id="];
const BEHIND: &str = " message accepted for delivery";
/// What a reply begins with that says nothing but the id.
const ALONE: [&str; 2] = ["ok ", "2.0.0 ok "];

/// The id, where the reply names one in a way that is known.
pub(super) fn queue_id(reply: &str) -> Option<&str> {
    // Letters of ASCII only change, so places in one are places in the other.
    let small = reply.to_ascii_lowercase();
    let behind = |words: &str| Some(small.find(words)? + words.len());
    if let Some(begin) = BEFORE.into_iter().find_map(behind) {
        return word(&reply[begin..]);
    }
    if let Some(end) = small.find(BEHIND) {
        return reply[..end].rsplit(' ').next().and_then(word);
    }
    let rest = ALONE
        .into_iter()
        .find_map(|words| small.strip_prefix(words))?;
    let alone = reply[reply.len() - rest.len()..].trim();
    word(alone).filter(|id| *id == alone)
}

/// A first word that may be an id.
fn word(text: &str) -> Option<&str> {
    let is_of_one = |c: char| c.is_ascii_alphanumeric() || "-_.+@".contains(c);
    let end = text.find(|c| !is_of_one(c)).unwrap_or(text.len());
    let id = text[..end].trim_end_matches('.');
    (id.len() >= 4 && id.bytes().any(|byte| byte.is_ascii_digit())).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_is_found_in_the_replies_of_known_servers() {
        for (reply, id) in [
            ("2.0.0 Ok: queued as 4F1B2A", Some("4F1B2A")),
            ("Ok: queued as 4bXyZ12345z", Some("4bXyZ12345z")),
            (
                "2.0.0 from MTA([127.0.0.1]:10025): 250 2.0.0 Ok: queued as 9C1D.",
                Some("9C1D"),
            ),
            ("OK id=1rNlcV-0003Vq-2c", Some("1rNlcV-0003Vq-2c")),
            (
                "2.0.0 51BFx1ab012345 Message accepted for delivery",
                Some("51BFx1ab012345"),
            ),
            (
                "Ok 0102018d1c2e-abc-000000",
                Some("0102018d1c2e-abc-000000"),
            ),
            ("2.0.0 Ok", None),
            ("ok thanks", None),
            ("kept as 0001.eml", None),
            ("Ok queued", None),
            ("queued as ", None),
            ("queued as <script>", None),
            ("İd=é message accepted for delivery", None),
            ("", None),
        ] {
            assert_eq!(queue_id(reply), id, "{reply}");
        }
    }
}
