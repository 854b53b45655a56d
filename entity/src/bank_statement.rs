//! Table `bank_statement`: a statement of our account, as uploaded.

use domain::id::{BankStatementId, UserId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bank_statement")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: BankStatementId,
    pub layout: String,
    /// Number of our account, if the agent chose one.
    pub account: Option<String>,
    pub file_name: String,
    pub sha256: String,
    /// Names the bank and the columns the lines took their words from; `None` for older ones.
    pub reading: Option<String>,
    pub line_count: i32,
    pub uploaded_by: UserId,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
