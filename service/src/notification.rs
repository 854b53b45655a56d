//! Emails: what an event makes us write, to whom, once.

mod compose;
mod letter;
mod outbox;
mod report;

pub use outbox::{
    DeadLetter, MAX_ATTEMPTS, claim_due, dead_letters, finish, mark_dispatched, open_event, record_failure, retry_dead,
};
pub use report::send_weekly_reports;

use crate::event::Event;
use crate::port::Mail;
use crate::{Ctx, Result, payment};
use domain::id::EventId;
use entity::email;
use letter::Letter;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};

/// Handles an event of the outbox: carries out what it asks for, writes its emails (once per cause
/// and recipient) and sends what is unsent. Safe to repeat.
pub async fn handle(ctx: &Ctx, id: EventId, event: &Event) -> Result<()> {
    if let Event::RefundRequested { refund } = event {
        payment::execute_refund(ctx, *refund).await?;
    }
    for letter in compose::letters(ctx, event).await? {
        let key = format!("{}:{id}:{}", event.name(), letter.to);
        send_once(ctx, &key, event.name(), &letter).await?;
    }
    Ok(())
}

/// Writes the letter under its key and sends it unless that was done before; `true` when it was
/// sent now. A crash between sending and noting it repeats the same Message-ID, which the mailbox
/// folder overwrites and mail programs show once.
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
        sent_at: Set(None),
    };
    email::Entity::insert(row)
        .on_conflict(OnConflict::column(email::Column::DedupeKey).do_nothing().to_owned())
        .exec_without_returning(&ctx.db)
        .await?;
    let stored = email::Entity::find().filter(email::Column::DedupeKey.eq(key)).one(&ctx.db).await?;
    let Some(stored) = stored.filter(|e| e.sent_at.is_none()) else { return Ok(false) };
    // Claimed before sending, so that two workers do not both send it; given back on failure.
    let claimed = mark_sent(ctx, &stored, true).await?;
    if !claimed {
        return Ok(false);
    }
    let mail = Mail {
        id: stored.id,
        from: ctx.settings.mail_from.clone(),
        to: stored.recipient.clone(),
        subject: stored.subject.clone(),
        html: stored.html.clone(),
        text: stored.body.clone(),
        at: stored.created_at,
    };
    if let Err(error) = ctx.ports.mailer.send(&mail).await {
        mark_sent(ctx, &stored, false).await?;
        return Err(error);
    }
    Ok(true)
}

async fn mark_sent(ctx: &Ctx, row: &email::Model, sent: bool) -> Result<bool> {
    let update = email::Entity::update_many().filter(email::Column::Id.eq(row.id));
    let update = if sent {
        update.col_expr(email::Column::SentAt, Expr::value(ctx.now())).filter(email::Column::SentAt.is_null())
    } else {
        update.col_expr(email::Column::SentAt, Expr::value(None::<chrono::DateTime<chrono::Utc>>))
    };
    Ok(update.exec(&ctx.db).await?.rows_affected == 1)
}
