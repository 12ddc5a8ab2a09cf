//! A message that is to go out, went out, or will not.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) source: String,
    pub(crate) customer_id: String,
    pub(crate) channel: String,
    pub(crate) event_seq: i64,
    pub(crate) event_id: Uuid,
    pub(crate) kind: String,
    pub(crate) from_tier_id: Option<String>,
    pub(crate) to_tier_id: Option<String>,
    pub(crate) from_tier_name: Option<String>,
    pub(crate) to_tier_name: Option<String>,
    pub(crate) from_tier_level: Option<f64>,
    pub(crate) to_tier_level: Option<f64>,
    pub(crate) triggered_by: Option<String>,
    pub(crate) received_at: i64,
    pub(crate) created_at: i64,
    pub(crate) state: String,
    pub(crate) reason: Option<String>,
    pub(crate) merged_into: Option<Uuid>,
    pub(crate) due_at: i64,
    pub(crate) attempts: i64,
    pub(crate) locked_until: Option<i64>,
    pub(crate) last_error: Option<String>,
    pub(crate) finished_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
