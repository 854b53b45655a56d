//! Server functions of finance.

use crate::failure::Answer;
use domain::Page;
use domain::finance::{AccountBalance, LedgerRow, RefundRow};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::GetUrl;

#[server(endpoint = "finance/refunds", input = GetUrl)]
pub async fn get_refunds(status: Option<String>, page_number: Option<String>) -> Answer<Page<RefundRow>> {
    use domain::payment::RefundStatus;
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let status = match status.as_deref() {
        None | Some("") => Some(RefundStatus::Requested),
        Some(text) => Some(text.parse().map_err(|()| domain::Error::invalid("status", "unknown_value"))?),
    };
    Ok(service::finance::refunds(&ctx, &actor, status, crate::server::page(page_number)?).await?)
}

#[server(endpoint = "finance/refund/complete")]
pub async fn complete_refund(refund: String, reference: String) -> Answer<()> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let id = refund.parse().map_err(|_| domain::Error::NotFound(domain::Noun::Refund))?;
    service::finance::complete(&ctx, &actor, id, domain::finance::RefundProof { reference }).await?;
    leptos_axum::redirect("/finance");
    Ok(())
}

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
