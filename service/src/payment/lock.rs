//! Rows are locked payment first, then its orders by id: every command that touches both does it
//! in this order, so that none waits for another in a circle. SQLite's write transactions are
//! exclusive anyway.

use crate::db::{Tx, dialect};
use crate::{Error, Result};
use domain::Noun;
use domain::id::PaymentId;
use entity::{order, payment, payment_split};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

pub(crate) async fn lock_payment(tx: &Tx, id: PaymentId) -> Result<payment::Model> {
    let mut query = payment::Entity::find_by_id(id);
    if dialect::is_postgres(&**tx) {
        query = query.lock_exclusive();
    }
    query.one(&**tx).await?.ok_or_else(|| Error::from(domain::Error::NotFound(Noun::Payment)))
}

/// The orders a payment pays, locked.
pub(crate) async fn lock_orders(tx: &Tx, payment: PaymentId) -> Result<Vec<order::Model>> {
    let paid = payment_split::Entity::find()
        .select_only()
        .column(payment_split::Column::OrderId)
        .filter(payment_split::Column::PaymentId.eq(payment))
        .into_query();
    let mut query = order::Entity::find().filter(order::Column::Id.in_subquery(paid)).order_by_asc(order::Column::Id);
    if dialect::is_postgres(&**tx) {
        query = query.lock_exclusive();
    }
    Ok(query.all(&**tx).await?)
}
