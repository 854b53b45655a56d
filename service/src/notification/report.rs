//! The weekly report of every store.

use super::compose::{day, owner};
use super::letter::Letter;
use super::send_once;
use crate::{Ctx, Result, analytics};
use domain::analytics::week_key;
use domain::id::StoreId;
use entity::store;
use sea_orm::{EntityTrait, QueryOrder, QuerySelect};

/// Writes and sends every store's report of the last full week; a store that fails does not stop
/// the others. Answers how many were sent now.
pub async fn send_weekly_reports(ctx: &Ctx) -> Result<u64> {
    let stores: Vec<StoreId> = store::Entity::find()
        .select_only()
        .column(store::Column::Id)
        .order_by_asc(store::Column::Id)
        .into_tuple()
        .all(&ctx.db)
        .await?;
    let mut sent = 0;
    for store in stores {
        match send(ctx, store).await {
            Ok(true) => sent += 1,
            Ok(false) => {}
            Err(error) => tracing::error!(%store, cause = %error, "weekly report failed"),
        }
    }
    Ok(sent)
}

async fn send(ctx: &Ctx, store: StoreId) -> Result<bool> {
    let report = analytics::weekly_report(ctx, store).await?;
    let figures = &report.figures;
    let change = figures.change_percent.map_or_else(|| "–".to_owned(), |c| format!("{c:+}%"));
    let mut rows = vec![
        ("Pendapatan".to_owned(), figures.revenue.to_string()),
        ("Perubahan dari minggu sebelumnya".to_owned(), change),
        ("Pesanan selesai".to_owned(), figures.orders.to_string()),
        ("Barang terjual".to_owned(), figures.items.to_string()),
        ("Dibayar, belum selesai".to_owned(), report.booked.to_string()),
    ];
    rows.extend(report.top_products.iter().map(|p| (format!("{} × {}", p.quantity, p.name), p.revenue.to_string())));
    let mut paragraphs = vec![format!("Ringkasan {} – {}.", day(report.from), day(report.to))];
    if !report.low_stock.is_empty() {
        paragraphs.push(format!("Stok menipis: {}.", report.low_stock.join(", ")));
    }
    let letter = Letter {
        to: owner(ctx, store).await?.email,
        subject: format!("Laporan mingguan {} – {}", report.store, day(report.to)),
        title: format!("Laporan mingguan {}", report.store),
        paragraphs,
        rows,
        button: Some(("Buka analitik".into(), format!("{}/seller/analytics", ctx.settings.public_url))),
    };
    send_once(ctx, &format!("weekly-report:{store}:{}", week_key(report.from)), "weekly_report", &letter).await
}
