//! One try to send a message.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "delivery_attempts")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) outbox_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) attempt: i64,
    pub(crate) attempted_at: i64,
    pub(crate) outcome: String,
    pub(crate) relay: Option<String>,
    pub(crate) code: Option<i64>,
    pub(crate) reply: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
