//! Table `outbox`: a domain event, written in the transaction that caused it.

use domain::id::EventId;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EventId,
    pub kind: String,
    pub payload: Json,
    pub created_at: DateTimeUtc,
    /// When it is handed to the job queue, or taken for lost in it and handed out again.
    pub due_at: DateTimeUtc,
    /// Handled to the end.
    pub done_at: Option<DateTimeUtc>,
    pub attempts: i32,
    pub last_error: Option<String>,
    /// Given up after the last attempt: waits for a person.
    pub dead_at: Option<DateTimeUtc>,
    /// A worker has it in hand since; empty: nobody has.
    pub handed_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
