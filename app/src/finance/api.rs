//! Server functions of finance.

use crate::failure::Answer;
use domain::Page;
use domain::finance::{AccountBalance, LedgerRow};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::GetUrl;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    pub balances: Vec<AccountBalance>,
    pub page: Page<LedgerRow>,
}

#[server(endpoint = "finance/ledger", input = GetUrl)]
pub async fn get_ledger(account: Option<String>, page_number: Option<String>) -> Answer<Ledger> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let account = match account.as_deref() {
        None | Some("") => None,
        Some(text) => Some(text.parse().map_err(|()| domain::Error::invalid("account", "unknown_value"))?),
    };
    let balances = service::finance::balances(&ctx, &actor).await?;
    Ok(Ledger { balances, page: service::finance::entries(&ctx, &actor, account, crate::server::page(page_number)?).await? })
}
