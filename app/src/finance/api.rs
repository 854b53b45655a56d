//! Server functions of the ledger, its balances, and statements of stores.

use crate::failure::Answer;
use crate::seller::StatementPage;
use domain::Page;
use domain::finance::{AccountBalance, AccountLine, FinanceFilter, LedgerRow, Sides};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::GetUrl;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    pub balances: Vec<AccountBalance>,
    /// Of all lines found, not only the page.
    pub sums: Sides,
    pub page: Page<LedgerRow>,
}

#[server(endpoint = "finance/ledger", input = GetUrl)]
pub async fn get_ledger(#[server(default)] filter: FinanceFilter, page_number: Option<String>) -> Answer<Ledger> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let (page, query) = (crate::server::page(page_number)?, filter.ledger()?);
    Ok(Ledger {
        balances: service::finance::balances(&ctx, &actor).await?,
        sums: service::finance::entry_sums(&ctx, &actor, &query).await?,
        page: service::finance::entries(&ctx, &actor, &query, page).await?,
    })
}

#[server(endpoint = "finance/accounts", input = GetUrl)]
pub async fn get_accounts(
    #[server(default)] filter: FinanceFilter,
    #[server(default)] negative: bool,
    page_number: Option<String>,
) -> Answer<Page<AccountLine>> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let page = crate::server::page(page_number)?;
    Ok(service::finance::lines(&ctx, &actor, &filter.balances(negative)?, page).await?)
}

#[server(endpoint = "finance/statement", input = GetUrl)]
pub async fn get_store_statement(store: String, month: Option<String>) -> Answer<StatementPage> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    Ok(StatementPage::cut(service::statement::of_store(&ctx, &actor, &store, month.as_deref()).await?))
}
