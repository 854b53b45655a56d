//! Server functions of refunds and disputes.

use crate::failure::Answer;
use domain::Page;
use domain::refund::{DisputeRow, RefundRow, RefundView};
use leptos::prelude::*;
use server_fn::codec::GetUrl;

#[server(endpoint = "finance/refunds", input = GetUrl)]
pub async fn get_refunds(status: Option<String>, page_number: Option<String>) -> Answer<Page<RefundRow>> {
    use domain::payment::RefundStatus;
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let status = match status.as_deref() {
        None | Some("") => Some(RefundStatus::Requested),
        Some(text) => Some(text.parse().map_err(|()| domain::Error::invalid("status", "unknown_value"))?),
    };
    Ok(service::refund::list(&ctx, &actor, status, crate::server::page(page_number)?).await?)
}

#[cfg(feature = "ssr")]
fn parse<T: std::str::FromStr>(id: &str, noun: domain::Noun) -> Result<T, domain::Error> {
    id.parse().map_err(|_| domain::Error::NotFound(noun))
}

#[server(endpoint = "finance/refund", input = GetUrl)]
pub async fn get_refund(id: String) -> Answer<RefundView> {
    let id = parse(&id, domain::Noun::Refund)?;
    Ok(service::refund::find(&crate::server::ctx()?, &crate::server::actor(), id).await?)
}

/// `action`: approve, retry or by_hand.
#[server(endpoint = "finance/refund/decide")]
pub async fn decide_refund(refund: String, action: String) -> Answer<()> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let id = parse(&refund, domain::Noun::Refund)?;
    match action.as_str() {
        "approve" => service::refund::approve(&ctx, &actor, id).await?,
        "retry" => service::refund::retry(&ctx, &actor, id).await?,
        "by_hand" => service::refund::by_hand(&ctx, &actor, id).await?,
        _ => return Err(domain::Error::invalid("action", "unknown_value").into()),
    };
    leptos_axum::redirect(&format!("/finance/refunds/{refund}"));
    Ok(())
}

#[server(endpoint = "finance/refund/reject")]
pub async fn reject_refund(refund: String, #[server(default)] reason: String) -> Answer<()> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let id = parse(&refund, domain::Noun::Refund)?;
    service::refund::reject(&ctx, &actor, id, domain::refund::RefundRejection { reason }).await?;
    leptos_axum::redirect(&format!("/finance/refunds/{refund}"));
    Ok(())
}

#[server(endpoint = "finance/disputes", input = GetUrl)]
pub async fn get_disputes(state: Option<String>, page_number: Option<String>) -> Answer<Page<DisputeRow>> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let is_open = state.as_deref() != Some("resolved");
    Ok(service::refund::disputes(&ctx, &actor, is_open, crate::server::page(page_number)?).await?)
}

#[server(endpoint = "finance/dispute/resolve")]
pub async fn resolve_dispute(
    dispute: String,
    outcome: String,
    #[server(default)] amount: String,
    #[server(default)] order: String,
    #[server(default)] resolution: String,
) -> Answer<()> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let id = parse(&dispute, domain::Noun::Dispute)?;
    let outcome = outcome.parse().map_err(|()| domain::Error::invalid("outcome", "unknown_value"))?;
    let amount = match amount.trim() {
        "" => None,
        text => Some(domain::Money(text.parse().map_err(|_| domain::Error::invalid("amount", "invalid"))?)),
    };
    let input = domain::refund::DisputeResolution { resolution, outcome, amount, order: Some(order) };
    service::refund::resolve(&ctx, &actor, id, input).await?;
    leptos_axum::redirect("/finance/disputes");
    Ok(())
}
