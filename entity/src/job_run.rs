//! Table `job_run`: one tick of a schedule, claimed by one node, or a run somebody asked for.

use domain::id::UserId;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "job_run")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub job: String,
    #[sea_orm(primary_key, auto_increment = false)]
    /// Moment of the schedule, RFC 3339; `manual:<id>` when somebody asked for it.
    pub tick: String,
    /// The process that runs it; empty until one does.
    pub node: String,
    pub started_at: DateTimeUtc,
    pub finished_at: Option<DateTimeUtc>,
    pub outcome: Option<String>,
    pub is_failed: bool,
    /// Who asked for it; nobody: the schedule.
    pub requested_by: Option<UserId>,
    /// When the node that claimed it was last heard of.
    pub beat_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
