//! Table `books_check`: the nightly proof that the books agree, or what it found.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "books_check")]
pub struct Model {
    /// In Asia/Jakarta.
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: Date,
    pub checked_at: DateTimeUtc,
    pub disagreements: i64,
    /// The first of them, in words.
    pub findings: Json,
    /// Found in the log and in the alert; empty while the books agree.
    pub reference: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
