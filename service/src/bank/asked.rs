//! Transfers that payments ask or asked for, and whether a line may be one of them.

use crate::payment::Means;
use crate::{Ctx, Result};
use chrono::{DateTime, NaiveDate, Utc};
use domain::Money;
use domain::analytics::{WIB, local_day};
use domain::bank::CandidateKind;
use domain::payment::{COD, PaymentStatus};
use entity::payment::{self, Column as C};
use entity::payment_attempt::{self, Column as A};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationDef,
};

/// A transfer, present or left for another method.
#[derive(FromQueryResult)]
pub(super) struct Asked {
    #[sea_orm(nested)]
    pub payment: payment::Model,
    /// Number of the account.
    pub asked_account: Option<String>,
    /// With the suffix.
    pub asked_amount: Option<Money>,
}

/// The day from which on money may come for a payment.
pub(super) fn first_day(payment: &payment::Model) -> NaiveDate {
    local_day(payment.created_at, WIB)
}

impl Asked {
    pub fn of(payment: &payment::Model, means: &Means) -> Self {
        let (asked_account, asked_amount) = (means.transfer_account.clone(), means.transfer_amount);
        Self { payment: payment.clone(), asked_account, asked_amount }
    }

    /// Open: a line may pay it. Cash is not waited for here, so it has ended.
    pub fn kind(&self) -> CandidateKind {
        match self.payment.status {
            PaymentStatus::AwaitingVerification => CandidateKind::Open,
            PaymentStatus::Pending if self.payment.gateway != COD => CandidateKind::Open,
            _ => CandidateKind::Ended,
        }
    }

    /// Whether money of a day on an account, where that is known, may be this transfer: `true` by the
    /// unique amount, `false` by the plain one. Who transfers that has paid as well, but may be anybody.
    pub fn fits(&self, amount: Money, day: NaiveDate, account: Option<&str>) -> Option<bool> {
        let is_exact = self.asked_amount == Some(amount);
        let is_account = account.is_none() || self.asked_account.is_none() || account == self.asked_account.as_deref();
        let is_after = day >= first_day(&self.payment);
        (is_account && is_after && (is_exact || self.payment.amount == amount)).then_some(is_exact)
    }
}

/// Transfers of these amounts: all that are waited for, and those asked for since then. The newest first.
pub(super) async fn of_amounts(ctx: &Ctx, amounts: &[Money], since: DateTime<Utc>) -> Result<Vec<Asked>> {
    let open = [PaymentStatus::Pending, PaymentStatus::AwaitingVerification];
    let is_meant = Condition::any().add(C::Status.is_in(open)).add(C::CreatedAt.gte(since));
    let left: RelationDef = payment::Entity::belongs_to(payment_attempt::Entity).from(C::Id).to(A::PaymentId).into();
    let asks = |own: Condition| own.add(C::Amount.is_in(amounts.to_vec()));
    let present = payment::Entity::find()
        .column_as(C::TransferAccount, "asked_account")
        .column_as(C::TransferAmount, "asked_amount")
        .filter(C::TransferAmount.is_not_null())
        .filter(asks(Condition::any().add(C::TransferAmount.is_in(amounts.to_vec()))));
    let left = payment::Entity::find()
        .join(JoinType::InnerJoin, left)
        .column_as(A::TransferAccount, "asked_account")
        .column_as(A::TransferAmount, "asked_amount")
        .filter(A::TransferAmount.is_not_null())
        .filter(asks(Condition::any().add(A::TransferAmount.is_in(amounts.to_vec()))));
    let mut found: Vec<Asked> = present.filter(is_meant.clone()).order_by_desc(C::CreatedAt).into_model().all(&ctx.db).await?;
    found.extend(left.filter(is_meant).order_by_desc(C::CreatedAt).into_model::<Asked>().all(&ctx.db).await?);
    found.sort_by_key(|asked| std::cmp::Reverse(asked.payment.created_at));
    Ok(found)
}
