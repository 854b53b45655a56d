//! Rows are locked payment first, then its orders by id: every command that touches both does it
//! in this order, so that none waits for another in a circle. SQLite's write transactions are
//! exclusive anyway.

use crate::db::{Tx, dialect};
use crate::{Error, Result};
use domain::id::PaymentId;
use domain::store::StockPolicy;
use domain::{Money, Noun};
use entity::{order, payment, payment_split, store};
use sea_orm::sea_query::{Alias, LockType};
use sea_orm::{
    ColumnTrait, EntityName, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    RelationDef,
};

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

/// An order, its share of the payment, and when its store takes the stock.
#[derive(FromQueryResult)]
pub(super) struct Share {
    #[sea_orm(nested)]
    pub order: order::Model,
    pub share: Money,
    pub stock_policy: StockPolicy,
}

/// The orders a payment pays, locked, in one statement with what settling them asks for.
pub(super) async fn lock_shares(tx: &Tx, payment: PaymentId) -> Result<Vec<Share>> {
    let split: RelationDef =
        order::Entity::belongs_to(payment_split::Entity).from(order::Column::Id).to(payment_split::Column::OrderId).into();
    let of_store: RelationDef =
        order::Entity::belongs_to(store::Entity).from(order::Column::StoreId).to(store::Column::Id).into();
    let mut query = order::Entity::find()
        .join(JoinType::InnerJoin, split)
        .join(JoinType::InnerJoin, of_store)
        .column_as(payment_split::Column::Amount, "share")
        .column(store::Column::StockPolicy)
        .filter(payment_split::Column::PaymentId.eq(payment))
        .order_by_asc(order::Column::Id);
    if dialect::is_postgres(&**tx) {
        // Not the stores: payments of one store must not wait for each other.
        QuerySelect::query(&mut query).lock_with_tables(LockType::Update, [Alias::new(order::Entity.table_name())]);
    }
    Ok(query.into_model().all(&**tx).await?)
}
