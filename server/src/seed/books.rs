//! Rates, taxes, payouts in every state and a gateway's report: what finance finds in the demo.

use super::STAFF;
use chrono::TimeDelta;
use domain::id::SessionId;
use domain::identity::BUILT_IN_ROLES;
use domain::payout::{BatchInput, PayoutAccountInput, PayoutInput, PayoutReason, PayoutReference, PayoutRow};
use domain::rate::{PPN, RateInput, RateKind, TaxMode, TaxRule};
use domain::settlement::ColumnNames;
use domain::{Locale, Money, PageRequest};
use entity::{category, user};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use service::identity::{Grant, SignedIn};
use service::settlement::Report;
use service::{Actor, Ctx, Error, Result, db, payout, rate, settlement, store};

/// What the platform keeps, in ten-thousandths.
const COMMISSION: i64 = 250;
/// Of shoes and everything below.
const COMMISSION_SHOES: i64 = 400;
/// Stores with PPN in, and on top of, their prices.
const TAXED: [(usize, TaxMode); 2] = [(2, TaxMode::Included), (5, TaxMode::Added)];

/// A member of the demo's staff. Not signed in by password: how that is done is not the books' affair.
async fn staff(ctx: &Ctx, role: &str) -> Result<Actor> {
    let email = STAFF.iter().find(|s| s.0 == role).map(|s| s.1).unwrap_or_default();
    let person = user::Entity::find().filter(user::Column::EmailKey.eq(email)).one(&ctx.db).await?;
    let person = person.ok_or_else(|| Error::fault(format!("{role} is not seeded")))?;
    let permissions = BUILT_IN_ROLES.iter().find(|r| r.name == role).map(|r| r.permissions.iter().copied().collect());
    let grants = vec![Grant { store: None, permissions: permissions.unwrap_or_default() }];
    let session: SessionId = db::new_id();
    let user = SignedIn { id: person.id, session, name: person.name, email: person.email, grants, two_factor_missing: false };
    Ok(Actor { user: Some(user), ..Actor::guest(Locale::Id) })
}

/// Before the first sale.
pub(super) async fn rates(ctx: &Ctx, sellers: &[Actor]) -> Result<()> {
    let admin = staff(ctx, "admin").await?;
    let set = async |kind, category_id, basis_points| {
        let input = RateInput { kind, category_id, store_id: None, basis_points: Some(basis_points) };
        rate::set(ctx, &admin, input).await.map(drop)
    };
    set(RateKind::Commission, None, COMMISSION).await?;
    set(RateKind::CommissionTax, None, PPN).await?;
    if let Some(shoes) = category::Entity::find().filter(category::Column::Slug.eq("sepatu")).one(&ctx.db).await? {
        set(RateKind::Commission, Some(shoes.id), COMMISSION_SHOES).await?;
    }
    for (index, mode) in TAXED {
        if let Some(seller) = sellers.get(index) {
            store::set_tax(ctx, seller, TaxRule { mode, basis_points: PPN }).await?;
        }
    }
    Ok(())
}

/// After the last sale: the first stores draw a part of what they have.
pub(super) async fn payouts(ctx: &Ctx, sellers: &[Actor]) -> Result<()> {
    let finance = &staff(ctx, "finance").await?;
    let reason = |text: &str| PayoutReason { reason: text.to_owned() };
    let accounts = [("BCA", "8720045511"), ("Mandiri", "1370009988776"), ("BRI", "034501001234567"), ("BNI", "0712345678")];
    let mut asked: Vec<PayoutRow> = vec![];
    for (seller, (bank, number)) in sellers.iter().zip(accounts.iter().cycle()).take(6) {
        let holder = seller.user()?.name.clone();
        let account = PayoutAccountInput { bank: (*bank).to_owned(), account_number: (*number).to_owned(), holder };
        payout::set_account(&ctx.at(ctx.now() - TimeDelta::days(9)), seller, account).await?;
        let available = payout::balance(ctx, seller).await?.available;
        // Whole thousands, about half of it.
        let amount = Money(available.rupiah() / 2_000 * 1_000);
        if amount >= domain::payout::MINIMUM {
            asked.push(payout::request(&ctx.at(ctx.now() - TimeDelta::days(5)), seller, PayoutInput { amount }).await?);
        }
    }
    let then = &ctx.at(ctx.now() - TimeDelta::days(4));
    // Settled, failed, in a file, approved, refused; the last one waits.
    let [settled, failed, sent, approved, refused, ..] = asked.as_slice() else { return Ok(()) };
    for row in [settled, failed, sent, approved] {
        payout::approve(then, finance, row.id).await?;
    }
    payout::refuse(then, finance, refused.id, reason("Nama rekening tidak sesuai nama toko")).await?;
    payout::create_batch(then, finance, BatchInput { payouts: vec![settled.id, failed.id, sent.id] }).await?;
    let later = &ctx.at(ctx.now() - TimeDelta::days(3));
    payout::settle(later, finance, settled.id, PayoutReference { reference: "BCA-20261118-001".into() }).await?;
    payout::fail(later, finance, failed.id, reason("Rekening tujuan ditutup")).await?;
    Ok(())
}

/// The gateway has paid out its older payments, one of them with another amount, and names one
/// nobody knows.
pub(super) async fn settlement(ctx: &Ctx) -> Result<()> {
    let finance = &staff(ctx, "finance").await?;
    let open = settlement::unsettled(ctx, finance, Some("sandbox"), PageRequest::new(None, Some(60))?).await?;
    let mut text = String::from("payment_id,gross_amount,fee,net_amount\n");
    for (index, row) in open.items.iter().enumerate() {
        let gross = row.amount.rupiah() - if index == 3 { 1_000 } else { 0 };
        // Nothing is kept of what went back.
        let fee = (gross * 7 / 1_000).max(0);
        text.push_str(&format!("{},{gross},{fee},{}\n", row.payment_id, gross - fee));
    }
    if open.items.is_empty() {
        return Ok(());
    }
    text.push_str("SBX-TIDAK-DIKENAL,125000,875,124125\n");
    let columns = ColumnNames::default();
    let report = Report { gateway: "sandbox".into(), file_name: "sandbox-settlement.csv".into(), bytes: text.into(), columns };
    settlement::import(&ctx.at(ctx.now() - TimeDelta::days(1)), finance, report).await?;
    Ok(())
}
