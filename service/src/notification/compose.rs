//! Which letters an event makes us write. Indonesian; "kamu" to buyers, "Anda" to sellers.

use super::letter::Letter;
use super::security;
use crate::event::Event;
use crate::{Ctx, Error, Result};
use chrono::{DateTime, Datelike, Timelike, Utc};
use domain::analytics::WIB;
use domain::desk::ProofStatus;
use domain::id::{GroupId, OrderId, PaymentId, RefundId, StoreId, UserId, VariantId};
use entity::{order, order_line, payment, refund, store, user, variant};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

pub(super) async fn letters(ctx: &Ctx, event: &Event) -> Result<Vec<Letter>> {
    match event {
        Event::UserRegistered { user } => welcome(ctx, *user).await,
        Event::CheckoutPlaced { group } => placed(ctx, *group).await,
        Event::OrderPaid { order } => paid(ctx, *order).await,
        Event::OrderShipped { order } => shipped(ctx, *order).await,
        Event::OrderDelivered { order } => delivered(ctx, *order).await,
        Event::OrderCancelled { order } => cancelled(ctx, *order).await,
        Event::RefundSucceeded { refund } => refunded(ctx, *refund).await,
        Event::ProofRejected { payment } => proof_rejected(ctx, *payment).await,
        Event::StockLow { variant, .. } => stock_low(ctx, *variant).await,
        Event::EmailVerificationRequested { .. }
        | Event::PasswordResetRequested { .. }
        | Event::RegistrationRepeated { .. }
        | Event::PasswordChanged { .. } => security::letters(ctx, event).await,
        Event::OrderAccepted { .. }
        | Event::RefundRequested { .. }
        | Event::ReviewWritten { .. }
        | Event::StoreChanged { .. } => Ok(vec![]),
    }
}

async fn welcome(ctx: &Ctx, id: UserId) -> Result<Vec<Letter>> {
    let user = person(ctx, id).await?;
    Ok(vec![Letter {
        to: user.email,
        subject: "Selamat datang di Belanjain".into(),
        title: format!("Halo, {}!", user.name),
        paragraphs: vec!["Akun kamu sudah aktif. Selamat berbelanja di ribuan produk dari toko-toko Indonesia.".into()],
        button: Some(("Mulai belanja".into(), ctx.settings.public_url.clone())),
        ..Letter::default()
    }])
}

async fn placed(ctx: &Ctx, group: GroupId) -> Result<Vec<Letter>> {
    let payment = payment::Entity::find().filter(payment::Column::GroupId.eq(group)).one(&ctx.db).await?;
    let payment = payment.ok_or_else(|| Error::fault("checkout without payment"))?;
    let orders =
        order::Entity::find().filter(order::Column::GroupId.eq(group)).order_by_asc(order::Column::Id).all(&ctx.db).await?;
    let buyer = person(ctx, payment.buyer_id).await?;
    let mut rows: Vec<_> = orders.iter().map(|o| (format!("{} – {}", o.number, o.first_item), o.total.to_string())).collect();
    rows.push(("Total pembayaran".into(), payment.amount.to_string()));
    rows.push(("Bayar sebelum".into(), moment(payment.expires_at)));
    Ok(vec![Letter {
        to: buyer.email,
        subject: format!("Pesanan dibuat, menunggu pembayaran {}", payment.amount),
        title: "Pesanan kamu sudah kami catat".into(),
        paragraphs: vec!["Selesaikan pembayaran agar penjual dapat menyiapkan pesanan kamu.".into()],
        rows,
        button: Some(("Bayar sekarang".into(), format!("{}/pay/{}", ctx.settings.public_url, payment.id))),
    }])
}

async fn paid(ctx: &Ctx, id: OrderId) -> Result<Vec<Letter>> {
    let (order, buyer, owner) = parties(ctx, id).await?;
    let rows = lines(ctx, &order).await?;
    Ok(vec![
        Letter {
            to: buyer.email,
            subject: format!("Pembayaran diterima – {}", order.number),
            title: "Pembayaran kamu sudah kami terima".into(),
            paragraphs: vec!["Penjual akan segera menyiapkan pesanan kamu.".into()],
            rows: rows.clone(),
            button: Some(("Lihat pesanan".into(), buyer_link(ctx, &order))),
        },
        Letter {
            to: owner.email,
            subject: format!("Pesanan baru – {}", order.number),
            title: "Anda mendapat pesanan baru".into(),
            paragraphs: vec![format!("{} telah membayar. Terima dan kirim pesanan ini secepatnya.", order.buyer_name)],
            rows,
            button: Some(("Kelola pesanan".into(), seller_link(ctx, &order))),
        },
    ])
}

