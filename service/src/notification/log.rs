//! The log of letters, for staff: to whom, when, and what became of it – not what they say.

use crate::{Actor, Ctx, Result};
use domain::admin::MailRow;
use domain::identity::Permission;
use domain::letter::MailState;
use domain::{Page, PageRequest};
use entity::email::{self, Column as C};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

/// A letter without its body.
#[derive(FromQueryResult)]
struct Row {
    id: domain::id::EmailId,
    template: String,
    recipient: String,
    subject: String,
    created_at: chrono::DateTime<chrono::Utc>,
    sent_at: Option<chrono::DateTime<chrono::Utc>>,
    attempts: i32,
    last_error: Option<String>,
    failed_at: Option<chrono::DateTime<chrono::Utc>>,
}

/// Letters, newest first; `recipient` is a whole address in lower case.
pub async fn sent_mail(
    ctx: &Ctx,
    actor: &Actor,
    recipient: Option<&str>,
    state: Option<MailState>,
    request: PageRequest,
) -> Result<Page<MailRow>> {
    actor.require(Permission::SystemManage)?;
    let mut query = email::Entity::find();
    if let Some(recipient) = recipient {
        query = query.filter(C::RecipientKey.eq(recipient));
    }
    query = match state {
        Some(MailState::Sent) => query.filter(C::SentAt.is_not_null()),
        Some(MailState::Failed) => query.filter(C::FailedAt.is_not_null()),
        Some(MailState::Waiting) => query.filter(C::SentAt.is_null()).filter(C::FailedAt.is_null()),
        None => query,
    };
    let total = query.clone().count(&ctx.db).await?;
    let rows = query
        .select_only()
        .columns([C::Id, C::Template, C::Recipient, C::Subject, C::CreatedAt, C::SentAt, C::Attempts, C::LastError, C::FailedAt])
        .order_by_desc(C::CreatedAt)
        .order_by_desc(C::Id)
        .offset(request.offset())
        .limit(request.per_page())
        .into_model::<Row>()
        .all(&ctx.db)
        .await?;
    Ok(Page::new(rows.into_iter().map(show).collect(), request, total))
}

fn show(row: Row) -> MailRow {
    let state = match (row.sent_at, row.failed_at) {
        (Some(_), _) => MailState::Sent,
        (None, Some(_)) => MailState::Failed,
        (None, None) => MailState::Waiting,
    };
    MailRow {
        id: row.id,
        kind: row.template,
        recipient: row.recipient,
        subject: row.subject,
        state,
        attempts: row.attempts,
        last_error: row.last_error,
        created_at: row.created_at,
        sent_at: row.sent_at,
    }
}
