//! `MailKeys`: signs the id of an outbox row (HMAC-SHA256, cut to half as RFC 2104 §5 allows), and knows its own
//! signatures again, those of retired keys included.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use laurel_store::{Purpose, SigningKey, Store};
use ring::hmac;
use subtle::{Choice, ConstantTimeEq};
use uuid::Uuid;

/// The bytes of an id.
const ID: usize = 16;

/// What an id is signed for: a signature for one use is none for another.
#[derive(Clone, Copy)]
struct Use {
    label: &'static [u8],
    /// How many bytes of the code are kept.
    kept: usize,
}

/// For links, which anyone may try as often as they like.
const LINK: Use = Use {
    label: b"laurel link 1\0",
    kept: 16,
};
/// For bounces. 80 bits, so that it fits into the local part of an address beside a name (RFC 5321 §4.5.3.1.1).
const RETURN: Use = Use {
    label: b"laurel return 1\0",
    kept: 10,
};

/// The keys that sign what mails carry.
///
/// ```
/// # async fn example(store: laurel_store::Store) -> laurel_store::Result<()> {
/// use laurel_notify::links::MailKeys;
/// use uuid::Uuid;
///
/// let keys = MailKeys::of(&store).await?;
/// let token = keys.link(Uuid::nil());
/// assert_eq!(keys.open_link(&token), Some(Uuid::nil()));
/// assert_eq!(keys.open_return_id(&token), None); // a signature for one use is none for another
/// # Ok(())
/// # }
/// ```
pub struct MailKeys(Vec<hmac::Key>);

impl std::fmt::Debug for MailKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("MailKeys").field(&self.0.len()).finish()
    }
}

impl MailKeys {
    /// The keys of a database; its first is made where there is none.
    ///
    /// # Errors
    ///
    /// The database.
    pub async fn of(store: &Store) -> laurel_store::Result<Self> {
        store.signing_key(Purpose::MailLinks).await?;
        let keys = store.signing_keys(Purpose::MailLinks).await?;
        let hmac = |key: &SigningKey| hmac::Key::new(hmac::HMAC_SHA256, key.secret());
        Ok(Self(keys.iter().map(hmac).collect()))
    }

    /// The token of the links in a message.
    #[must_use]
    pub fn link(&self, message: Uuid) -> String {
        URL_SAFE_NO_PAD.encode(self.sign(LINK, message))
    }

    /// The message whose token this is.
    #[must_use]
    pub fn open_link(&self, token: &str) -> Option<Uuid> {
        self.check(LINK, &URL_SAFE_NO_PAD.decode(token).ok()?)
    }

    /// What a message's bounces are known by: 52 of the digits `0-9a-f`, for a header and for the return path.
    #[must_use]
    pub fn return_id(&self, message: Uuid) -> String {
        hex::encode(self.sign(RETURN, message))
    }

    /// The message whose return id this is, in whichever case a relay has put it.
    #[must_use]
    pub fn open_return_id(&self, text: &str) -> Option<Uuid> {
        self.check(RETURN, &hex::decode(text).ok()?)
    }

    /// The id, followed by its code under the current key.
    fn sign(&self, purpose: Use, message: Uuid) -> Vec<u8> {
        let mut signed = message.as_bytes().to_vec();
        if let Some(current) = self.0.first() {
            signed.extend_from_slice(&code(current, purpose, message)[..purpose.kept]);
        }
        signed
    }

    /// The id, where a code of any of the keys follows it. Every key is tried, in constant time.
    fn check(&self, purpose: Use, signed: &[u8]) -> Option<Uuid> {
        let (id, presented) = signed.split_at_checked(ID)?;
        let message = Uuid::from_slice(id).ok()?;
        let is_of = |key| code(key, purpose, message)[..purpose.kept].ct_eq(presented);
        let known = self.0.iter().map(is_of);
        let known = known.fold(Choice::from(0), |any, is| any | is);
        bool::from(known).then_some(message)
    }
}

fn code(key: &hmac::Key, purpose: Use, message: Uuid) -> [u8; 32] {
    let mut context = hmac::Context::with_key(key);
    context.update(purpose.label);
    context.update(message.as_bytes());
    let mut code = [0; 32];
    code.copy_from_slice(context.sign().as_ref());
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(secrets: &[u8]) -> MailKeys {
        let key = |&secret| hmac::Key::new(hmac::HMAC_SHA256, &[secret; 32]);
        MailKeys(secrets.iter().map(key).collect())
    }

    const MESSAGE: Uuid = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001);

    #[test]
    fn a_token_opens_the_message_that_it_was_made_for() {
        let keys = keys(&[1]);
        let (link, back) = (keys.link(MESSAGE), keys.return_id(MESSAGE));
        assert_eq!((link.len(), back.len()), (43, 52));
        assert_eq!(keys.open_link(&link), Some(MESSAGE));
        assert_eq!(keys.open_return_id(&back), Some(MESSAGE));
        assert_eq!(keys.open_return_id(&back.to_uppercase()), Some(MESSAGE));
    }

    #[test]
    fn e21_e22_a_token_that_is_cut_changed_or_meant_for_something_else_opens_nothing() {
        let keys = keys(&[1]);
        let (link, back) = (keys.link(MESSAGE), keys.return_id(MESSAGE));
        for end in 0..link.len() {
            assert_eq!(keys.open_link(&link[..end]), None);
        }
        for end in 0..back.len() {
            assert_eq!(keys.open_return_id(&back[..end]), None);
        }
        for (at, other) in link
            .char_indices()
            .map(|(at, c)| (at, if c == 'A' { 'B' } else { 'A' }))
        {
            let mut changed = link.clone();
            changed.replace_range(at..=at, &other.to_string());
            assert_eq!(keys.open_link(&changed), None, "{at}");
        }
        for (at, other) in back
            .char_indices()
            .map(|(at, c)| (at, if c == '0' { '1' } else { '0' }))
        {
            let mut changed = back.clone();
            changed.replace_range(at..=at, &other.to_string());
            assert_eq!(keys.open_return_id(&changed), None, "{at}");
        }
        let crossed = URL_SAFE_NO_PAD.encode(hex::decode(&back).expect("digits"));
        assert_eq!(keys.open_link(&crossed), None);
        for odd in [
            "",
            "é",
            &format!("{link}A"),
            &format!("{link}="),
            &"A".repeat(10_000),
        ] {
            assert_eq!(keys.open_link(odd), None);
            assert_eq!(keys.open_return_id(odd), None);
        }
    }

    #[test]
    fn a_retired_key_verifies_and_an_unknown_one_does_not() {
        let (before, after, other) = (keys(&[1]), keys(&[2, 1]), keys(&[3]));
        assert_eq!(after.open_link(&before.link(MESSAGE)), Some(MESSAGE));
        assert_eq!(
            after.open_return_id(&before.return_id(MESSAGE)),
            Some(MESSAGE)
        );
        assert_ne!(after.link(MESSAGE), before.link(MESSAGE));
        assert_eq!(after.open_link(&other.link(MESSAGE)), None);
    }
}
