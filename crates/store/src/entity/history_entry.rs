//! One entry of a customer's history.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "history_entries")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) source: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) customer_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) occurred_at: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) event_seq: i64,
    pub(crate) event_id: Uuid,
    pub(crate) kind: String,
    pub(crate) received_at: i64,
    pub(crate) behavior_event_id: Option<String>,
    pub(crate) attempts: i64,
    pub(crate) last_occurred_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
