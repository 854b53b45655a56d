//! Table `email`: an email, written once per cause and recipient.

use domain::Locale;
use domain::id::{EmailId, EventId, UserId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "email")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EmailId,
    /// One email per cause and recipient: `order_shipped:<event>:<address>`.
    pub dedupe_key: String,
    /// The kind of letter.
    pub template: String,
    pub user_id: Option<UserId>,
    pub locale: Locale,
    pub recipient: String,
    /// Lower case, for the search of the log.
    pub recipient_key: String,
    pub subject: String,
    pub html: String,
    pub body: String,
    /// For letters that nobody has to receive.
    pub unsubscribe_url: Option<String>,
    pub created_at: DateTimeUtc,
    /// A worker is sending it since.
    pub claimed_at: Option<DateTimeUtc>,
    pub sent_at: Option<DateTimeUtc>,
    pub attempts: i32,
    pub last_error: Option<String>,
    /// Refused for good by the mail server.
    pub failed_at: Option<DateTimeUtc>,
    /// What made us write it.
    pub event_id: Option<EventId>,
    /// What it said was removed then.
    pub blanked_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
