//! The functions that write the ledger.

use crate::{Error, Result};
use chrono::{DateTime, Utc};
use domain::id::{LedgerTransactionId, OrderId, PaymentId};
use domain::ledger::{Account, AccountKind, Balanced, Entry, LedgerKind};
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
    let inserted = ledger_transaction::Entity::insert(header(id, now, kind, reference, about))
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
    let entries = balanced.entries().iter().map(|entry| {
        let its_own = entry.account.gateway.clone();
        line(id, now, entry, its_own.or_else(|| gateway.clone().filter(|_| is_nowhere(&entry.account))))
    });
    ledger_entry::Entity::insert_many(entries).exec_without_returning(tx).await?;
    Ok(())
}

/// Books many at once that are new, each by its reference and the payment it is about; clearing has its
/// gateway named. One that is known is a fault of ours.
pub async fn book_new(
    tx: &impl ConnectionTrait,
    now: DateTime<Utc>,
    kind: LedgerKind,
    all: &[(String, PaymentId, Balanced)],
) -> Result<()> {
    let all: Vec<_> = all.iter().filter(|(.., balanced)| !balanced.entries().is_empty()).collect();
    if all.is_empty() {
        return Ok(());
    }
    let ids: Vec<LedgerTransactionId> = all.iter().map(|_| crate::db::new_id()).collect();
    let both = || ids.iter().zip(&all);
    let headers = both().map(|(id, (reference, payment, _))| header(*id, now, kind, reference, (None, Some(*payment))));
    ledger_transaction::Entity::insert_many(headers).exec_without_returning(tx).await?;
    let entries = both().flat_map(|(id, (.., balanced))| {
        balanced.entries().iter().map(|entry| line(*id, now, entry, entry.account.gateway.clone()))
    });
    ledger_entry::Entity::insert_many(entries).exec_without_returning(tx).await?;
    Ok(())
}

fn header(
    id: LedgerTransactionId,
    now: DateTime<Utc>,
    kind: LedgerKind,
    reference: &str,
    about: (Option<OrderId>, Option<PaymentId>),
) -> ledger_transaction::ActiveModel {
    ledger_transaction::ActiveModel {
        id: Set(id),
        kind: Set(kind),
        reference: Set(reference.to_owned()),
        order_id: Set(about.0),
        payment_id: Set(about.1),
        created_at: Set(now),
    }
}

fn line(id: LedgerTransactionId, now: DateTime<Utc>, entry: &Entry, gateway: Option<String>) -> ledger_entry::ActiveModel {
    ledger_entry::ActiveModel {
        id: Set(crate::db::new_id()),
        transaction_id: Set(id),
        account: Set(entry.account.kind),
        store_id: Set(entry.account.store),
        gateway: Set(gateway),
        amount: Set(entry.amount),
        created_at: Set(now),
    }
}

async fn gateway_of(tx: &impl ConnectionTrait, id: PaymentId) -> Result<Option<String>> {
    let gateway = payment::Entity::find_by_id(id).select_only().column(payment::Column::Gateway).into_tuple().one(tx).await?;
    gateway.map(Some).ok_or_else(|| Error::fault(format!("payment {id} does not exist")))
}
