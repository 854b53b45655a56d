//! Table `email`: an email, written once per cause and recipient.

use domain::id::EmailId;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "email")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EmailId,
    /// One email per cause and recipient: `order_shipped:<order>:<user>`.
    pub dedupe_key: String,
    pub template: String,
    pub recipient: String,
    pub subject: String,
    pub html: String,
    pub body: String,
    pub created_at: DateTimeUtc,
    /// A worker is sending it since.
    pub claimed_at: Option<DateTimeUtc>,
    pub sent_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
