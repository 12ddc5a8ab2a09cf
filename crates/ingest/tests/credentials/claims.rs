//! What holds for every request, whatever its headers hold. The property tests here and the fuzz target
//! `signature_headers` (`xtask/fuzz`, which includes this file and `post.rs`) make the same claims.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use laurel_ingest::{
    BasicVerifier, HmacAlgorithm, HmacSettings, HmacVerifier, QueryVerifier, SignatureEncoding,
    SignedTime, StandardWebhooks, TokenVerifier, Verifier,
};
use ring::hmac::{HMAC_SHA256, HMAC_SHA512};
use ring::signature::{Ed25519KeyPair, KeyPair as _};

use crate::post::{NOW, Post, mac};

const SECRET: &str = "k7Qx-secret-of-enough-bytes-2fWm";
const CURRENT: &str = "another-secret-of-enough-bytes-9";

/// What a sender decides.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) id: String,
    /// Seconds from now, within what is tolerated.
    pub(crate) late: i64,
    /// What stands among signatures, and in their place.
    pub(crate) noise: Vec<u8>,
    pub(crate) authorization: Vec<u8>,
    pub(crate) query: String,
    pub(crate) body: Vec<u8>,
    /// Which bit is flipped on the way, where one is.
    pub(crate) bit: usize,
}

impl Sent {
    /// Cuts arbitrary bytes into these parts: each has a line, and the rest is the body.
    pub(crate) fn cut(bytes: &[u8]) -> Self {
        let mut lines = bytes.splitn(6, |byte| *byte == b'\n');
        let mut line = || lines.next().unwrap_or_default();
        let number = line().iter().fold(0_u16, |number, byte| {
            number.wrapping_mul(10).wrapping_add((*byte).into())
        });
        Self {
            late: i64::from(number % 601) - 300,
            bit: number.into(),
            id: String::from_utf8_lossy(&printable(line())).into_owned(),
            noise: printable(line()),
            authorization: printable(line()),
            query: String::from_utf8_lossy(line()).into_owned(),
            body: line().to_vec(),
        }
    }

    fn time(&self) -> String {
        (NOW + self.late).to_string()
    }

    fn flip(&self, bytes: &[u8]) -> Vec<u8> {
        let mut flipped = bytes.to_vec();
        match flipped.len() {
            0 => flipped.push(0),
            length => flipped[self.bit / 8 % length] ^= 1 << (self.bit % 8),
        }
        flipped
    }

    /// All of it, and nothing that is derived from a secret.
    fn without_credential(&self) -> Post {
        self.head()
            .token(&self.id)
            .query(&self.query)
            .header("webhook-signature", &self.noise)
            .header("x-code", &self.noise)
            .header("authorization", &self.authorization)
    }

    fn head(&self) -> Post {
        Post::new()
            .body(&self.body)
            .header("webhook-id", &self.id)
            .header("webhook-timestamp", self.time())
    }
}

/// What a header's value may hold of these.
fn printable(bytes: &[u8]) -> Vec<u8> {
    let printable = bytes.iter().filter(|byte| !byte.is_ascii_control());
    printable.copied().collect()
}

/// Who knows a secret is believed, whatever else they send; nobody else is, nor is anybody with a bit of the credential
/// flipped, or with another body, time or id than was signed.
pub(crate) fn hold(sent: &Sent) {
    let as_it_is = <[u8]>::to_vec;
    for (verifier, post) in requests(sent, sent, as_it_is) {
        let kind = verifier.kind();
        // By the second of the two secrets.
        assert_eq!(post.secret_for(verifier.as_ref()), Ok(1), "{kind}");
        let stranger = sent.without_credential();
        assert!(stranger.shown_to(verifier.as_ref()).is_err(), "{kind}");
    }
    let other_body = Sent {
        body: sent.flip(&sent.body),
        ..sent.clone()
    };
    let other_time = Sent {
        late: if sent.late > 0 {
            sent.late - 1
        } else {
            sent.late + 1
        },
        ..sent.clone()
    };
    let other_id = Sent {
        id: format!("{}.", sent.id),
        ..sent.clone()
    };
    let refused = [
        requests(sent, sent, |credential| sent.flip(credential)),
        signed(BODY, requests(sent, &other_body, as_it_is)),
        signed(TIME, requests(sent, &other_time, as_it_is)),
        signed(ID, requests(sent, &other_id, as_it_is)),
    ];
    for (verifier, post) in refused.into_iter().flatten() {
        let kind = verifier.kind();
        assert!(post.shown_to(verifier.as_ref()).is_err(), "{kind}");
    }
}

