//! What an order books when it is delivered, and when its money must go back.

use super::book;
use crate::db::Tx;
use crate::{Ctx, Error, Result};
use domain::id::{OrderId, PaymentId};
use domain::ledger::{AccountKind, Balanced, LedgerKind, Sale};
use domain::order::OrderStatus;
use domain::{Money, MoneyError};
use entity::{ledger_entry, ledger_transaction, order};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect, QueryTrait};

/// The order as it was sold.
fn sold(order: &order::Model) -> Sale {
    Sale {
        total: order.total,
        shipping: order.shipping_cost,
        discount: order.discount,
        tax: order.tax,
        commission: order.commission,
        commission_tax: order.commission_tax,
    }
}

/// What of the order's money had to go back so far.
async fn owed(tx: &Tx, order: OrderId) -> Result<Money> {
    let transactions = ledger_transaction::Entity::find()
        .select_only()
        .column(ledger_transaction::Column::Id)
        .filter(ledger_transaction::Column::OrderId.eq(order))
        .filter(ledger_transaction::Column::Kind.eq(LedgerKind::RefundDue))
        .into_query();
    let sum: Option<Option<i64>> = ledger_entry::Entity::find()
        .select_only()
        .expr(Expr::col(ledger_entry::Column::Amount).sum().cast_as("BIGINT"))
        .filter(ledger_entry::Column::Account.eq(AccountKind::RefundPayable))
        .filter(ledger_entry::Column::TransactionId.in_subquery(transactions))
        .into_tuple()
        .one(&**tx)
        .await?;
    Ok(Money::ZERO.checked_sub(Money(sum.flatten().unwrap_or_default()))?)
}

/// A delivered order: what is left of it in escrow goes to the seller, the platform and the tax
/// office. Its payment is locked by the caller.
pub(crate) async fn release(ctx: &Ctx, tx: &Tx, order: &order::Model) -> Result<()> {
    let held = order.total.checked_sub(owed(tx, order.id).await?)?;
    let released = Balanced::release(order.store_id, sold(order).of(held)?)?;
    book(&**tx, ctx.now(), LedgerKind::Release, &order.id.to_string(), (Some(order.id), None), &released).await
}

/// Money of an order must go back: from escrow, or, once released, from the seller, the commission
/// and the taxes, each in proportion. `reference` names the refund: the same is booked once. The
/// payment is locked by the caller.
pub async fn owe(ctx: &Ctx, tx: &Tx, order: &order::Model, payment: PaymentId, amount: Money, reference: &str) -> Result<()> {
    let before = order.total.checked_sub(owed(tx, order.id).await?)?;
    let after = before.checked_sub(amount)?;
    if amount < Money::ZERO || after < Money::ZERO {
        return Err(Error::fault(format!("refund of {amount} of order {}, which has {before} left", order.number)));
    }
    let balanced = match order.status {
        OrderStatus::Delivered => Balanced::take_back(order.store_id, sold(order).undone(before, after)?),
        _ => from_escrow(order, amount),
    };
    let about = (Some(order.id), Some(payment));
    book(&**tx, ctx.now(), LedgerKind::RefundDue, reference, about, &balanced?).await
}

fn from_escrow(order: &order::Model, amount: Money) -> std::result::Result<Balanced, MoneyError> {
    Balanced::transfer((AccountKind::Escrow, Some(order.store_id)), AccountKind::RefundPayable, amount)
}
