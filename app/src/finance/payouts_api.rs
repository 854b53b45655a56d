//! Server functions of payouts.

use crate::failure::Answer;
use domain::Page;
use domain::payout::{PayoutBatch, PayoutRow};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::GetUrl;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payouts {
    pub page: Page<PayoutRow>,
    pub batches: Page<PayoutBatch>,
}

#[server(endpoint = "finance/payouts", input = GetUrl)]
pub async fn get_payouts(status: Option<String>, page_number: Option<String>) -> Answer<Payouts> {
    use domain::payout::PayoutStatus;
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let status = match status.as_deref() {
        None | Some("") => PayoutStatus::Requested,
        Some(text) => text.parse().map_err(|()| domain::Error::invalid("status", "unknown_value"))?,
    };
    let page = service::payout::list(&ctx, &actor, Some(status), crate::server::page(page_number)?).await?;
    Ok(Payouts { page, batches: service::payout::batches(&ctx, &actor, domain::PageRequest::default()).await? })
}

/// One step of a payout; `action` says which, `words` is the reason or the bank's reference.
#[server(endpoint = "finance/payout/decide")]
pub async fn decide_payout(payout: String, action: String, #[server(default)] words: String) -> Answer<()> {
    use domain::payout::{PayoutReason, PayoutReference};
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let id = payout.parse().map_err(|_| domain::Error::NotFound(domain::Noun::Payout))?;
    match action.as_str() {
        "approve" => service::payout::approve(&ctx, &actor, id).await?,
        "refuse" => service::payout::refuse(&ctx, &actor, id, PayoutReason { reason: words }).await?,
        "settle" => service::payout::settle(&ctx, &actor, id, PayoutReference { reference: words }).await?,
        "fail" => service::payout::fail(&ctx, &actor, id, PayoutReason { reason: words }).await?,
        _ => return Err(domain::Error::invalid("action", "unknown_value").into()),
    };
    leptos_axum::redirect(&crate::server::came_from());
    Ok(())
}

#[server(endpoint = "finance/payout/batch")]
pub async fn batch_payouts(#[server(default)] payouts: Vec<String>) -> Answer<()> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let ids = payouts.iter().map(|text| text.parse());
    let payouts = ids.collect::<Result<_, _>>().map_err(|_| domain::Error::NotFound(domain::Noun::Payout))?;
    service::payout::create_batch(&ctx, &actor, domain::payout::BatchInput { payouts }).await?;
    leptos_axum::redirect("/finance/payouts?status=sent");
    Ok(())
}

#[server(endpoint = "finance/payout/settle-batch")]
pub async fn settle_batch(batch: String, reference: String) -> Answer<()> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let id = batch.parse().map_err(|_| domain::Error::NotFound(domain::Noun::Payout))?;
    service::payout::settle_batch(&ctx, &actor, id, domain::payout::PayoutReference { reference }).await?;
    leptos_axum::redirect("/finance/payouts?status=settled");
    Ok(())
}
