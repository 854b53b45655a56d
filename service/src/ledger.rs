//! The one function that writes the double-entry ledger.

use crate::Result;
use chrono::{DateTime, Utc};
use domain::id::{LedgerTransactionId, OrderId, PaymentId};
use domain::ledger::{Balanced, LedgerKind};
use entity::{ledger_entry, ledger_transaction};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, EntityTrait, Set};

/// Books a balanced transaction, once per kind and reference: booking it again changes nothing.
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
    let entries = balanced.entries().iter().map(|entry| ledger_entry::ActiveModel {
        id: Set(crate::db::new_id()),
        transaction_id: Set(id),
        account: Set(entry.account),
        store_id: Set(entry.store),
        amount: Set(entry.amount),
        created_at: Set(now),
    });
    ledger_entry::Entity::insert_many(entries).exec_without_returning(tx).await?;
    Ok(())
}
