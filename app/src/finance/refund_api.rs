//! Server functions of refunds and disputes.

#[cfg(feature = "ssr")]
use super::done::Done;
#[cfg(feature = "ssr")]
use super::method::name_methods;
use crate::failure::Answer;
#[cfg(feature = "ssr")]
use crate::failure::in_form;
use domain::Page;
use domain::payment::RefundStatus;
use domain::refund::{DisputeRow, RefundRow, RefundView};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::GetUrl;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refunds {
    pub page: Page<RefundRow>,
    /// How many are in each status that waits for somebody.
    pub waiting: Vec<(RefundStatus, i64)>,
}

#[server(endpoint = "finance/refunds", input = GetUrl)]
pub async fn get_refunds(status: Option<String>, page_number: Option<String>) -> Answer<Refunds> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let status = match status.as_deref() {
        None | Some("") => Some(RefundStatus::Requested),
        Some(text) => Some(text.parse().map_err(|()| domain::Error::invalid("status", "unknown_value"))?),
    };
    let page = service::refund::list(&ctx, &actor, status, crate::server::page(page_number)?).await?;
    Ok(Refunds { page, waiting: service::refund::waiting(&ctx, &actor).await? })
}

#[cfg(feature = "ssr")]
fn parse<T: std::str::FromStr>(id: &str, noun: domain::Noun) -> Result<T, domain::Error> {
    id.parse().map_err(|_| domain::Error::NotFound(noun))
}

#[server(endpoint = "finance/refund", input = GetUrl)]
pub async fn get_refund(id: String) -> Answer<RefundView> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let mut refund = service::refund::find(&ctx, &actor, parse(&id, domain::Noun::Refund)?).await?;
    name_methods(&ctx, &actor, [&mut refund.row.method]);
    Ok(refund)
}

/// `action`: approve, retry or by_hand.
#[server(endpoint = "finance/refund/decide")]
pub async fn decide_refund(refund: String, action: String) -> Answer<()> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let id = parse(&refund, domain::Noun::Refund)?;
    let (decided, done) = match action.as_str() {
        "approve" => (service::refund::approve(&ctx, &actor, id).await, Done::RefundApproved),
        "retry" => (service::refund::retry(&ctx, &actor, id).await, Done::RefundRetried),
        "by_hand" => (service::refund::by_hand(&ctx, &actor, id).await, Done::RefundByHand),
        _ => return Err(domain::Error::invalid("action", "unknown_value").into()),
    };
    decided?;
    leptos_axum::redirect(&done.on(&format!("/finance/refunds/{id}")));
    Ok(())
}

#[server(endpoint = "finance/refund/reject")]
pub async fn reject_refund(refund: String, #[server(default)] reason: String) -> Answer<()> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let id = parse(&refund, domain::Noun::Refund)?;
    service::refund::reject(&ctx, &actor, id, domain::refund::RefundRejection { reason }).await?;
    leptos_axum::redirect(&Done::RefundRejected.on(&format!("/finance/refunds/{id}")));
    Ok(())
}

#[server(endpoint = "finance/disputes", input = GetUrl)]
pub async fn get_disputes(state: Option<String>, page_number: Option<String>) -> Answer<Page<DisputeRow>> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let is_open = state.as_deref() != Some("resolved");
    let mut disputes = service::refund::disputes(&ctx, &actor, is_open, crate::server::page(page_number)?).await?;
    name_methods(&ctx, &actor, disputes.items.iter_mut().map(|dispute| &mut dispute.method));
    Ok(disputes)
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
        "" => Ok(None),
        text => text.parse().map(|amount| Some(domain::Money(amount))).map_err(|_| domain::Error::invalid("amount", "invalid")),
    };
    let resolved = match amount {
        Ok(amount) => {
            let input = domain::refund::DisputeResolution { resolution, outcome, amount, order: Some(order) };
            service::refund::resolve(&ctx, &actor, id, input).await
        }
        Err(error) => Err(error.into()),
    };
    resolved.map_err(in_form(&dispute))?;
    leptos_axum::redirect(&Done::DisputeResolved.on("/finance/disputes"));
    Ok(())
}
