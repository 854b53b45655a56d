//! Invoices: the order as a document.

mod pdf;

use crate::export::File;
use crate::{Actor, Ctx, Result, order, payment};
use domain::order::Invoice;

/// The invoice of an order (by the order's number): for its buyer, its store, and finance. Not found
/// for everybody else.
pub async fn find(ctx: &Ctx, actor: &Actor, number: &str) -> Result<Invoice> {
    let order = order::visible(ctx, actor, number).await?;
    let method = payment::method_name(ctx, actor.locale, &order.payment.method);
    Ok(Invoice::of(order, method))
}

/// The same as a PDF.
pub async fn download(ctx: &Ctx, actor: &Actor, number: &str) -> Result<File> {
    let invoice = find(ctx, actor, number).await?;
    let bytes = pdf::draw(&invoice, actor.locale);
    Ok(File { name: format!("{}.pdf", invoice.number), media_type: "application/pdf", bytes })
}
