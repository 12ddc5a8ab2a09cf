//! One change of a customer's tier.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "tier_changes")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) source: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) customer_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) event_seq: i64,
    pub(crate) event_id: Uuid,
    pub(crate) kind: String,
    pub(crate) occurred_at: i64,
    pub(crate) received_at: i64,
    pub(crate) from_tier_id: Option<String>,
    pub(crate) to_tier_id: Option<String>,
    pub(crate) from_tier_name: Option<String>,
    pub(crate) to_tier_name: Option<String>,
    pub(crate) from_tier_level: Option<f64>,
    pub(crate) to_tier_level: Option<f64>,
    pub(crate) triggered_by: Option<String>,
    pub(crate) trigger_event_id: Option<String>,
    pub(crate) trigger_event_type: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