type Requests = Vec<(Box<dyn Verifier>, Post)>;

/// How many of the requests sign the part: those that sign more come first.
const ID: usize = 2;
const TIME: usize = 3;
const BODY: usize = 4;

fn signed(part: usize, mut requests: Requests) -> Requests {
    requests.truncate(part);
    requests
}

/// A request for each kind of verifier. Its credential is for what one would send; what is sent may be another.
fn requests(one: &Sent, sent: &Sent, on_the_way: impl Fn(&[u8]) -> Vec<u8>) -> Requests {
    let time = one.time();
    let timed = [time.as_bytes(), &one.body].join(&b'.');
    let all = [one.id.as_bytes(), &timed].join(&b'.');
    let code = |content: &[u8]| on_the_way(&mac(HMAC_SHA256, SECRET.as_bytes(), content));
    let long_code = on_the_way(&mac(HMAC_SHA512, SECRET.as_bytes(), &one.body));
    let keys = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
    let signature = on_the_way(keys.sign(&all).as_ref());
    let secret = on_the_way(SECRET.as_bytes());
    let pair = on_the_way(format!("user:{SECRET}").as_bytes());

    let among = |signature: String| {
        // Eight signatures would be enough to be looked at in its place; fewer fit here.
        let before = &sent.noise[..sent.noise.len().min(300)];
        let list = [before, signature.as_bytes(), &sent.noise].join(&b' ');
        sent.head().header("webhook-signature", list)
    };
    let bearer = [&b"bEARER "[..], &printable(&secret)].concat();
    let escaped: Vec<_> = secret.iter().map(|byte| format!("%{byte:02x}")).collect();
    let query = format!("{}&key={}", sent.query.replace('k', ""), escaped.concat());
    let head = || sent.head();
    vec![
        (
            standard(&private(SECRET)),
            among(format!("v1,{}", STANDARD.encode(code(&all)))),
        ),
        (
            standard(&public(&keys)),
            among(format!("v1a,{}", STANDARD_NO_PAD.encode(signature))),
        ),
        (
            timed_hmac(),
            head().header("x-code", format!("t={}", hex::encode_upper(code(&timed)))),
        ),
        (
            plain_hmac(),
            head().header("x-code", STANDARD_NO_PAD.encode(long_code)),
        ),
        (
            Box::new(TokenVerifier::new(SECRETS)),
            head().token(&sent.id).header("authorization", bearer),
        ),
        (
            Box::new(BasicVerifier::new("user", SECRETS)),
            head().header("authorization", format!("Basic {}", STANDARD.encode(pair))),
        ),
        (
            Box::new(QueryVerifier::new("key", SECRETS)),
            head().query(&query),
        ),
    ]
}

const SECRETS: [&str; 2] = [CURRENT, SECRET];

fn private(secret: &str) -> String {
    format!("whsec_{}", STANDARD.encode(secret))
}

fn public(keys: &Ed25519KeyPair) -> String {
    format!("whpk_{}", STANDARD.encode(keys.public_key()))
}

fn standard(secret: &str) -> Box<dyn Verifier> {
    Box::new(StandardWebhooks::new([private(CURRENT).as_str(), secret]).unwrap())
}

fn timed_hmac() -> Box<dyn Verifier> {
    let time = SignedTime::new("webhook-timestamp".parse().unwrap());
    let settings = HmacSettings {
        prefix: "t=".to_owned(),
        time: Some(time),
        ..HmacSettings::new("x-code".parse().unwrap())
    };
    Box::new(HmacVerifier::new(settings, SECRETS))
}

fn plain_hmac() -> Box<dyn Verifier> {
    let settings = HmacSettings {
        algorithm: HmacAlgorithm::Sha512,
        encoding: SignatureEncoding::Base64,
        ..HmacSettings::new("x-code".parse().unwrap())
    };
    Box::new(HmacVerifier::new(settings, SECRETS))
}
