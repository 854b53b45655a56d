//! Server functions of the store's money.

use crate::failure::Answer;
use domain::Page;
use domain::payout::{PayoutRow, SellerBalance};
use domain::rate::TaxRule;
use domain::statement::Statement;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::GetUrl;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreMoney {
    pub balance: SellerBalance,
    pub payouts: Page<PayoutRow>,
    pub tax: TaxRule,
}

#[server(endpoint = "seller/money", input = GetUrl)]
pub async fn get_money(page_number: Option<String>) -> Answer<StoreMoney> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    Ok(StoreMoney {
        balance: service::payout::balance(&ctx, &actor).await?,
        payouts: service::payout::own(&ctx, &actor, crate::server::page(page_number)?).await?,
        tax: service::store::own(&ctx, &actor).await?.tax,
    })
}

#[server(endpoint = "seller/payout/request")]
pub async fn request_payout(amount: String) -> Answer<()> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let amount = amount.trim().parse().map_err(|_| domain::Error::invalid("amount", "not_a_number"))?;
    service::payout::request(&ctx, &actor, domain::payout::PayoutInput { amount: domain::Money(amount) }).await?;
    leptos_axum::redirect("/seller/payouts");
    Ok(())
}

#[server(endpoint = "seller/payout/account")]
pub async fn set_account(bank: String, account_number: String, holder: String) -> Answer<()> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let input = domain::payout::PayoutAccountInput { bank, account_number, holder };
    service::payout::set_account(&ctx, &actor, input).await?;
    leptos_axum::redirect("/seller/payouts");
    Ok(())
}

#[server(endpoint = "seller/tax")]
pub async fn set_tax(mode: String, tax_basis_points: String) -> Answer<()> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let mode = mode.parse().map_err(|()| domain::Error::invalid("mode", "unknown_value"))?;
    let rate = tax_basis_points.trim().parse();
    let basis_points = rate.map_err(|_| domain::Error::invalid("tax_basis_points", "not_a_number"))?;
    service::store::set_tax(&ctx, &actor, TaxRule { mode, basis_points }).await?;
    leptos_axum::redirect("/seller/payouts");
    Ok(())
}

/// Lines of a statement shown on its page; the file has all of them.
pub const SHOWN: usize = 500;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementPage {
    pub statement: Statement,
    pub is_cut: bool,
}

#[cfg(feature = "ssr")]
impl StatementPage {
    pub fn cut(mut statement: Statement) -> Self {
        let is_cut = statement.lines.len() > SHOWN;
        statement.lines.truncate(SHOWN);
        Self { statement, is_cut }
    }
}

#[server(endpoint = "seller/statement", input = GetUrl)]
pub async fn get_statement(month: Option<String>) -> Answer<StatementPage> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    Ok(StatementPage::cut(service::statement::find(&ctx, &actor, month.as_deref()).await?))
}
