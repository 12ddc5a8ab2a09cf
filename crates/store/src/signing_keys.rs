//! Keys that Laurel signs with: made where they are first needed, the same for every copy, one for each purpose.

use std::fmt;

use laurel_payloads::Timestamp;
use rand::TryRngCore;
use sea_orm::QueryResult;
use secrecy::{ExposeSecret, SecretBox};
use uuid::Uuid;

use crate::{Error, Result, Store, sql};

/// What a key is for. A key for one purpose never signs for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Purpose {
    /// Tokens that let a customer read their own history.
    CustomerTokens,
    /// Links in mails, and the ids by which bounces are known to be about mails of ours.
    MailLinks,
    /// The hashes by which an erased customer is recognised; they cannot be made anew under another key.
    Erasures,
}

impl Purpose {
    /// Its name in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CustomerTokens => "customer-tokens",
            Self::MailLinks => "mail-links",
            Self::Erasures => "erasures",
        }
    }
}

/// A key of 256 random bits: for HMAC as it is, for Ed25519 as the seed.
pub struct SigningKey {
    /// Its identity, for a signature to name it by.
    pub id: Uuid,
    /// When another took its place; none while it signs.
    pub retired_at: Option<Timestamp>,
    secret: SecretBox<[u8; 32]>,
}

impl SigningKey {
    /// The secret bits.
    pub fn secret(&self) -> &[u8; 32] {
        self.secret.expose_secret()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SigningKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// The key that signs for `purpose`, made now where there is none. Copies that ask at once get the same.
    ///
    /// # Errors
    /// [`Error::Database`]; [`Error::Unsuitable`] where the machine has no randomness to give.
    pub async fn signing_key(&self, purpose: Purpose) -> Result<SigningKey> {
        let mut keys = self.signing_keys(purpose).await?;
        if keys.is_empty() {
            self.make_signing_key(purpose).await?;
            keys = self.signing_keys(purpose).await?;
        }
        let current = keys.into_iter().next();
        current.ok_or_else(|| Error::Corrupt(format!("no key for {}", purpose.as_str())))
    }

    /// Every key that has signed for `purpose`, the one that signs now first: any of them verifies.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn signing_keys(&self, purpose: Purpose) -> Result<Vec<SigningKey>> {
        let sql = "SELECT id, secret, retired_at FROM signing_keys WHERE purpose = $1 \
                   ORDER BY retired_at IS NOT NULL, id DESC";
        // The writer's connection: a key that another copy has made is not missed.
        let rows = sql::query(self.writer(), sql, [purpose.as_str().into()]).await?;
        rows.iter().map(SigningKey::read).collect()
    }

    /// Retires the key that signs for `purpose`, which verifies from now on, and makes the next.
    ///
    /// # Errors
    /// As [`Store::signing_key`].
    pub async fn rotate_signing_key(&self, purpose: Purpose) -> Result<SigningKey> {
        let sql =
            "UPDATE signing_keys SET retired_at = $2 WHERE purpose = $1 AND retired_at IS NULL";
        let values = [purpose.as_str().into(), self.clock().now().micros().into()];
        sql::execute(self.writer(), sql, values).await?;
        self.make_signing_key(purpose).await?;
        self.signing_key(purpose).await
    }

    /// Deletes the retired keys of `purpose`: nothing that they have signed verifies any more. Answers how many they were.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn forget_retired_keys(&self, purpose: Purpose) -> Result<u64> {
        let sql = "DELETE FROM signing_keys WHERE purpose = $1 AND retired_at IS NOT NULL";
        let values = [purpose.as_str().into()];
        Ok(sql::execute(self.writer(), sql, values).await?)
    }

    /// Makes a key, unless another copy was faster.
    async fn make_signing_key(&self, purpose: Purpose) -> Result<()> {
        let mut secret = [0_u8; 32];
        let random = rand::rngs::OsRng.try_fill_bytes(&mut secret);
        random.map_err(|error| Error::Unsuitable(format!("no randomness: {error}")))?;
        let sql = "INSERT INTO signing_keys (id, purpose, secret, created_at) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (purpose) WHERE retired_at IS NULL DO NOTHING";
        let values = [
            self.clock().id().into(),
            purpose.as_str().into(),
            secret.to_vec().into(),
            self.clock().now().micros().into(),
        ];
        sql::execute(self.writer(), sql, values).await?;
        Ok(())
    }
}

impl SigningKey {
    fn read(row: &QueryResult) -> Result<Self> {
        let secret: Vec<u8> = row.try_get("", "secret")?;
        let secret: [u8; 32] = secret
            .try_into()
            .map_err(|_| Error::Corrupt("a signing key is not 256 bits".to_owned()))?;
        let retired_at: Option<i64> = row.try_get("", "retired_at")?;
        Ok(Self {
            id: row.try_get("", "id")?,
            retired_at: retired_at.map(Timestamp::from_micros),
            secret: SecretBox::new(Box::new(secret)),
        })
    }
}
