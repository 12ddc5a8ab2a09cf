//! What the three headers say.

use axum::http::{HeaderMap, HeaderName};

use crate::Refusal;
use crate::verifiers::signature::{base64, only};
use crate::verifiers::timestamp;

/// Id, time and signatures by the specification, and by the names that were there before it. The first three that are
/// all there count.
static NAMES: [[HeaderName; 3]; 2] = [
    [
        HeaderName::from_static("webhook-id"),
        HeaderName::from_static("webhook-timestamp"),
        HeaderName::from_static("webhook-signature"),
    ],
    [
        HeaderName::from_static("svix-id"),
        HeaderName::from_static("svix-timestamp"),
        HeaderName::from_static("svix-signature"),
    ],
];

/// Signatures of one version that are looked at. A rotation sends two; each costs a comparison (`v1`) or reading the
/// body again (`v1a`), before anybody is known.
const MOST: usize = 8;

/// What the sender says to have signed, besides the body.
#[derive(Debug)]
pub(super) struct Signed<'a> {
    pub(super) id: &'a str,
    /// As it stands in the header, which is how it is signed.
    pub(super) timestamp: &'a [u8],
    pub(super) seconds: i64,
    pub(super) signatures: Signatures,
}

impl<'a> Signed<'a> {
    pub(super) fn read(headers: &'a HeaderMap) -> Result<Self, Refusal> {
        let complete =
            |names: &&[HeaderName; 3]| names.iter().all(|name| headers.contains_key(name));
        let [id, timestamp, signatures] = NAMES.iter().find(complete).ok_or(Refusal::Missing)?;
        let one = |name, several| only(headers, name, several)?.ok_or(Refusal::Missing);
        let timestamp = one(timestamp, Refusal::BadTimestamp)?;
        let id = one(id, Refusal::BadSignature)?;
        let signed = Self {
            id: str::from_utf8(id).map_err(|_| Refusal::BadSignature)?,
            timestamp,
            seconds: timestamp::read(timestamp)?,
            signatures: Signatures::read(one(signatures, Refusal::BadSignature)?),
        };
        if signed.signatures.v1.is_empty() && signed.signatures.v1a.is_empty() {
            return Err(Refusal::BadSignature);
        }
        Ok(signed)
    }
}

/// The signatures that have a version we know and the length it asks for. Others are none.
#[derive(Debug, Default)]
pub(super) struct Signatures {
    pub(super) v1: Vec<[u8; 32]>,
    pub(super) v1a: Vec<[u8; 64]>,
}

impl Signatures {
    /// Reads `v1,BASE64 v1a,BASE64 …`.
    fn read(value: &[u8]) -> Self {
        let mut signatures = Self::default();
        for signature in value.split(|byte| *byte == b' ') {
            if let Some(text) = signature.strip_prefix(b"v1,") {
                keep(&mut signatures.v1, text);
            } else if let Some(text) = signature.strip_prefix(b"v1a,") {
                keep(&mut signatures.v1a, text);
            }
        }
        signatures
    }
}

fn keep<const LENGTH: usize>(kept: &mut Vec<[u8; LENGTH]>, text: &[u8]) {
    let room = kept.len() < MOST && text.len() <= LENGTH * 2;
    let signature = room.then(|| base64(text)).flatten();
    kept.extend(signature.and_then(|bytes| <[u8; LENGTH]>::try_from(bytes).ok()));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_list_of_signatures_is_read_and_what_is_none_is_passed_over() {
        let (short, long) = ("A".repeat(43), "A".repeat(86));
        let list = format!(
            "v1,{short}= v1a,{long}== v1,{short} v2,{short}= v0,{short}= v1,A v1a,{short}= V1,{short}=  v1 , v1,"
        );
        let read = Signatures::read(list.as_bytes());
        assert_eq!((read.v1.len(), read.v1a.len()), (2, 1));
    }

    #[test]
    fn of_a_thousand_signatures_a_few_are_looked_at() {
        let list = format!("v1,{}= ", "A".repeat(43)).repeat(1_000);
        assert_eq!(Signatures::read(list.as_bytes()).v1.len(), MOST);
    }

    proptest! {
        #[test]
        fn any_bytes_can_be_read(value in prop::collection::vec(any::<u8>(), 0..512)) {
            let read = Signatures::read(&value);
            prop_assert!(read.v1.len() <= MOST && read.v1a.len() <= MOST);
        }

        #[test]
        fn anything_like_a_list_can_be_read(value in "((v1|v1a|v2|),[A-Za-z0-9+/=]{0,90} ?){0,20}") {
            let read = Signatures::read(value.as_bytes());
            prop_assert!(read.v1.len() + read.v1a.len() <= value.matches("v1").count());
        }
    }
}
