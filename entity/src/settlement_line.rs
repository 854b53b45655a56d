//! Table `settlement_line`: a payment in a report.

use domain::Money;
use domain::id::{ImportId, PaymentId};
use domain::settlement::LineOutcome;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "settlement_line")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub import_id: ImportId,
    pub gateway: String,
    /// Of the file, counted from 1 with the header.
    pub line: i32,
    /// As in the report.
    pub reference: String,
    pub gross: Money,
    pub fee: Money,
    pub payment_id: Option<PaymentId>,
    /// The money that came in, if the line settles such.
    pub event_id: Option<Uuid>,
    /// What we have of it at the gateway; negative for money that went back.
    pub expected: Option<Money>,
    pub outcome: LineOutcome,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
