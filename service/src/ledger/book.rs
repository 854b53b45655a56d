//! The one function that writes the ledger.

use crate::{Error, Result};
use chrono::{DateTime, Utc};
use domain::id::{LedgerTransactionId, OrderId, PaymentId};
use domain::ledger::{Account, AccountKind, Balanced, LedgerKind};
use entity::{ledger_entry, ledger_transaction, payment};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, EntityTrait, QuerySelect, Set};

/// Books a balanced transaction, once per kind and reference: booking it again changes nothing.
/// Clearing without a named gateway is that of the payment it is about.
pub async fn book(
    tx: &impl ConnectionTrait,
    now: DateTime<Utc>,
    kind: LedgerKind,
    reference: &str,
    about: (Option<OrderId>, Option<PaymentId>),
    balanced: &Balanced,
) -> Result<()> {
    use ledger_transaction::Column as C;
    if balanced.entries().is_empty() {
        return Ok(());
    }
    let id: LedgerTransactionId = crate::db::new_id();
    let header = ledger_transaction::ActiveModel {
        id: Set(id),
        kind: Set(kind),
        reference: Set(reference.to_owned()),
        order_id: Set(about.0),
        payment_id: Set(about.1),
        created_at: Set(now),
    };
    let inserted = ledger_transaction::Entity::insert(header)
        .on_conflict(OnConflict::columns([C::Kind, C::Reference]).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    if inserted == 0 {
        return Ok(());
    }
    let is_nowhere = |a: &Account| a.kind == AccountKind::GatewayClearing && a.gateway.is_none();
    let gateway = match about.1 {
        Some(payment) if balanced.entries().iter().any(|e| is_nowhere(&e.account)) => gateway_of(tx, payment).await?,
        _ => None,
    };
    let entries = balanced.entries().iter().map(|entry| ledger_entry::ActiveModel {
        id: Set(crate::db::new_id()),
        transaction_id: Set(id),
        account: Set(entry.account.kind),
        store_id: Set(entry.account.store),
        gateway: Set(entry.account.gateway.clone().or_else(|| gateway.clone().filter(|_| is_nowhere(&entry.account)))),
        amount: Set(entry.amount),
        created_at: Set(now),
    });
    ledger_entry::Entity::insert_many(entries).exec_without_returning(tx).await?;
    Ok(())
}

async fn gateway_of(tx: &impl ConnectionTrait, id: PaymentId) -> Result<Option<String>> {
    let gateway = payment::Entity::find_by_id(id).select_only().column(payment::Column::Gateway).into_tuple().one(tx).await?;
    gateway.map(Some).ok_or_else(|| Error::fault(format!("payment {id} does not exist")))
}
