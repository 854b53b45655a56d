//! What accounts, transactions and filters are called.

use crate::i18n::{Text, t, text};
use domain::finance::{Figure, FinanceFilter};
use domain::ledger::{AccountKind, LedgerKind};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use std::fmt::Display;
use std::str::FromStr;

pub fn account_text(account: AccountKind) -> Text {
    match account {
        AccountKind::GatewayClearing => text::finance::ACCOUNT_GATEWAY_CLEARING,
        AccountKind::Bank => text::finance::ACCOUNT_BANK,
        AccountKind::GatewayFee => text::finance::ACCOUNT_GATEWAY_FEE,
        AccountKind::VoucherFunding => text::finance::ACCOUNT_VOUCHER_FUNDING,
        AccountKind::Escrow => text::finance::ACCOUNT_ESCROW,
        AccountKind::SellerPayable => text::finance::ACCOUNT_SELLER_PAYABLE,
        AccountKind::PayoutTransit => text::finance::ACCOUNT_PAYOUT_TRANSIT,
        AccountKind::Shipping => text::finance::ACCOUNT_SHIPPING,
        AccountKind::Tax => text::finance::ACCOUNT_TAX,
        AccountKind::CommissionTax => text::finance::ACCOUNT_COMMISSION_TAX,
        AccountKind::Commission => text::finance::ACCOUNT_COMMISSION,
        AccountKind::RefundPayable => text::finance::ACCOUNT_REFUND_PAYABLE,
        AccountKind::Rounding => text::finance::ACCOUNT_ROUNDING,
        AccountKind::CodReceivable => text::finance::ACCOUNT_COD_RECEIVABLE,
        AccountKind::ChargebackLoss => text::finance::ACCOUNT_CHARGEBACK_LOSS,
    }
}

pub fn kind_text(kind: LedgerKind) -> Text {
    match kind {
        LedgerKind::Charge => text::finance::KIND_CHARGE,
        LedgerKind::Release => text::finance::KIND_RELEASE,
        LedgerKind::RefundDue => text::finance::KIND_REFUND_DUE,
        LedgerKind::UnexpectedMoney => text::finance::KIND_UNEXPECTED_MONEY,
        LedgerKind::Surplus => text::finance::KIND_SURPLUS,
        LedgerKind::RefundPaid => text::finance::KIND_REFUND_PAID,
        LedgerKind::PayoutRequested => text::finance::KIND_PAYOUT_REQUESTED,
        LedgerKind::PayoutReturned => text::finance::KIND_PAYOUT_RETURNED,
        LedgerKind::PayoutSettled => text::finance::KIND_PAYOUT_SETTLED,
        LedgerKind::Chargeback => text::finance::KIND_CHARGEBACK,
        LedgerKind::Settlement => text::finance::KIND_SETTLEMENT,
        LedgerKind::CodCollected => text::finance::KIND_COD_COLLECTED,
        LedgerKind::CodOffset => text::finance::KIND_COD_OFFSET,
    }
}

pub fn figure_text(figure: Figure) -> Text {
    match figure {
        Figure::Received => text::finance::RECEIVED,
        Figure::Cash => text::finance::CASH,
        Figure::Refunded => text::finance::REFUNDED,
        Figure::ChargedBack => text::finance::CHARGED_BACK,
        Figure::Released => text::finance::RELEASED,
        Figure::Commission => text::finance::COMMISSION,
        Figure::Tax => text::finance::TAX,
        Figure::PaidOut => text::finance::PAID_OUT,
        Figure::Settled => text::finance::SETTLED,
        Figure::Fees => text::finance::FEES,
    }
}

/// The way to all transactions about an order, a payment or a payout.
#[component]
pub fn About(#[prop(into)] number: String) -> impl IntoView {
    view! { <a class="link" href=format!("/finance/transactions?q={number}")>{number.clone()}</a> }
}

/// Options of a select: every value, and the present one where it is several, by commas.
pub fn options<T: Copy + Display + FromStr>(all: &[T], name: fn(T) -> Text, chosen: &str) -> Vec<AnyView> {
    let option = |value: String, label: String| {
        let selected = value == chosen;
        view! { <option value=value selected=selected>{label}</option> }.into_any()
    };
    let names = || chosen.split(',').filter_map(|c| c.trim().parse().ok()).map(|c| t(name(c))).collect::<Vec<_>>().join(", ");
    let several = chosen.contains(',').then(|| option(chosen.to_owned(), names()));
    several.into_iter().chain(all.iter().map(|c| option(c.to_string(), t(name(*c)).to_owned()))).collect()
}

/// The filter as the address has it.
pub fn filter_of_url() -> FinanceFilter {
    let query = use_query_map();
    let query = query.read();
    let get = |name: &str| query.get(name).filter(|v| !v.trim().is_empty());
    FinanceFilter {
        kind: get("kind"),
        account: get("account"),
        gateway: get("gateway"),
        store: get("store"),
        q: get("q"),
        from: get("from"),
        to: get("to"),
        period: get("period"),
    }
}

/// The filter as a query string, for exports and links.
pub fn query_of(filter: &FinanceFilter) -> String {
    let FinanceFilter { kind, account, gateway, store, q, from, to, period } = filter;
    let pairs = [
        ("kind", kind),
        ("account", account),
        ("gateway", gateway),
        ("store", store),
        ("q", q),
        ("from", from),
        ("to", to),
        ("period", period),
    ];
    let plain = |b: u8| {
        if b.is_ascii_alphanumeric() || b"-_.".contains(&b) { char::from(b).to_string() } else { format!("%{b:02X}") }
    };
    pairs
        .iter()
        .filter_map(|(name, value)| Some(format!("{name}={}", value.as_ref()?.bytes().map(plain).collect::<String>())))
        .collect::<Vec<_>>()
        .join("&")
}
