//! Table `audit_entry`: what staff did, append-only.

use domain::id::{AuditId, UserId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_entry")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AuditId,
    pub actor_id: UserId,
    pub action: String,
    /// What it was done to: kind and id.
    pub subject: String,
    pub subject_id: String,
    pub state_before: Json,
    pub state_after: Json,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
