//! Idempotency of the checkout: the key is taken in the transaction that writes the orders, the
//! final answer is stored after the gateway was asked. A replay that comes in between waits for it;
//! one that finds an answer left unfinished by a crash finishes it.

use crate::db::Tx;
use crate::{Ctx, Result, identity, payment};
use chrono::{DateTime, Utc};
use domain::Error;
use domain::checkout::{CheckoutInput, CheckoutView};
use domain::id::UserId;
use entity::idempotency_key::{self, Column as C};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};
use std::time::Duration;

/// Answer known in full.
const FINAL: i32 = 201;
/// Orders written, gateway not yet asked.
const UNFINISHED: i32 = 0;
/// How long a replay waits for the first request before it finishes the answer itself.
const PATIENCE: u32 = 60;

/// A caller's key and the request it stands for.
pub(super) struct Claim {
    caller: UserId,
    key: String,
    request_hash: String,
}

impl Claim {
    pub fn new(caller: UserId, key: &str, input: &CheckoutInput) -> Result<Self> {
        let request = serde_json::to_string(input)?;
        Ok(Self { caller, key: kept(key), request_hash: identity::token::hash(&request) })
    }
}

/// Keys are random; one in many thousands looks like a card number and is kept as its hash.
fn kept(key: &str) -> String {
    if domain::pan::has_card_number(key) { identity::token::hash(key) } else { key.to_owned() }
}

/// The stored answer; `None` when the key is new.
pub(super) async fn answer(ctx: &Ctx, claim: &Claim) -> Result<Option<CheckoutView>> {
    for _ in 0..PATIENCE {
        let Some(row) = idempotency_key::Entity::find_by_id((claim.caller, claim.key.clone())).one(&ctx.db).await? else {
            return Ok(None);
        };
        if row.request_hash != claim.request_hash {
            return Err(Error::IdempotencyMismatch.into());
        }
        if row.status == FINAL {
            return Ok(Some(serde_json::from_value(row.body)?));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let row = idempotency_key::Entity::find_by_id((claim.caller, claim.key.clone())).one(&ctx.db).await?;
    match row {
        Some(row) => Ok(Some(finish(ctx, claim, serde_json::from_value(row.body)?).await?)),
        None => Ok(None),
    }
}

/// Takes the key; `false` when it is taken. On PostgreSQL this waits for a transaction that has
/// just taken it, so that only one of many equal requests goes on.
pub(super) async fn take(tx: &Tx, claim: &Claim, now: DateTime<Utc>) -> Result<bool> {
    let row = idempotency_key::ActiveModel {
        caller_id: Set(claim.caller),
        key: Set(claim.key.clone()),
        request_hash: Set(claim.request_hash.clone()),
        status: Set(UNFINISHED),
        body: Set(serde_json::Value::Null),
        created_at: Set(now),
    };
    let inserted = idempotency_key::Entity::insert(row)
        .on_conflict(OnConflict::columns([C::CallerId, C::Key]).do_nothing().to_owned())
        .exec_without_returning(&**tx)
        .await?;
    Ok(inserted == 1)
}

/// Keeps what is known so far, in the transaction.
pub(super) async fn keep(tx: &Tx, claim: &Claim, view: &CheckoutView) -> Result<()> {
    store(&**tx, claim, view, UNFINISHED).await
}

/// Asks the gateway for the charge and stores the final answer. A gateway that fails leaves the
/// payment pending, to be tried again from its page.
pub(super) async fn finish(ctx: &Ctx, claim: &Claim, mut view: CheckoutView) -> Result<CheckoutView> {
    if let Err(error) = payment::charge(ctx, view.payment.id).await {
        tracing::warn!(payment = %view.payment.id, cause = %error, "charge failed, payment stays pending");
    }
    view.payment = payment::view_of(ctx, view.payment.id).await?;
    store(&ctx.db, claim, &view, FINAL).await?;
    Ok(view)
}

async fn store(db: &impl sea_orm::ConnectionTrait, claim: &Claim, view: &CheckoutView, status: i32) -> Result<()> {
    idempotency_key::Entity::update_many()
        .col_expr(C::Body, Expr::value(serde_json::to_value(view)?))
        .col_expr(C::Status, Expr::value(status))
        .filter(C::CallerId.eq(claim.caller))
        .filter(C::Key.eq(claim.key.clone()))
        .filter(C::Status.eq(UNFINISHED))
        .exec(db)
        .await?;
    Ok(())
}
