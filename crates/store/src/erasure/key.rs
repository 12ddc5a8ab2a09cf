//! The key under which erased customers, and the addresses that they had, are recognised and no longer read.

use ring::hmac;
use sea_orm::ConnectionTrait;

use crate::{Error, Purpose, Result, Source, Store, sql};

/// Makes the hashes. Under another key they would be others: it is never changed.
pub(crate) struct ErasureKey(hmac::Key);

impl ErasureKey {
    /// The hash of a customer's id.
    pub(super) fn customer(&self, source: &Source, id: &str) -> Vec<u8> {
        self.hash(&["customer", source.as_str(), id])
    }

    /// What stands in the place of an address. It holds no `@`: no address is spelt like it.
    pub(crate) fn address(&self, source: &Source, address: &str) -> String {
        let hash = self.hash(&["address", source.as_str(), address]);
        format!("hmac-sha256:{}", hex::encode(hash))
    }

    fn hash(&self, parts: &[&str]) -> Vec<u8> {
        let mut hash = hmac::Context::with_key(&self.0);
        for part in parts {
            // With their lengths: no two lists of parts are one text.
            hash.update(&(part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        hash.sign().as_ref().to_vec()
    }
}

impl Store {
    /// The key, made now where there is none.
    pub(crate) async fn make_erasure_key(&self) -> Result<&ErasureKey> {
        if self.erasure_key().get().is_none() {
            self.signing_key(Purpose::Erasures).await?;
        }
        let key = self.find_erasure_key(self.writer()).await?;
        key.ok_or_else(|| Error::Corrupt("no key for erasures".to_owned()))
    }

    /// The key, read through `db`; none where nobody was ever erased.
    pub(crate) async fn find_erasure_key(
        &self,
        db: &impl ConnectionTrait,
    ) -> Result<Option<&ErasureKey>> {
        if let Some(key) = self.erasure_key().get() {
            return Ok(Some(key));
        }
        // The first that was made, should anybody have rotated it.
        let sql = "SELECT secret FROM signing_keys WHERE purpose = $1 ORDER BY id LIMIT 1";
        let rows = sql::query(db, sql, [Purpose::Erasures.as_str().into()]).await?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        let secret: Vec<u8> = row.try_get("", "secret")?;
        let key = || ErasureKey(hmac::Key::new(hmac::HMAC_SHA256, &secret));
        Ok(Some(self.erasure_key().get_or_init(key)))
    }
}
