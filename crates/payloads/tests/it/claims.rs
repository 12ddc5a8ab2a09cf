//! What holds for every body, whatever its bytes. The property tests here and the fuzz targets
//! (`xtask/fuzz`, which includes this file and the next) make the same claims.

use laurel_payloads::json::{self, Ambiguity, Fault, MAX_DEPTH};
use laurel_payloads::{Amount, Event, Line, Movement, Payload, read};
use serde::de::IgnoredAny;

use crate::reference::{Content, Decimal, Doubt};

/// The scan and `serde_json` agree on what is JSON; besides, it takes UTF-8, an object, and so many
/// levels only.
pub(crate) fn scan(body: &[u8]) {
    let found = json::scan(body).map(drop);
    if let Err(malformed) = found {
        assert!(malformed.offset <= body.len(), "{malformed}");
    }
    let found = found.map_err(|malformed| malformed.fault);
    let Ok(text) = str::from_utf8(body) else {
        return assert_eq!(found, Err(Fault::NotUtf8));
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = text.trim_matches([' ', '\t', '\n', '\r']);
    let deep = depth(text) > MAX_DEPTH;
    let expected = match text.bytes().next() {
        None => Err(Fault::Empty),
        Some(first) if serde_json::from_str::<IgnoredAny>(text).is_ok() => match first {
            _ if deep => Err(Fault::TooDeep),
            b'{' => Ok(()),
            _ => Err(Fault::NotObject),
        },
        // Which of the two comes first is for the scan to tell.
        Some(_) if deep && found == Err(Fault::TooDeep) => found,
        Some(_) => Err(Fault::NotJson),
    };
    assert_eq!(found, expected);
}

/// How many brackets are open at once, outside strings.
fn depth(text: &str) -> usize {
    let (mut depth, mut deepest, mut quoted, mut escaped) = (0_usize, 0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = quoted,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => depth += 1,
            b'}' | b']' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// A canonical form says what the body says, is its own canonical form, and is that of every other
/// spelling; a body has none for good reason only.
pub(crate) fn canonical(body: &[u8]) {
    let (Ok(tape), Ok(text)) = (json::scan(body), str::from_utf8(body)) else {
        return;
    };
    match (tape.canonical(), Content::of(text)) {
        (Ok(Some(form)), Ok(content)) => {
            let form = String::from_utf8(form).expect("UTF-8");
            assert_eq!(Content::of(&form).as_ref(), Ok(&content));
            assert_eq!(form_of(&form).as_ref(), Some(&form));
            assert_eq!(form_of(&content.respelt()), Some(form));
        }
        (Ok(None), Err(Doubt::Exponent)) => {}
        (Err(Ambiguity::DuplicateKey { place }), Err(Doubt::DuplicateKey))
        | (Err(Ambiguity::LoneSurrogate { place }), Err(Doubt::LoneSurrogate)) => {
            assert!(!place.is_empty());
            is_fit_to_be_shown(&place);
        }
        (found, expected) => panic!("{found:?} where {expected:?}"),
    }
}

fn form_of(text: &str) -> Option<String> {
    let form = json::scan(text.as_bytes()).ok()?.canonical().ok()??;
    String::from_utf8(form).ok()
}

fn is_fit_to_be_shown(place: &str) {
    let fit = |byte: u8| byte.is_ascii_alphanumeric() || b"._[]?".contains(&byte);
    assert!(place.len() < 512 && place.bytes().all(fit), "{place:?}");
}

/// A JSON object is an event or is quarantined with a place; another spelling of it fares alike; and
/// no amount in it is changed by a millionth.
pub(crate) fn payload(body: &[u8]) {
    let stored = Event::parse(body);
    let (Ok(reading), Ok(text)) = (read(body), str::from_utf8(body)) else {
        assert!(json::scan(body).is_err() && stored.is_err());
        return;
    };
    match (&reading.event, &reading.canonical) {
        (Err(unreadable), _) => {
            assert!(!unreadable.place.is_empty());
            is_fit_to_be_shown(&unreadable.place);
        }
        (Ok(event), _) => {
            assert!((1..=128).contains(&event.name.len()));
            assert_eq!(
                stored.expect("an event is one in the log").kind(),
                event.kind()
            );
        }
    }
    let Some(content) = reading.canonical.and(Content::of(text).ok()) else {
        return;
    };
    let respelt = read(content.respelt().as_bytes()).expect("JSON").event;
    match (&reading.event, &respelt) {
        (Ok(event), Ok(again)) => {
            assert_eq!(
                (&event.name, &event.customer_id),
                (&again.name, &again.customer_id)
            );
            assert_eq!(movement(event), movement(again));
            if let (Some(movement), Some(data)) = (movement(event), content.get("data")) {
                amounts_are_exact(movement, data);
            }
        }
        (Err(one), Err(other)) => assert_eq!(&one.customer_id, &other.customer_id),
        (one, other) => panic!("{one:?} in one spelling, {other:?} in another"),
    }
}

fn movement(event: &Event) -> Option<&Movement> {
    match &event.payload {
        Payload::CustomerAccumulation(movement)
        | Payload::CustomerRedemption(movement)
        | Payload::RewardsReservation(movement)
        | Payload::RewardsReservationCancelled(movement) => Some(movement),
        _ => None,
    }
}

fn amounts_are_exact(movement: &Movement, data: &Content) {
    let amount = |line: &Line| line.amount;
    are(
        movement.lines.iter().map(amount),
        data.get("lines"),
        "amount",
    );
    let Some(wallet) = &movement.wallet else {
        return;
    };
    let written = |member: &str| data.get("wallet")?.get(member);
    are(wallet.lines.iter().map(amount), written("lines"), "amount");
    are(
        wallet.totals.iter().map(|total| total.total),
        written("totals"),
        "total",
    );
}

fn are(read: impl Iterator<Item = Option<Amount>>, list: Option<&Content>, member: &str) {
    let written = list.map_or(&[][..], Content::elements);
    let written = written.iter().map(|element| match element.get(member)? {
        Content::Number(number) => Some(number.clone()),
        Content::Text(text) => Decimal::of(text),
        _ => None,
    });
    let read = read.map(|amount| Decimal::of(&amount?.to_string()));
    assert_eq!(read.collect::<Vec<_>>(), written.collect::<Vec<_>>());
}