async fn shipped(ctx: &Ctx, id: OrderId) -> Result<Vec<Letter>> {
    let (order, buyer, _) = parties(ctx, id).await?;
    Ok(vec![Letter {
        to: buyer.email,
        subject: format!("Pesanan dikirim – {}", order.number),
        title: "Pesanan kamu dalam perjalanan".into(),
        paragraphs: vec!["Konfirmasi penerimaan setelah barang sampai.".into()],
        rows: vec![
            ("Kurir".into(), order.courier.clone()),
            ("Nomor resi".into(), order.tracking_number.clone().unwrap_or_default()),
            ("Pesanan".into(), order.number.clone()),
        ],
        button: Some(("Lacak pesanan".into(), buyer_link(ctx, &order))),
    }])
}

async fn delivered(ctx: &Ctx, id: OrderId) -> Result<Vec<Letter>> {
    let (order, buyer, _) = parties(ctx, id).await?;
    Ok(vec![Letter {
        to: buyer.email,
        subject: format!("Pesanan selesai – {}", order.number),
        title: "Pesanan kamu sudah sampai".into(),
        paragraphs: vec!["Ceritakan pengalaman kamu: ulasan membantu pembeli lain memilih.".into()],
        rows: lines(ctx, &order).await?,
        button: Some(("Tulis ulasan".into(), buyer_link(ctx, &order))),
    }])
}

async fn cancelled(ctx: &Ctx, id: OrderId) -> Result<Vec<Letter>> {
    let (order, buyer, owner) = parties(ctx, id).await?;
    let was_paid = refund::Entity::find().filter(refund::Column::OrderId.eq(id)).one(&ctx.db).await?.is_some();
    let money = if was_paid { "Uang kamu akan kami kembalikan." } else { "Tidak ada uang yang ditagih." };
    let mut letters = vec![Letter {
        to: buyer.email,
        subject: format!("Pesanan dibatalkan – {}", order.number),
        title: "Pesanan dibatalkan".into(),
        paragraphs: vec![format!("Pesanan {} telah dibatalkan. {money}", order.number)],
        button: Some(("Lihat pesanan".into(), buyer_link(ctx, &order))),
        ..Letter::default()
    }];
    if was_paid {
        letters.push(Letter {
            to: owner.email,
            subject: format!("Pesanan dibatalkan – {}", order.number),
            title: "Sebuah pesanan dibatalkan".into(),
            paragraphs: vec![format!("Pesanan {} dibatalkan; stoknya sudah dikembalikan.", order.number)],
            button: Some(("Kelola pesanan".into(), seller_link(ctx, &order))),
            ..Letter::default()
        });
    }
    Ok(letters)
}

async fn refunded(ctx: &Ctx, id: RefundId) -> Result<Vec<Letter>> {
    let row = refund::Entity::find_by_id(id).one(&ctx.db).await?.ok_or_else(|| Error::fault("refund vanished"))?;
    let payment = payment::Entity::find_by_id(row.payment_id).one(&ctx.db).await?;
    let payment = payment.ok_or_else(|| Error::fault("refund without payment"))?;
    let buyer = person(ctx, payment.buyer_id).await?;
    Ok(vec![Letter {
        to: buyer.email,
        subject: format!("Pengembalian dana {}", row.amount),
        title: "Dana kamu sudah dikembalikan".into(),
        paragraphs: vec!["Pengembalian dana dikirim melalui metode pembayaran yang kamu pakai.".into()],
        rows: vec![("Jumlah".into(), row.amount.to_string())],
        button: Some(("Lihat pesanan".into(), format!("{}/orders", ctx.settings.public_url))),
    }])
}

