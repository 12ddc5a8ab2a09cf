//! A reward, as last described by a payload.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "rewards")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) source: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) reward_id: String,
    pub(crate) learnt_seq: i64,
    pub(crate) brand_id: Option<String>,
    pub(crate) name: Option<String>,
    #[sea_orm(column_name = "type")]
    pub(crate) kind: Option<String>,
    pub(crate) conversion_factor: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
