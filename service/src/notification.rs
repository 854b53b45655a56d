//! Emails: what an event makes us write, to whom, once.

mod compose;
mod letter;
mod outbox;
mod report;
mod security;

pub use outbox::{MAX_ATTEMPTS, claim_due, dead_letters, finish, mark_dispatched, open_event, record_failure, retry_dead};
pub use report::send_weekly_reports;

use crate::event::Event;
use crate::port::Mail;
use crate::{Ctx, Error, Result, identity, payment};
use chrono::TimeDelta;
use domain::id::EventId;
use domain::identity::LinkPurpose;
use entity::email::{self, Column as C};
use letter::Letter;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, Set};

/// How long a worker has for sending a letter before it is taken for dead.
const CLAIM: TimeDelta = TimeDelta::minutes(2);

/// Handles an event of the outbox: carries out what it asks for, writes its emails (once per cause
/// and recipient) and sends what is unsent. Safe to repeat.
pub async fn handle(ctx: &Ctx, id: EventId, event: &Event) -> Result<()> {
    match event {
        Event::RefundRequested { refund } => payment::execute_refund(ctx, *refund).await?,
        Event::EmailVerificationRequested { link, email } => {
            identity::issue_link(ctx, LinkPurpose::VerifyEmail, *link, email).await?;
        }
        Event::PasswordResetRequested { link, email } => {
            identity::issue_link(ctx, LinkPurpose::ResetPassword, *link, email).await?;
        }
        _ => {}
    }
    for letter in compose::letters(ctx, event).await? {
        let key = format!("{}:{id}:{}", event.name(), letter.to);
        send_once(ctx, &key, event.name(), &letter).await?;
    }
    Ok(())
}

/// Writes the letter under its key and sends it unless that was done before; `true` when it was
/// sent now. A worker claims the letter while it sends; one that died with it is followed by another
/// when the claim has run out, with the same Message-ID: the mailbox folder overwrites it, mail
/// programs show it once.
async fn send_once(ctx: &Ctx, key: &str, template: &str, letter: &Letter) -> Result<bool> {
    let row = email::ActiveModel {
        id: Set(crate::db::new_id()),
        dedupe_key: Set(key.to_owned()),
        template: Set(template.to_owned()),
        recipient: Set(letter.to.clone()),
        subject: Set(letter.subject.clone()),
        html: Set(letter.html()?),
        body: Set(letter.text()?),
        created_at: Set(ctx.now()),
        claimed_at: Set(None),
        sent_at: Set(None),
    };
    email::Entity::insert(row)
        .on_conflict(OnConflict::column(C::DedupeKey).do_nothing().to_owned())
        .exec_without_returning(&ctx.db)
        .await?;
    let stored = email::Entity::find().filter(C::DedupeKey.eq(key)).one(&ctx.db).await?;
    let Some(stored) = stored.filter(|e| e.sent_at.is_none()) else { return Ok(false) };
    claim(ctx, &stored).await?;
    let mail = Mail {
        id: stored.id,
        from: ctx.settings.mail_from.clone(),
        to: stored.recipient.clone(),
        subject: stored.subject.clone(),
        html: stored.html.clone(),
        text: stored.body.clone(),
        at: stored.created_at,
    };
    let sent = ctx.ports.mailer.send(&mail).await;
    let (column, value) = match sent {
        Ok(()) => (C::SentAt, Some(ctx.now())),
        Err(_) => (C::ClaimedAt, None),
    };
    let mut done = email::Entity::update_many().col_expr(column, Expr::value(value)).filter(C::Id.eq(stored.id));
    // Secrets of links are kept until the letter is gone; a demo's mailbox shows them.
    if sent.is_ok() && !ctx.settings.demo && security::has_secret(&stored.body) {
        done = done
            .col_expr(C::Html, Expr::value(security::without_secrets(&stored.html)))
            .col_expr(C::Body, Expr::value(security::without_secrets(&stored.body)));
    }
    done.exec(&ctx.db).await?;
    sent.map(|()| true)
}

/// Fails while another worker has the letter in hand: it may still fail, so the event is not done.
async fn claim(ctx: &Ctx, row: &email::Model) -> Result<()> {
    let lost = ctx.now() - CLAIM;
    let free = Condition::any().add(C::ClaimedAt.is_null()).add(C::ClaimedAt.lt(lost));
    let claimed = email::Entity::update_many()
        .col_expr(C::ClaimedAt, Expr::value(ctx.now()))
        .filter(C::Id.eq(row.id))
        .filter(C::SentAt.is_null())
        .filter(free)
        .exec(&ctx.db)
        .await?;
    if claimed.rows_affected == 1 { Ok(()) } else { Err(Error::port("mail", "another worker is sending this letter")) }
}
