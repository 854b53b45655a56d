//! The nightly check: what `belanjain verify` finds, written down, and one alert per night.

use super::books;
use crate::db::transact;
use crate::event::{Event, emit};
use crate::identity::token;
use crate::job::Outcome;
use crate::{Ctx, Result};
use domain::analytics::{WIB, local_day};
use entity::books_check::{self, Column as C};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};

/// Findings kept; the log has them all.
const KEPT: usize = 20;

/// Checks the books and answers in words. Disagreements are an error of the log with a reference, a
/// letter to all who may manage the system, and a figure of `/metrics`; the second check of a night
/// is written down but alarms nobody again.
pub async fn nightly(ctx: &Ctx) -> Result<Outcome> {
    let found = &books(ctx).await?;
    let day = local_day(ctx.now(), WIB);
    let reference = &token::reference();
    let is_new = transact(ctx, |tx| async move {
        let row = books_check::ActiveModel {
            day: Set(day),
            checked_at: Set(ctx.now()),
            disagreements: Set(found.len() as i64),
            findings: Set(serde_json::to_value(found.iter().take(KEPT).collect::<Vec<_>>())?),
            reference: Set(None),
        };
        books_check::Entity::insert(row)
            .on_conflict(OnConflict::column(C::Day).update_columns([C::CheckedAt, C::Disagreements, C::Findings]).to_owned())
            .exec_without_returning(&*tx)
            .await?;
        if found.is_empty() {
            return Ok(false);
        }
        // The guarded update decides which of two checks of one night alarms.
        let alarmed = books_check::Entity::update_many()
            .col_expr(C::Reference, Expr::value(reference.clone()))
            .filter(C::Day.eq(day))
            .filter(C::Reference.is_null())
            .exec(&*tx)
            .await?;
        if alarmed.rows_affected == 1 {
            emit(&*tx, ctx.now(), Event::BooksWrong { day }).await?;
        }
        Ok(alarmed.rows_affected == 1)
    })
    .await?;
    if found.is_empty() {
        return Ok("stock and money books are balanced".to_owned().into());
    }
    let text = if is_new {
        tracing::error!(%reference, disagreements = found.len(), findings = ?found, "the books disagree");
        format!("{} disagreements, reference {reference}", found.len())
    } else {
        format!("{} disagreements, alarm was given before", found.len())
    };
    Ok(Outcome { text, is_failed: true })
}
