//! Recovery codes: for people who lost their authenticator app, each once.

use super::two_factor::deed;
use super::{seal, token};
use crate::audit::{self, Deed};
use crate::db::{Tx, new_id};
use crate::{Actor, Ctx, Result};
use domain::id::UserId;
use domain::identity::{RecoveryCodes, SecondFactor};
use entity::recovery_code::{self, Column as C};
use rand::Rng;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, Set};
use serde_json::json;

/// Recovery codes of an account.
const CODES: usize = 10;
const SHOWN: &str = "recovery-codes";

/// Recovery codes sealed for the way to the page that shows them.
pub fn seal_codes(ctx: &Ctx, actor: &Actor, codes: &RecoveryCodes) -> Result<String> {
    seal::seal(ctx, SHOWN, actor.account()?.id.0.as_bytes(), codes.codes.join(" ").as_bytes())
}

/// What [`seal_codes`] sealed for this person; `None` when it was for somebody else.
pub fn open_codes(ctx: &Ctx, actor: &Actor, sealed: &str) -> Result<Option<RecoveryCodes>> {
    let text = seal::open(ctx, SHOWN, actor.account()?.id.0.as_bytes(), sealed)?;
    let text = text.and_then(|bytes| String::from_utf8(bytes).ok());
    Ok(text.map(|text| RecoveryCodes { codes: text.split(' ').map(str::to_owned).collect() }))
}

/// Spends a code; `false` when it is none of the person, or spent.
pub(super) async fn take(ctx: &Ctx, tx: &Tx, user: UserId, code: &str) -> Result<bool> {
    let spent = recovery_code::Entity::update_many()
        .col_expr(C::UsedAt, Expr::value(ctx.now()))
        .filter(C::UserId.eq(user))
        .filter(C::CodeHash.eq(token::hash(code)))
        .filter(C::UsedAt.is_null())
        .exec(&**tx)
        .await?;
    if spent.rows_affected == 0 {
        return Ok(false);
    }
    let left = unused(&**tx, user).await?;
    let (before, after) = (json!({ "recovery_codes": left + 1 }), json!({ "recovery_codes": left }));
    let deed = Deed { before, after, ..deed("two_factor.use_recovery_code", user, true, true) };
    audit::record_for(ctx, tx, user, deed).await?;
    Ok(true)
}

pub(super) async fn unused(db: &impl ConnectionTrait, user: UserId) -> Result<i64> {
    let count = recovery_code::Entity::find().filter(C::UserId.eq(user)).filter(C::UsedAt.is_null()).count(db).await?;
    Ok(i64::try_from(count).unwrap_or_default())
}

/// Codes of 120 random bits: too many to guess, so that a plain hash keeps them.
pub(super) async fn renew(tx: &Tx, user: UserId) -> Result<RecoveryCodes> {
    // Without letters and digits that look alike.
    const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    forget(tx, user).await?;
    let mut codes = vec![];
    for _ in 0..CODES {
        let random = rand::rng().random::<[u8; SecondFactor::RECOVERY_LENGTH]>();
        let code: String = random.iter().map(|b| char::from(LETTERS[usize::from(b & 31)])).collect();
        let row = recovery_code::ActiveModel {
            id: Set(new_id()),
            user_id: Set(user),
            code_hash: Set(token::hash(&code)),
            used_at: Set(None),
        };
        recovery_code::Entity::insert(row).exec_without_returning(&**tx).await?;
        let groups: Vec<&str> = (0..code.len()).step_by(4).map(|at| &code[at..at + 4]).collect();
        codes.push(groups.join("-"));
    }
    Ok(RecoveryCodes { codes })
}

/// Ends all codes.
pub(super) async fn forget(tx: &Tx, user: UserId) -> Result<()> {
    recovery_code::Entity::delete_many().filter(C::UserId.eq(user)).exec(&**tx).await?;
    Ok(())
}
