//! A customer's row.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "customers")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) source: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) customer_id: String,
    pub(crate) first_seen_at: i64,
    pub(crate) last_seen_at: i64,
    pub(crate) profile_seq: Option<i64>,
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) is_anonymous: Option<bool>,
    pub(crate) country: Option<String>,
    pub(crate) registered_at: Option<i64>,
    pub(crate) consents_to_email: Option<bool>,
    pub(crate) wallet_seq: Option<i64>,
    pub(crate) wallet_as_of: Option<i64>,
    pub(crate) tier_id: Option<String>,
    pub(crate) tier_since: Option<i64>,
    pub(crate) previous_tier_id: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
