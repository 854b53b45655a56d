//! Server functions of payouts.

#[cfg(feature = "ssr")]
use super::done::Done;
use crate::failure::Answer;
#[cfg(feature = "ssr")]
use crate::failure::in_form;
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

/// Payouts in a status, and all bank files; or the bank file of the number `batch` with the payouts in it.
#[server(endpoint = "finance/payouts", input = GetUrl)]
pub async fn get_payouts(
    status: Option<String>,
    page_number: Option<String>,
    batch_page: Option<String>,
    batch: Option<String>,
) -> Answer<Payouts> {
    use domain::payout::PayoutStatus;
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let batch = batch.as_deref().filter(|number| !number.is_empty());
    let status = match status.as_deref() {
        None | Some("") => batch.is_none().then_some(PayoutStatus::Requested),
        Some(text) => Some(text.parse().map_err(|()| domain::Error::invalid("status", "unknown_value"))?),
    };
    let page = service::payout::list(&ctx, &actor, status, batch, crate::server::page(page_number)?).await?;
    let files = crate::server::page(batch_page)?;
    Ok(Payouts { page, batches: service::payout::batches(&ctx, &actor, batch, files).await? })
}

/// One step of a payout; `action` says which. A refusal or failure has a reason, what was sent the
/// bank's reference.
#[server(endpoint = "finance/payout/decide")]
pub async fn decide_payout(
    payout: String,
    action: String,
    #[server(default)] reason: String,
    #[server(default)] reference: String,
) -> Answer<()> {
    use domain::payout::{PayoutReason, PayoutReference};
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let id = payout.parse().map_err(|_| domain::Error::NotFound(domain::Noun::Payout))?;
    let (decided, done) = match action.as_str() {
        "approve" => (service::payout::approve(&ctx, &actor, id).await, Done::PayoutApproved),
        "refuse" => (service::payout::refuse(&ctx, &actor, id, PayoutReason { reason }).await, Done::PayoutRefused),
        "settle" => (service::payout::settle(&ctx, &actor, id, PayoutReference { reference }).await, Done::PayoutSettled),
        "fail" => (service::payout::fail(&ctx, &actor, id, PayoutReason { reason }).await, Done::PayoutFailed),
        _ => return Err(domain::Error::invalid("action", "unknown_value").into()),
    };
    decided.map_err(in_form(&format!("{payout}-{action}")))?;
    leptos_axum::redirect(&done.on(&crate::server::came_from()));
    Ok(())
}

#[server(endpoint = "finance/payout/batch")]
pub async fn batch_payouts(#[server(default)] payouts: Vec<String>) -> Answer<()> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let ids = payouts.iter().map(|text| text.parse());
    let payouts = ids.collect::<Result<_, _>>().map_err(|_| domain::Error::NotFound(domain::Noun::Payout))?;
    service::payout::create_batch(&ctx, &actor, domain::payout::BatchInput { payouts }).await?;
    leptos_axum::redirect(&Done::BatchMade.on("/finance/payouts?status=sent"));
    Ok(())
}

#[server(endpoint = "finance/payout/settle-batch")]
pub async fn settle_batch(batch: String, reference: String) -> Answer<()> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let id = batch.parse().map_err(|_| domain::Error::NotFound(domain::Noun::Payout))?;
    let settled = service::payout::settle_batch(&ctx, &actor, id, domain::payout::PayoutReference { reference }).await;
    settled.map_err(in_form(&batch))?;
    leptos_axum::redirect(&Done::BatchSettled.on("/finance/payouts?status=settled"));
    Ok(())
}
