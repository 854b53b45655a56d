//! The weekly report of every store.

use super::letter::{Letter, Reader};
use super::value::Value;
use crate::event::{Event, emit};
use crate::job::Tally;
use crate::{Ctx, Result, analytics};
use domain::analytics::{WeeklyReport, week_key};
use domain::id::StoreId;
use domain::letter::LetterKind;
use entity::{email, store, user};
use sea_orm::sea_query::{Query, SelectStatement};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

/// Asks for the report of the last full week that is not written yet of every store whose owner reads it;
/// a store that fails does not stop the others.
pub async fn request_weekly_reports(ctx: &Ctx) -> Result<Tally> {
    let stores: Vec<StoreId> = store::Entity::find()
        .select_only()
        .column(store::Column::Id)
        .filter(store::Column::OwnerId.in_subquery(readers(ctx)))
        .order_by_asc(store::Column::Id)
        .into_tuple()
        .all(&ctx.db)
        .await?;
    let mut requested = Tally::default();
    for store in stores {
        let asked = request(ctx, store).await;
        if let Err(error) = &asked {
            tracing::error!(%store, cause = %error, "weekly report failed");
        }
        requested.count(store, &asked);
    }
    Ok(requested)
}

/// Who has an account and, outside of a demo, has proven the email.
fn readers(ctx: &Ctx) -> SelectStatement {
    let mut readers = Query::select();
    readers.column(user::Column::Id).from(user::Entity).and_where(user::Column::IsActive.eq(true));
    if !ctx.settings.demo {
        readers.and_where(user::Column::EmailVerifiedAt.is_not_null());
    }
    readers
}

async fn request(ctx: &Ctx, store: StoreId) -> Result<bool> {
    let key = key(store, &analytics::weekly_report(ctx, store).await?);
    if email::Entity::find().filter(email::Column::DedupeKey.eq(key)).count(&ctx.db).await? > 0 {
        return Ok(false);
    }
    emit(&ctx.db, ctx.now(), Event::WeeklyReportDue { store, at: ctx.now() }).await?;
    Ok(true)
}

fn key(store: StoreId, report: &WeeklyReport) -> String {
    format!("weekly-report:{store}:{}", week_key(report.from))
}

/// The report as of the context's present.
pub(super) async fn letter(ctx: &Ctx, store: StoreId) -> Result<Vec<Letter>> {
    let owner = user::Entity::find()
        .filter(user::Column::Id.in_subquery(
            Query::select().column(store::Column::OwnerId).from(store::Entity).and_where(store::Column::Id.eq(store)).to_owned(),
        ))
        .filter(user::Column::Id.in_subquery(readers(ctx)));
    let Some(owner) = owner.one(&ctx.db).await? else { return Ok(vec![]) };
    let report = analytics::weekly_report(ctx, store).await?;
    let letter = Letter::new(ctx, LetterKind::WeeklyReport, Reader::from(&owner), "/seller/analytics");
    let key = key(store, &report);
    Ok(vec![fill(letter, report).keyed(key)])
}

pub(super) fn fill(letter: Letter, report: WeeklyReport) -> Letter {
    let figures = &report.figures;
    let change = figures.change_percent.map_or_else(|| "–".to_owned(), |c| format!("{c:+}%"));
    let low = if report.low_stock.is_empty() { Value::Nothing } else { Value::Phrase("low_stock") };
    let top = report.top_products.iter().map(|p| (format!("{} × {}", p.quantity, p.name), Value::Money(p.revenue)));
    letter
        .with("store", &report.store)
        .with("from", report.from)
        .with("to", report.to)
        .with("low_stock", low)
        .with("low_stock_names", report.low_stock.join(", "))
        .with_row("revenue", figures.revenue)
        .row("change", change)
        .with_row("orders", figures.orders)
        .row("items", figures.items)
        .row("booked", report.booked)
        .rows(top)
}
