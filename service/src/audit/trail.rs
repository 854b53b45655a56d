//! The audit trail as it is read.

use crate::{Actor, Ctx, Result};
use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use domain::admin::{AuditFilter, AuditRow};
use domain::analytics::WIB;
use domain::id::UserId;
use domain::identity::Permission;
use domain::{Page, PageRequest};
use entity::audit_entry::{self, Column as C};
use entity::user;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

/// Entries, newest first.
pub async fn trail(ctx: &Ctx, actor: &Actor, filter: &AuditFilter, request: PageRequest) -> Result<Page<AuditRow>> {
    actor.require(Permission::SystemManage)?;
    let mut query = audit_entry::Entity::find();
    if let Some(email) = &filter.actor {
        let who = user::Entity::find().filter(user::Column::EmailKey.eq(email.to_lowercase())).one(&ctx.db).await?;
        let Some(who) = who else { return Ok(Page::new(vec![], request, 0)) };
        query = query.filter(C::ActorId.eq(who.id));
    }
    if let Some(action) = &filter.action {
        query = query.filter(C::Action.eq(action));
    }
    if let Some(subject) = &filter.subject {
        let (kind, id) = subject.split_once(':').unwrap_or((subject, ""));
        query = query.filter(C::Subject.eq(kind));
        if !id.is_empty() {
            query = query.filter(C::SubjectId.eq(id));
        }
    }
    if let Some(from) = filter.from {
        query = query.filter(C::CreatedAt.gte(midnight(from)));
    }
    if let Some(to) = filter.to {
        query = query.filter(C::CreatedAt.lt(midnight(to.checked_add_days(Days::new(1)).unwrap_or(to))));
    }
    let total = query.clone().count(&ctx.db).await?;
    // Ids are ordered by time.
    let found = query.order_by_desc(C::Id).offset(request.offset()).limit(request.per_page()).all(&ctx.db).await?;
    let people = user::Entity::find().filter(user::Column::Id.is_in(found.iter().map(|e| e.actor_id))).all(&ctx.db).await?;
    let who = |id: UserId| people.iter().find(|u| u.id == id);
    Ok(Page::new(found.into_iter().map(|entry| row(who(entry.actor_id), entry)).collect(), request, total))
}

/// The beginning of a day in Asia/Jakarta.
fn midnight(day: NaiveDate) -> DateTime<Utc> {
    let local = day.and_time(NaiveTime::MIN).and_local_timezone(WIB).single();
    local.map_or_else(|| day.and_time(NaiveTime::MIN).and_utc(), |at| at.with_timezone(&Utc))
}

fn row(who: Option<&user::Model>, entry: audit_entry::Model) -> AuditRow {
    let (actor, actor_name) =
        who.map_or_else(|| (entry.actor_id.to_string(), String::new()), |u| (u.email.clone(), u.name.clone()));
    AuditRow {
        id: entry.id,
        at: entry.created_at,
        actor,
        actor_name,
        action: entry.action,
        subject: entry.subject,
        subject_id: entry.subject_id,
        before: entry.state_before.to_string(),
        after: entry.state_after.to_string(),
    }
}
