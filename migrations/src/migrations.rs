//! A migrator as a value, so that ours and those of extensions can stand in one list.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DatabaseConnection;

use crate::{Error, Status};

/// The migrations of one migrator, recorded in a table of its own.
#[derive(Clone)]
pub struct Migrations(Arc<dyn Steps>);

impl Migrations {
    /// Those of `M`.
    pub fn of<M: MigratorTrait + 'static>() -> Self {
        Self(Arc::new(Of::<M>(PhantomData)))
    }

    /// The table in which it is recorded what was applied: no two migrators may share one.
    pub fn table(&self) -> String {
        self.0.table()
    }

    pub(crate) async fn status(&self, database: &DatabaseConnection) -> Result<Status, Error> {
        let known = self.0.known();
        let manager = SchemaManager::new(database);
        let applied = if manager.has_table(self.table()).await? {
            self.0.applied(database).await?
        } else {
            Vec::new()
        };
        let unknown: Vec<String> = applied
            .iter()
            .filter(|name| !known.contains(name))
            .cloned()
            .collect();
        if !unknown.is_empty() {
            return Err(Error::Newer(unknown));
        }
        let pending = known
            .into_iter()
            .filter(|name| !applied.contains(name))
            .collect();
        Ok(Status { applied, pending })
    }

    pub(crate) async fn up(&self, database: &DatabaseConnection) -> Result<(), Error> {
        Ok(self.0.up(database).await?)
    }
}

impl fmt::Debug for Migrations {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("Migrations")
            .field(&self.table())
            .finish()
    }
}

/// What a migrator does, without its type.
#[async_trait::async_trait]
trait Steps: Send + Sync {
    fn table(&self) -> String;
    fn known(&self) -> Vec<String>;
    async fn applied(&self, database: &DatabaseConnection) -> Result<Vec<String>, DbErr>;
    async fn up(&self, database: &DatabaseConnection) -> Result<(), DbErr>;
}

struct Of<M>(PhantomData<fn() -> M>);

#[async_trait::async_trait]
impl<M: MigratorTrait> Steps for Of<M> {
    fn table(&self) -> String {
        M::migration_table_name().to_string()
    }

    fn known(&self) -> Vec<String> {
        let migrations = M::migrations();
        let names = migrations.iter().map(|migration| migration.name());
        names.map(str::to_owned).collect()
    }

    async fn applied(&self, database: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
        let models = M::get_migration_models(database).await?;
        Ok(models.into_iter().map(|model| model.version).collect())
    }

    async fn up(&self, database: &DatabaseConnection) -> Result<(), DbErr> {
        M::up(database, None).await
    }
}
