//! Requests that must not happen twice: a caller's key is taken in the first transaction that the
//! request commits, so that it stands exactly when something was written, and the answer is kept
//! with it. A key is never taken by somebody who died before writing anything.

use crate::db::Tx;
use crate::{Ctx, Error, Result, identity};
use chrono::TimeDelta;
use domain::id::UserId;
use domain::{Conflict, FieldError};
use entity::idempotency_key::{self, Column as C};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Set};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Written, not yet answered.
pub(crate) const UNFINISHED: i32 = 0;
/// How long a replay waits for the answer of the first request, and how often it looks.
const PATIENCE: u32 = 60;
const PAUSE: Duration = Duration::from_millis(50);
/// No request takes longer: whoever has not answered by then is dead.
const LIFE: TimeDelta = TimeDelta::minutes(2);

tokio::task_local! {
    /// The key of the request that this task carries out.
    static CURRENT: Arc<Claim>;
}

/// A caller's key and the request it stands for.
#[derive(Debug)]
pub struct Claim {
    caller: UserId,
    key: String,
    request_hash: String,
    is_taken: AtomicBool,
}

/// The first answer to a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    pub status: i32,
    pub body: serde_json::Value,
}

impl Claim {
    /// `request`: everything in which two requests may differ.
    pub fn new(caller: UserId, key: &str, request: &str) -> Result<Self> {
        if key.trim().is_empty() || key.chars().count() > 255 {
            return Err(domain::Error::Invalid(vec![FieldError::new("Idempotency-Key", "required").limit(255)]).into());
        }
        // Keys are random; one in many thousands looks like a card number and is kept as its hash.
        let key = if domain::pan::has_card_number(key) { identity::token::hash(key) } else { key.to_owned() };
        Ok(Self { caller, key, request_hash: identity::token::hash(request), is_taken: AtomicBool::new(false) })
    }

    /// Carries out a request under this key: its first transaction takes the key, or fails because
    /// another request has it.
    pub async fn hold<F: Future>(self: Arc<Self>, request: F) -> F::Output {
        CURRENT.scope(self, request).await
    }

    /// Whether the request under this key has written something.
    pub fn is_taken(&self) -> bool {
        self.is_taken.load(Ordering::Acquire)
    }

    /// What is stored, finished or not; a key of another request is refused.
    pub(crate) async fn find(&self, ctx: &Ctx) -> Result<Option<idempotency_key::Model>> {
        let row = idempotency_key::Entity::find_by_id((self.caller, self.key.clone())).one(&ctx.db).await?;
        match row {
            Some(row) if row.request_hash != self.request_hash => Err(domain::Error::IdempotencyMismatch.into()),
            row => Ok(row),
        }
    }

    /// Takes the key; `false` when it is taken. On PostgreSQL this waits for a transaction that has
    /// just taken it, so that only one of many equal requests goes on.
    pub(crate) async fn take(&self, ctx: &Ctx, tx: &Tx) -> Result<bool> {
        let row = idempotency_key::ActiveModel {
            caller_id: Set(self.caller),
            key: Set(self.key.clone()),
            request_hash: Set(self.request_hash.clone()),
            status: Set(UNFINISHED),
            body: Set(serde_json::Value::Null),
            created_at: Set(ctx.now()),
        };
        let inserted = idempotency_key::Entity::insert(row)
            .on_conflict(OnConflict::columns([C::CallerId, C::Key]).do_nothing().to_owned())
            .exec_without_returning(&**tx)
            .await?;
        Ok(inserted == 1)
    }

    /// Keeps an answer; a finished one stays as it is.
    pub(crate) async fn keep(&self, db: &impl ConnectionTrait, answer: &Stored) -> Result<()> {
        idempotency_key::Entity::update_many()
            .col_expr(C::Body, Expr::value(answer.body.clone()))
            .col_expr(C::Status, Expr::value(answer.status))
            .filter(C::CallerId.eq(self.caller))
            .filter(C::Key.eq(self.key.clone()))
            .filter(C::Status.eq(UNFINISHED))
            .exec(db)
            .await?;
        Ok(())
    }
}

/// The stored answer, waiting a while for a request that is still under way; `None` when the key is
/// new. Fails when the answer was lost with the process that was to give it: what was asked is done.
pub async fn answer(ctx: &Ctx, claim: &Claim) -> Result<Option<Stored>> {
    for _ in 0..PATIENCE {
        let Some(row) = claim.find(ctx).await? else { return Ok(None) };
        if row.status != UNFINISHED {
            return Ok(Some(Stored { status: row.status, body: row.body }));
        }
        if ctx.now() - row.created_at > LIFE {
            return Err(Conflict::AnswerLost.into());
        }
        tokio::time::sleep(PAUSE).await;
    }
    Err(Conflict::Busy.into())
}

/// Stores the answer of the request under this key, whatever it is.
pub async fn finish(ctx: &Ctx, claim: &Claim, answer: &Stored) -> Result<()> {
    claim.keep(&ctx.db, answer).await
}

/// Takes the key of the request that this transaction belongs to, unless an earlier one has; answers
/// it, to be marked by [`committed`].
pub(crate) async fn enter(ctx: &Ctx, tx: &Tx) -> Result<Option<Arc<Claim>>> {
    let Ok(claim) = CURRENT.try_with(Arc::clone) else { return Ok(None) };
    if claim.is_taken() {
        return Ok(None);
    }
    // The other one's answer is told by whoever holds the claim.
    if claim.take(ctx, tx).await? { Ok(Some(claim)) } else { Err(Error::Domain(Conflict::Busy.into())) }
}

pub(crate) fn committed(claim: Option<Arc<Claim>>) {
    if let Some(claim) = claim {
        claim.is_taken.store(true, Ordering::Release);
    }
}