async fn proof_rejected(ctx: &Ctx, id: PaymentId) -> Result<Vec<Letter>> {
    let payment = payment::Entity::find_by_id(id).one(&ctx.db).await?.ok_or_else(|| Error::fault("payment vanished"))?;
    let proof = crate::desk::latest_proof(ctx, &payment).await?.ok_or_else(|| Error::fault("proof vanished"))?;
    // A newer one is on its way already.
    if proof.status != ProofStatus::Rejected {
        return Ok(vec![]);
    }
    let buyer = person(ctx, payment.buyer_id).await?;
    let sum = payment.transfer_amount.unwrap_or(payment.amount);
    Ok(vec![Letter {
        to: buyer.email,
        subject: format!("Bukti transfer {sum} belum dapat kami terima"),
        title: "Bukti transfer ditolak".into(),
        paragraphs: vec![proof.reason.unwrap_or_default(), "Pesanan kamu masih kami simpan. Unggah bukti yang benar.".into()],
        rows: vec![("Jumlah transfer".into(), sum.to_string()), ("Bayar sebelum".into(), moment(payment.expires_at))],
        button: Some(("Unggah bukti".into(), format!("{}/pay/{id}", ctx.settings.public_url))),
    }])
}

async fn stock_low(ctx: &Ctx, id: VariantId) -> Result<Vec<Letter>> {
    let Some(row) = variant::Entity::find_by_id(id).one(&ctx.db).await? else { return Ok(vec![]) };
    let product = entity::product::Entity::find_by_id(row.product_id).one(&ctx.db).await?;
    let name = product.map(|p| p.name).unwrap_or_default();
    let owner = owner(ctx, row.store_id).await?;
    let available = crate::catalog::goods::available(&ctx.db, &[id]).await?.get(&id).copied().unwrap_or(0);
    Ok(vec![Letter {
        to: owner.email,
        subject: format!("Stok menipis – {name}"),
        title: "Stok hampir habis".into(),
        paragraphs: vec![format!("Stok {name} tinggal {available}. Segera isi ulang agar penjualan tidak terhenti.")],
        rows: vec![("SKU".into(), row.sku)],
        button: Some(("Perbarui stok".into(), format!("{}/seller/inventory?low_stock=true", ctx.settings.public_url))),
    }])
}

async fn parties(ctx: &Ctx, id: OrderId) -> Result<(order::Model, user::Model, user::Model)> {
    let order = order::Entity::find_by_id(id).one(&ctx.db).await?.ok_or_else(|| Error::fault("order vanished"))?;
    let buyer = person(ctx, order.buyer_id).await?;
    let owner = owner(ctx, order.store_id).await?;
    Ok((order, buyer, owner))
}

pub(super) async fn person(ctx: &Ctx, id: UserId) -> Result<user::Model> {
    user::Entity::find_by_id(id).one(&ctx.db).await?.ok_or_else(|| Error::fault("user vanished"))
}

pub(super) async fn owner(ctx: &Ctx, store: StoreId) -> Result<user::Model> {
    let store = store::Entity::find_by_id(store).one(&ctx.db).await?.ok_or_else(|| Error::fault("store vanished"))?;
    person(ctx, store.owner_id).await
}

async fn lines(ctx: &Ctx, order: &order::Model) -> Result<Vec<(String, String)>> {
    let lines = order_line::Entity::find()
        .filter(order_line::Column::OrderId.eq(order.id))
        .order_by_asc(order_line::Column::Position)
        .all(&ctx.db)
        .await?;
    let mut rows: Vec<_> =
        lines.into_iter().map(|l| (format!("{} × {}", l.quantity, l.product_name), l.line_total.to_string())).collect();
    rows.push((format!("Ongkos kirim ({})", order.courier), order.shipping_cost.to_string()));
    rows.push(("Total".into(), order.total.to_string()));
    Ok(rows)
}

fn buyer_link(ctx: &Ctx, order: &order::Model) -> String {
    format!("{}/orders/{}", ctx.settings.public_url, order.number)
}

fn seller_link(ctx: &Ctx, order: &order::Model) -> String {
    format!("{}/seller/orders/{}", ctx.settings.public_url, order.number)
}

/// `21 Nov 2026, 14.05 WIB`.
fn moment(at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&WIB);
    format!("{}, {:02}.{:02} WIB", day(local.date_naive()), local.hour(), local.minute())
}

/// `21 Nov 2026`.
pub(super) fn day(date: chrono::NaiveDate) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"];
    format!("{} {} {}", date.day(), MONTHS[date.month0() as usize], date.year())
}
