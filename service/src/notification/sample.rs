//! Every kind of letter with made-up values, for staff to look at.

use super::letter::{Letter, Reader};
use super::report;
use super::value::Value;
use crate::{Actor, Ctx, Result};
use chrono::{DateTime, TimeDelta, Utc};
use domain::analytics::{PeriodFigures, TopProduct, WIB, WeeklyReport, last_full_week, local_day};
use domain::id::{ProductId, UserId};
use domain::identity::Permission;
use domain::letter::LetterKind as K;
use domain::{Locale, Money};

const ORDER: &str = "BLJ-7K2M9Q";
const ACCOUNT: &str = "BCA ••••7890";
const PAYOUT: &str = "PAY-261121-7KQ2M9XA";
const STORE: &str = "Toko Sepatu Bandung";
const PRODUCT: &str = "Sepatu lari ringan";

/// A letter as its reader would see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    pub subject: String,
    pub html: String,
    pub text: String,
}

/// The kind of letter in that language, with sample values.
pub async fn preview(ctx: &Ctx, actor: &Actor, kind: K, locale: Locale) -> Result<Preview> {
    actor.require(Permission::SystemManage)?;
    let link = kind.is_optional().then(|| format!("{}/unsubscribe/contoh", ctx.settings.public_url));
    let rendered = letter(ctx, kind, locale).render(ctx, link.as_deref())?;
    Ok(Preview { subject: rendered.subject, html: rendered.html, text: rendered.text })
}

fn letter(ctx: &Ctx, kind: K, locale: Locale) -> Letter {
    let now = ctx.now();
    let reader = Reader { user: UserId(uuid::Uuid::nil()), name: "Budi Santoso".into(), email: "budi@contoh.id".into(), locale };
    let letter = Letter::new(ctx, kind, reader, "/");
    match kind {
        K::Welcome
        | K::VerifyEmail
        | K::ResetPassword
        | K::RegistrationRepeated
        | K::OpenAccount
        | K::PasswordChanged
        | K::TwoFactorOn
        | K::TwoFactorOff => letter,
        K::OrderPlaced => letter
            .rows([(format!("{ORDER} – {PRODUCT}"), Value::Money(Money(267_000)))])
            .with("total", Money(267_000))
            .row("total_payment", Money(267_000))
            .with_row("pay_before", now + TimeDelta::hours(24)),
        K::CodPlaced => letter.with("total", Money(267_000)).row("total_payment", Money(267_000)),
        K::PaymentDue => letter
            .with("total", Money(267_000))
            .row("total_payment", Money(267_000))
            .with_row("pay_before", now + TimeDelta::hours(3)),
        K::CompletionDue => letter.with("order", ORDER).row("order", ORDER).row("tracking_number", "JX1234567890"),
        K::PaymentReceived => goods(letter.with("order", ORDER)),
        K::NewOrder | K::NewCodOrder => goods(letter.with("order", ORDER).with("buyer", "Siti Rahma")),
        K::OrderAccepted | K::OrderDelivered => goods(letter.with("order", ORDER).with("store", STORE)),
        K::OrderShipped => {
            letter.with("order", ORDER).with_row("courier", "JNE").with_row("tracking_number", "JX1234567890").row("order", ORDER)
        }
        K::ReviewInvitation => letter.with("order", ORDER).with("product", PRODUCT).with("store", STORE),
        K::OrderCancelled => letter.with("order", ORDER).with("money", Value::Phrase("refund_comes")),
        K::SaleCancelled => letter.with("order", ORDER),
        K::RefundSent => letter.row("order", ORDER).with_row("amount", Money(267_000)),
        K::ProofRejected => letter
            .with("reason", "Bukti tidak terbaca")
            .with_row("transfer_amount", Money(267_123))
            .with_row("pay_before", now + TimeDelta::hours(12)),
        K::PayoutSent => letter
            .with_row("amount", Money(1_250_000))
            .with_row("account", ACCOUNT)
            .row("reference", "BCA-20261121-7")
            .row("payout", PAYOUT),
        K::PayoutReturned => letter
            .with("reason", "Rekening tutup")
            .with_row("amount", Money(1_250_000))
            .row("account", ACCOUNT)
            .row("payout", PAYOUT),
        K::PayoutAccountChanged => letter.with_row("account", ACCOUNT),
        K::LowStock => letter.with("product", PRODUCT).with("available", 3_i64).row("sku", "SEPATU-42"),
        K::WeeklyReport => report::fill(letter, weekly(now)),
        K::BooksWrong => letter
            .with("day", local_day(now, WIB))
            .with("disagreements", 2_i64)
            .with_row("reference", "K7M2P9QX")
            .rows([("1".to_owned(), Value::from("order total differs from its lines: BLJ-7K2M9Q"))]),
    }
}

fn goods(letter: Letter) -> Letter {
    letter
        .rows([(format!("1 × {PRODUCT}"), Value::Money(Money(249_000)))])
        .with("courier", "JNE")
        .row("shipping", Money(18_000))
        .with_row("total", Money(267_000))
}

fn weekly(now: DateTime<Utc>) -> WeeklyReport {
    let (from, to) = last_full_week(local_day(now, WIB));
    let top = TopProduct {
        product_id: ProductId(uuid::Uuid::nil()),
        slug: "sepatu-lari".into(),
        name: PRODUCT.into(),
        image_url: None,
        quantity: 12,
        revenue: Money(2_988_000),
    };
    WeeklyReport {
        store: STORE.into(),
        from,
        to,
        figures: PeriodFigures { revenue: Money(4_120_000), orders: 17, items: 23, change_percent: Some(12) },
        booked: Money(640_000),
        top_products: vec![top],
        low_stock: vec!["Kaus kaki".into(), PRODUCT.into()],
    }
}
