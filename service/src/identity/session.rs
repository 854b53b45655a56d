//! Sessions: refresh, revocation. Access tokens are JWTs, but the session's row is read on
//! every request, so that log-out takes effect at once on every node.

use super::{access, grants, token};
use crate::db::{Tx, new_id, transact};
use crate::identity::SignedIn;
use crate::{Actor, Ctx, Result};
use chrono::{DateTime, TimeDelta, Utc};
use domain::id::{SessionId, UserId};
use domain::identity::{SessionView, TokenPair};
use domain::{Error, Noun};
use entity::{refresh_token, session};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, Set};

/// Life of a refresh token.
const REFRESH_LIFE: TimeDelta = TimeDelta::days(30);
/// How long a browser's parallel requests may still present the token one of them has just spent.
const BROWSER_GRACE: TimeDelta = TimeDelta::seconds(15);

/// A session's next refresh token, in clear for the one moment it is handed out.
pub(super) struct Issued {
    session: SessionId,
    refresh_token: String,
}

/// Outcome of a silent refresh in the browser.
pub struct BrowserSession {
    pub actor: Actor,
    pub access_token: String,
    /// `None`: another request of the same browser has just rotated it; keep the cookie.
    pub refresh_token: Option<String>,
}

/// Starts a session.
pub(super) async fn open(ctx: &Ctx, tx: &Tx, user: UserId, actor: &Actor) -> Result<Issued> {
    let now = ctx.now();
    let id: SessionId = new_id();
    let row = session::ActiveModel {
        id: Set(id),
        user_id: Set(user),
        device: Set(actor.device.chars().take(200).collect()),
        created_at: Set(now),
        last_seen_at: Set(now),
        expires_at: Set(now + REFRESH_LIFE),
        revoked_at: Set(None),
    };
    row.insert(&**tx).await?;
    issue(tx, now, id).await
}

async fn issue(tx: &Tx, now: DateTime<Utc>, session: SessionId) -> Result<Issued> {
    let secret = token::secret();
    let row = refresh_token::ActiveModel {
        id: Set(new_id()),
        session_id: Set(session),
        token_hash: Set(token::hash(&secret)),
        created_at: Set(now),
        expires_at: Set(now + REFRESH_LIFE),
        used_at: Set(None),
    };
    row.insert(&**tx).await?;
    Ok(Issued { session, refresh_token: secret })
}

pub(super) fn pair(ctx: &Ctx, account: &grants::Account, issued: Issued) -> Result<TokenPair> {
    Ok(TokenPair {
        user: account.view(),
        access_token: access::sign(ctx, account.user.id, issued.session)?,
        expires_in: access::LIFE.num_seconds(),
        refresh_token: issued.refresh_token,
    })
}

/// What a presented refresh token turned out to be.
enum Rotation {
    Rotated(UserId, Issued),
    /// Spent a moment ago, session alive.
    JustSpent(UserId, SessionId),
    /// Replayed, expired or unknown: the family, if any, is dead now.
    Dead,
}

/// Rotates a refresh token; a spent one kills its whole family (RFC 9700 §4.14.2).
pub async fn refresh(ctx: &Ctx, actor: &Actor, refresh_token: &str) -> Result<TokenPair> {
    ctx.limits.take(actor, None)?;
    match rotate(ctx, refresh_token, TimeDelta::zero()).await? {
        Rotation::Rotated(user, issued) => {
            let user = grants::active_user(&ctx.db, user).await?;
            pair(ctx, &grants::load(ctx, user).await?, issued)
        }
        Rotation::JustSpent(..) | Rotation::Dead => Err(Error::SessionEnded.into()),
    }
}

/// Silent refresh of a browser. Parallel requests of one page carry the same token: for a few
/// seconds the immediate predecessor is answered with a new access token only.
pub async fn refresh_browser(ctx: &Ctx, actor: &Actor, refresh_token: &str) -> Result<BrowserSession> {
    let (user, session, refresh_token) = match rotate(ctx, refresh_token, BROWSER_GRACE).await? {
        Rotation::Rotated(user, issued) => (user, issued.session, Some(issued.refresh_token)),
        Rotation::JustSpent(user, session) => (user, session, None),
        Rotation::Dead => return Err(Error::SessionEnded.into()),
    };
    let access_token = access::sign(ctx, user, session)?;
    let account = grants::load(ctx, grants::active_user(&ctx.db, user).await?).await?;
    let actor = Actor { user: Some(account.signed_in(session)), ..actor.clone() };
    Ok(BrowserSession { actor, access_token, refresh_token })
}

