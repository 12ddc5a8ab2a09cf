//! API keys: made once, shown once, stored as a hash.

use std::sync::Arc;

use laurel_payloads::Timestamp;
use rand::TryRngCore;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder,
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::convert::parsed;
use crate::entity::api_key::{ActiveModel, Column, Entity, Model};
use crate::{Error, Result, Source, Store, sql};

/// What a key starts with, so that a scanner for leaked secrets can tell it.
const PREFIX: &str = "laurel_";

/// How often the time of a key's last use is written, in microseconds: a minute.
const TOUCH_EVERY: i64 = 60_000_000;

/// What the holder of a key may do.
///
/// ```
/// use laurel_store::KeyScope;
///
/// assert_eq!(KeyScope::ALL.map(KeyScope::as_str), ["read", "operate", "admin"]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyScope {
    /// Ask about customers and the programme.
    Read,
    /// See the event log, and replay what failed.
    Operate,
    /// Change what is kept: erase a customer, issue tokens.
    Admin,
}

impl KeyScope {
    /// Every scope.
    pub const ALL: [Self; 3] = [Self::Read, Self::Operate, Self::Admin];

    /// Its name in commands and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Operate => "operate",
            Self::Admin => "admin",
        }
    }

    /// The scope of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == name)
    }
}

/// An API key, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKeyRecord {
    /// Its identity, by which it is revoked.
    pub id: Uuid,
    /// The one source that it reads.
    pub source: Source,
    /// What its maker called it.
    pub name: Option<String>,
    /// What its holder may do.
    pub scopes: Vec<KeyScope>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

impl Store {
    /// Makes a key of 256 random bits and returns it: this is the only time that anybody sees it.
    ///
    /// # Errors
    /// [`Error::Database`]; [`Error::Unsuitable`] where the machine has no randomness to give.
    pub async fn create_api_key(
        &self,
        source: &Source,
        name: Option<&str>,
        scopes: &[KeyScope],
    ) -> Result<(ApiKeyRecord, String)> {
        let mut secret = [0_u8; 32];
        let random = rand::rngs::OsRng.try_fill_bytes(&mut secret);
        random.map_err(|error| Error::Unsuitable(format!("no randomness: {error}")))?;
        let key = format!("{PREFIX}{}", hex::encode(secret));
        let scopes: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
        let model = ActiveModel {
            id: Set(self.clock().id()),
            source: Set(source.as_str().to_owned()),
            name: Set(name.map(crate::text::storable)),
            hash: Set(hash(&key)),
            scopes: Set(scopes.join(",")),
            created_at: Set(self.clock().now().micros()),
            last_used_at: Set(None),
            revoked_at: Set(None),
        };
        let record = model.insert(self.writer()).await?.try_into()?;
        Ok((record, key))
    }

    /// The key's record, where it is a key of ours and not revoked. One that another copy revokes is good for two more
    /// seconds.
    ///
    /// # Errors
    /// [`Error::Database`].
    ///
    /// ```
    /// # async fn example(store: laurel_store::Store) -> laurel_store::Result<()> {
    /// use laurel_store::KeyScope;
    ///
    /// // In a route of an extension's, with what came after `Authorization: Bearer `.
    /// let key = store.authenticate("laurel_…").await?;
    /// let may = key.is_some_and(|key| key.scopes.contains(&KeyScope::Operate));
    /// # Ok(())
    /// # }
    /// ```
    pub async fn authenticate(&self, key: &str) -> Result<Option<ApiKeyRecord>> {
        let (hash, now) = (hash(key), self.clock().now());
        let kept = self.kept_keys();
        if let Some(record) = kept.get(&hash, now) {
            return Ok(Some(record.as_ref().clone()));
        }
        let changes = kept.changes();
        let found = Entity::find()
            .filter(Column::Hash.eq(hash.as_slice()))
            .filter(Column::RevokedAt.is_null())
            .one(self.reader())
            .await?;
        let Some(record) = found.map(ApiKeyRecord::try_from).transpose()? else {
            return Ok(None);
        };
        self.touch(&record);
        kept.keep(hash, Arc::new(record.clone()), now, changes);
        Ok(Some(record))
    }

    /// Every key of a source, or of all, oldest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn api_keys(&self, source: Option<&Source>) -> Result<Vec<ApiKeyRecord>> {
        let mut select = Entity::find().order_by_asc(Column::Id);
        if let Some(source) = source {
            select = select.filter(Column::Source.eq(source.as_str()));
        }
        select
            .all(self.reader())
            .await?
            .into_iter()
            .map(ApiKeyRecord::try_from)
            .collect()
    }

    /// Revokes a key. Answers false where there is no such key, or it was revoked before.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn revoke_api_key(&self, id: Uuid) -> Result<bool> {
        let sql = "UPDATE api_keys SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
        let values = [id.into(), self.clock().now().micros().into()];
        let revoked = sql::execute(self.writer(), sql, values).await? == 1;
        self.kept_keys().forget();
        Ok(revoked)
    }

    /// Notes the use of a key, beside the request that uses it and at most once a minute.
    fn touch(&self, key: &ApiKeyRecord) {
        let now = self.clock().now().micros();
        if key
            .last_used_at
            .is_some_and(|last| now - last.micros() < TOUCH_EVERY)
        {
            return;
        }
        let (store, id) = (self.clone(), key.id);
        tokio::spawn(async move {
            let sql = "UPDATE api_keys SET last_used_at = $2 WHERE id = $1";
            if let Err(error) = sql::execute(store.writer(), sql, [id.into(), now.into()]).await {
                tracing::warn!(%error, key.id = %id, "could not note the use of an API key");
            }
        });
    }
}

/// A key has 256 bits of its own: it needs neither salt nor stretching, and can be found by its hash.
fn hash(key: &str) -> Vec<u8> {
    Sha256::digest(key.as_bytes()).to_vec()
}

impl TryFrom<Model> for ApiKeyRecord {
    type Error = Error;

    fn try_from(model: Model) -> Result<Self> {
        Ok(Self {
            id: model.id,
            source: parsed(Source::new(&model.source))?,
            name: model.name,
            scopes: model
                .scopes
                .split(',')
                .filter_map(KeyScope::from_name)
                .collect(),
            created_at: Timestamp::from_micros(model.created_at),
            last_used_at: model.last_used_at.map(Timestamp::from_micros),
            revoked_at: model.revoked_at.map(Timestamp::from_micros),
        })
    }
}
