//! Table `app_user`: a person with an account.

use domain::Locale;
use domain::id::UserId;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "app_user")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: UserId,
    pub email: String,
    /// Lower-cased email: unique without regard to case.
    pub email_key: String,
    pub name: String,
    pub phone: Option<String>,
    pub avatar_key: Option<String>,
    pub password_hash: String,
    pub locale: Locale,
    pub is_active: bool,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// When the owner proved that the email is theirs.
    pub email_verified_at: Option<DateTimeUtc>,
    /// Since when a second factor is asked for.
    pub two_factor_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
