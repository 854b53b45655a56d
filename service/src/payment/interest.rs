//! Nobody decides on money of their own.

use crate::Result;
use crate::identity::SignedIn;
use domain::Conflict;
use domain::id::StoreId;
use entity::{order, payment};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};

/// Refuses when the payment is the agent's own purchase, or pays a store they work in.
pub(crate) async fn check_interest(db: &impl ConnectionTrait, by: &SignedIn, payment: &payment::Model) -> Result<()> {
    let stores: Vec<StoreId> = by.grants.iter().filter_map(|grant| grant.store.as_ref()).map(|store| store.id).collect();
    let of_store = order::Entity::find().filter(order::Column::GroupId.eq(payment.group_id));
    let of_store = of_store.filter(order::Column::StoreId.is_in(stores.iter().copied()));
    if payment.buyer_id == by.id || (!stores.is_empty() && of_store.count(db).await? > 0) {
        return Err(Conflict::OwnInterest.into());
    }
    Ok(())
}
