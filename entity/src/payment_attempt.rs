//! Table `payment_attempt`: ways to pay that the buyer left for another one. The present one is in
//! `payment`.

use domain::Money;
use domain::id::PaymentId;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payment_attempt")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub payment_id: PaymentId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
    pub method: String,
    pub gateway: String,
    pub gateway_reference: Option<String>,
    pub redirect_url: Option<String>,
    pub instructions: Option<String>,
    pub transfer_account: Option<String>,
    pub transfer_amount: Option<Money>,
    pub created_at: DateTimeUtc,
    pub ended_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
