//! Nobody decides on money of their own.

use crate::Result;
use crate::identity::SignedIn;
use domain::Conflict;
use domain::id::StoreId;
use entity::{order, payment};
use sea_orm::sea_query::SelectStatement;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, QueryTrait};

fn stores(by: &SignedIn) -> Vec<StoreId> {
    by.grants.iter().filter_map(|grant| grant.store.as_ref()).map(|store| store.id).collect()
}

/// Ids of the payments an agent has an interest of their own in, as a subquery: what they bought, and
/// sales of stores they work in.
pub(crate) fn interests(by: &SignedIn) -> SelectStatement {
    let stores = stores(by);
    let mut own = Condition::any().add(payment::Column::BuyerId.eq(by.id));
    if !stores.is_empty() {
        let sales = order::Entity::find().select_only().column(order::Column::GroupId);
        let sales = sales.filter(order::Column::StoreId.is_in(stores)).into_query();
        own = own.add(payment::Column::GroupId.in_subquery(sales));
    }
    payment::Entity::find().select_only().column(payment::Column::Id).filter(own).into_query()
}

/// Refuses when the payment is the agent's own purchase, or pays a store they work in.
pub(crate) async fn check_interest(db: &impl ConnectionTrait, by: &SignedIn, payment: &payment::Model) -> Result<()> {
    let stores = stores(by);
    let of_store = order::Entity::find().filter(order::Column::GroupId.eq(payment.group_id));
    let of_store = of_store.filter(order::Column::StoreId.is_in(stores.iter().copied()));
    if payment.buyer_id == by.id || (!stores.is_empty() && of_store.count(db).await? > 0) {
        return Err(Conflict::OwnInterest.into());
    }
    Ok(())
}