async fn rotate(ctx: &Ctx, secret: &str, grace: TimeDelta) -> Result<Rotation> {
    use refresh_token::Column as C;
    let hash = &token::hash(secret);
    transact(ctx, |tx| async move {
        let now = ctx.now();
        let Some(row) = refresh_token::Entity::find().filter(C::TokenHash.eq(hash)).one(&*tx).await? else {
            return Ok(Rotation::Dead);
        };
        let session = session::Entity::find_by_id(row.session_id).one(&*tx).await?;
        let Some(session) = session.filter(|s| s.revoked_at.is_none() && s.expires_at > now) else { return Ok(Rotation::Dead) };
        if row.expires_at <= now {
            return Ok(Rotation::Dead);
        }
        // The guarded update decides which of two equal requests is first.
        let spent = refresh_token::Entity::update_many()
            .col_expr(C::UsedAt, Expr::value(now))
            .filter(C::Id.eq(row.id))
            .filter(C::UsedAt.is_null())
            .exec(&*tx)
            .await?;
        if spent.rows_affected == 1 {
            session::Entity::update_many()
                .col_expr(session::Column::ExpiresAt, Expr::value(now + REFRESH_LIFE))
                .col_expr(session::Column::LastSeenAt, Expr::value(now))
                .filter(session::Column::Id.eq(session.id))
                .exec(&*tx)
                .await?;
            return Ok(Rotation::Rotated(session.user_id, issue(&tx, now, session.id).await?));
        }
        let used_at = row.used_at.unwrap_or(now);
        if now - used_at < grace {
            return Ok(Rotation::JustSpent(session.user_id, session.id));
        }
        tracing::warn!(session = %session.id, "refresh token replayed, session revoked");
        revoke(&*tx, now, session::Column::Id.eq(session.id)).await?;
        Ok(Rotation::Dead)
    })
    .await
}

async fn revoke(db: &impl ConnectionTrait, now: DateTime<Utc>, which: impl sea_orm::sea_query::IntoCondition) -> Result<u64> {
    let done = session::Entity::update_many()
        .col_expr(session::Column::RevokedAt, Expr::value(now))
        .filter(which)
        .filter(session::Column::RevokedAt.is_null())
        .exec(db)
        .await?;
    Ok(done.rows_affected)
}

/// The actor behind an access token, whose session must still be alive. `edge` brings language,
/// cart, device and address.
pub async fn authenticate(ctx: &Ctx, edge: Actor, access_token: &str) -> Result<Actor> {
    let (user, session) = access::verify(ctx, access_token)?;
    let now = ctx.now();
    let row = session::Entity::find_by_id(session).one(&ctx.db);
    let (row, account) = tokio::try_join!(async { row.await.map_err(Into::into) }, grants::active_user(&ctx.db, user))?;
    let Some(row) = row.filter(|s| s.revoked_at.is_none() && s.expires_at > now && s.user_id == user) else {
        return Err(Error::SessionEnded.into());
    };
    if now - row.last_seen_at > TimeDelta::minutes(1) {
        session::Entity::update_many()
            .col_expr(session::Column::LastSeenAt, Expr::value(now))
            .filter(session::Column::Id.eq(session))
            .exec(&ctx.db)
            .await?;
    }
    let account = grants::load(ctx, account).await?;
    Ok(Actor { user: Some(account.signed_in(session)), ..edge })
}

/// Ends the session the actor is in, at once.
pub async fn logout(ctx: &Ctx, actor: &Actor) -> Result<()> {
    let user = actor.account()?;
    revoke(&ctx.db, ctx.now(), session::Column::Id.eq(user.session)).await?;
    Ok(())
}

/// Live sessions, the most recently used first.
pub async fn sessions(ctx: &Ctx, actor: &Actor) -> Result<Vec<SessionView>> {
    let user = actor.account()?;
    let rows = session::Entity::find()
        .filter(session::Column::UserId.eq(user.id))
        .filter(session::Column::RevokedAt.is_null())
        .filter(session::Column::ExpiresAt.gt(ctx.now()))
        .order_by_desc(session::Column::LastSeenAt)
        .all(&ctx.db)
        .await?;
    let show = |row: session::Model| SessionView {
        id: row.id,
        device: device_name(&row.device),
        created_at: row.created_at,
        last_seen_at: row.last_seen_at,
        current: row.id == user.session,
    };
    Ok(rows.into_iter().map(show).collect())
}

/// Browser and system, as far as what the browser says of itself tells them; else what it says.
fn device_name(agent: &str) -> String {
    let seen = woothee::parser::Parser::new().parse(agent).filter(|seen| seen.name != "UNKNOWN");
    match seen {
        Some(seen) if seen.os != "UNKNOWN" => format!("{} · {}", seen.name, seen.os),
        Some(seen) => seen.name.to_owned(),
        None => agent.to_owned(),
    }
}

pub async fn end_session(ctx: &Ctx, actor: &Actor, id: SessionId) -> Result<()> {
    let user = actor.account()?;
    let mine = session::Column::Id.eq(id).and(session::Column::UserId.eq(user.id));
    if revoke(&ctx.db, ctx.now(), mine).await? == 0 {
        return Err(Error::NotFound(Noun::Session).into());
    }
    Ok(())
}

pub(super) async fn end_others(ctx: &Ctx, tx: &Tx, user: &SignedIn) -> Result<()> {
    let others = session::Column::UserId.eq(user.id).and(session::Column::Id.ne(user.session));
    revoke(&**tx, ctx.now(), others).await.map(drop)
}

pub(super) async fn end_all(ctx: &Ctx, tx: &Tx, user: UserId) -> Result<()> {
    revoke(&**tx, ctx.now(), session::Column::UserId.eq(user)).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::device_name;

    #[test]
    fn a_device_is_known_by_browser_and_system() {
        let chrome = "Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36";
        assert_eq!(device_name(chrome), "Chrome · Android");
        let safari = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1";
        assert_eq!(device_name(safari), "Safari · iPhone");
        assert_eq!(device_name("kasir-3"), "kasir-3");
    }
}
