//! Writes a letter once and sends it.

use super::letter::Letter;
use super::{preference, security};
use crate::port::Mail;
use crate::{Ctx, Error, Result};
use chrono::TimeDelta;
use domain::id::EventId;
use entity::email::{self, Column as C};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, Condition, EntityTrait, ExprTrait, IntoActiveModel, PaginatorTrait, QueryFilter};

/// How long a worker has for sending a letter before it is taken for dead.
const CLAIM: TimeDelta = TimeDelta::minutes(2);

/// Writes the letter under its key and sends it unless that was done before, or its reader does not
/// want it. A worker claims the letter while it sends; one that died with it is followed by another
/// when the claim has run out, with the same Message-ID: the mailbox folder overwrites it, mail
/// programs show it once.
pub(super) async fn once(ctx: &Ctx, event: EventId, key: &str, letter: &Letter) -> Result<()> {
    if letter.kind.is_optional()
        && find(ctx, key).await?.is_none()
        && !preference::is_wanted(&ctx.db, letter.to.user, letter.kind).await?
    {
        return Ok(());
    }
    let Some(row) = in_hand(ctx, event, key, letter).await? else { return Ok(()) };
    let sent = ctx.ports.mailer.send(&mail(ctx, &row)).await;
    note(ctx, &row, &sent).await?;
    sent
}

/// The letter, claimed: as it is written now or, when an earlier try has written it, as it was then.
/// `None` when it was sent.
async fn in_hand(ctx: &Ctx, event: EventId, key: &str, letter: &Letter) -> Result<Option<email::Model>> {
    let fresh = written(ctx, event, key, letter)?;
    let is_new = email::Entity::insert(fresh.clone().into_active_model())
        .on_conflict(OnConflict::column(C::DedupeKey).do_nothing().to_owned())
        .exec_without_returning(&ctx.db)
        .await?;
    if is_new == 1 {
        return Ok(Some(fresh));
    }
    let Some(stored) = find(ctx, key).await?.filter(|e| e.sent_at.is_none()) else { return Ok(None) };
    claim(ctx, &stored).await?;
    Ok(Some(stored))
}

/// Removes letters an earlier try of the event wrote and could not send, and that are not true any
/// more: nobody is asked to pay for what they have paid meanwhile. One whose worker died with it may
/// have gone: that stays known.
pub(super) async fn withdraw(ctx: &Ctx, event: EventId, still_true: &[String]) -> Result<()> {
    let untrue = Condition::all()
        .add(C::SentAt.is_null())
        .add(C::EventId.eq(event))
        .add(C::DedupeKey.is_not_in(still_true.iter().map(String::as_str)));
    // Nearly always none: no write for nothing.
    if email::Entity::find().filter(untrue.clone()).count(&ctx.db).await? == 0 {
        return Ok(());
    }
    email::Entity::delete_many().filter(untrue.clone()).filter(C::ClaimedAt.is_null()).exec(&ctx.db).await?;
    email::Entity::update_many()
        .col_expr(C::FailedAt, Expr::value(ctx.now()))
        .col_expr(C::LastError, Expr::value("not true any more; a worker died while it was sending it"))
        .filter(untrue.clone())
        .filter(C::FailedAt.is_null())
        .filter(unclaimed(ctx))
        .exec(&ctx.db)
        .await?;
    let in_hand = untrue.add(C::FailedAt.is_null());
    if email::Entity::find().filter(in_hand).count(&ctx.db).await? > 0 { Err(busy()) } else { Ok(()) }
}

fn busy() -> Error {
    Error::port("mail", "another worker is sending this letter")
}

async fn find(ctx: &Ctx, key: &str) -> Result<Option<email::Model>> {
    Ok(email::Entity::find().filter(C::DedupeKey.eq(key)).one(&ctx.db).await?)
}

/// The letter's row with its first try under way.
fn written(ctx: &Ctx, event: EventId, key: &str, letter: &Letter) -> Result<email::Model> {
    let unsubscribe_url = letter.kind.is_optional().then(|| preference::link(ctx, letter.to.user, letter.kind));
    let rendered = letter.render(ctx, unsubscribe_url.as_deref())?;
    let now = ctx.now();
    Ok(email::Model {
        id: crate::db::new_id(),
        dedupe_key: key.to_owned(),
        template: letter.kind.to_string(),
        user_id: Some(letter.to.user),
        locale: letter.to.locale,
        recipient: letter.to.email.clone(),
        recipient_key: letter.to.email.to_lowercase(),
        subject: rendered.subject,
        html: rendered.html,
        body: rendered.text,
        unsubscribe_url,
        created_at: now,
        claimed_at: Some(now),
        sent_at: None,
        attempts: 1,
        last_error: None,
        failed_at: None,
        event_id: Some(event),
        blanked_at: None,
    })
}

/// Fails while another worker has the letter in hand: it may still fail, so the event is not done.
async fn claim(ctx: &Ctx, row: &email::Model) -> Result<()> {
    let claimed = email::Entity::update_many()
        .col_expr(C::ClaimedAt, Expr::value(ctx.now()))
        .col_expr(C::Attempts, Expr::col(C::Attempts).add(1))
        .filter(C::Id.eq(row.id))
        .filter(C::SentAt.is_null())
        .filter(unclaimed(ctx))
        .exec(&ctx.db)
        .await?;
    if claimed.rows_affected == 1 { Ok(()) } else { Err(busy()) }
}

/// In nobody's hands, or in those of a worker who died.
fn unclaimed(ctx: &Ctx) -> Condition {
    Condition::any().add(C::ClaimedAt.is_null()).add(C::ClaimedAt.lt(ctx.now() - CLAIM))
}

fn mail(ctx: &Ctx, row: &email::Model) -> Mail {
    Mail {
        id: row.id,
        from: ctx.settings.mail_from.clone(),
        to: row.recipient.clone(),
        subject: row.subject.clone(),
        html: row.html.clone(),
        text: row.body.clone(),
        unsubscribe_url: row.unsubscribe_url.clone(),
        at: row.created_at,
    }
}

/// What became of it, for the log of letters.
async fn note(ctx: &Ctx, row: &email::Model, sent: &Result<()>) -> Result<()> {
    let now = ctx.now();
    let noted = email::Entity::update_many().filter(C::Id.eq(row.id));
    let noted = match sent {
        Ok(()) => noted
            .col_expr(C::SentAt, Expr::value(Some(now)))
            .col_expr(C::FailedAt, Expr::value(None::<chrono::DateTime<chrono::Utc>>))
            .col_expr(C::LastError, Expr::value(None::<String>)),
        Err(error) => noted
            .col_expr(C::ClaimedAt, Expr::value(None::<chrono::DateTime<chrono::Utc>>))
            .col_expr(C::FailedAt, Expr::value(error.is_final().then_some(now)))
            .col_expr(C::LastError, Expr::value(error.to_string())),
    };
    // Secrets of links are kept until the letter is gone; a demo's mailbox shows them.
    let is_gone_with_secret = sent.is_ok() && !ctx.settings.demo && security::has_secret(&row.body);
    let noted = if is_gone_with_secret {
        noted
            .col_expr(C::Html, Expr::value(security::without_secrets(&row.html)))
            .col_expr(C::Body, Expr::value(security::without_secrets(&row.body)))
    } else {
        noted
    };
    noted.exec(&ctx.db).await?;
    Ok(())
}
