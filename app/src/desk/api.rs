//! Server functions of the desk.

#[cfg(feature = "ssr")]
use super::done::Done;
use crate::buying::{OrderFilter, Orders};
use crate::failure::Answer;
use crate::seller::Handled;
use domain::Page;
use domain::bank::{LineCounts, LineView};
use domain::desk::{BankAccount, DeskPayment, DeskRow, QueueFigures};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::GetUrl;

/// The queue, and the proof that is looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Desk {
    pub figures: QueueFigures,
    pub page: Page<DeskRow>,
    pub current: Option<DeskPayment>,
}

#[server(endpoint = "desk/queue", input = GetUrl)]
pub async fn get_desk(state: Option<String>, page_number: Option<String>, payment: Option<String>) -> Answer<Desk> {
    use domain::desk::QueueState;
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let state = match state.filter(|s| !s.is_empty()) {
        None => QueueState::Open,
        Some(text) => text.parse().map_err(|()| domain::Error::invalid("state", "unknown_value"))?,
    };
    let figures = service::desk::figures(&ctx, &actor).await?;
    let page = service::desk::list(&ctx, &actor, state, crate::server::page(page_number)?).await?;
    let current = match payment.filter(|p| !p.is_empty()) {
        None => None,
        Some(id) => Some(service::desk::find(&ctx, &actor, parse(&id)?).await?),
    };
    Ok(Desk { figures, page, current })
}

#[cfg(feature = "ssr")]
fn parse(id: &str) -> Result<domain::id::PaymentId, domain::Error> {
    id.parse().map_err(|_| domain::Error::NotFound(domain::Noun::Payment))
}

/// To the next proof nobody has in hand, or back to the empty queue; there it is told what was done.
#[cfg(feature = "ssr")]
async fn to_next(after: Option<domain::id::PaymentId>, done: Option<Done>) -> Answer<()> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let next = service::desk::claim_next(&ctx, &actor, after).await?;
    let next = next.map_or_else(|| "/desk".to_owned(), |id| format!("/desk?payment={id}"));
    leptos_axum::redirect(&done.map_or_else(|| next.clone(), |done| done.on(&next)));
    Ok(())
}

/// Who comes too late goes on like who decided, and is told.
#[cfg(feature = "ssr")]
fn done(decided: service::Result<DeskPayment>) -> Answer<Done> {
    use domain::Conflict;
    match decided {
        Ok(payment) => Ok(Done::of(&payment)),
        Err(service::Error::Domain(domain::Error::Conflict(Conflict::AlreadyDecided))) => Ok(Done::AlreadyDecided),
        Err(error) => Err(error.into()),
    }
}

#[server(endpoint = "desk/claim")]
pub async fn claim_proof(payment: String) -> Answer<()> {
    let id = parse(&payment)?;
    service::desk::claim(&crate::server::ctx()?, &crate::server::actor(), id).await?;
    leptos_axum::redirect(&format!("/desk?payment={id}"));
    Ok(())
}

/// Takes the next one; gives back the one that is skipped.
#[server(endpoint = "desk/next")]
pub async fn next_proof(#[server(default)] skipped: String) -> Answer<()> {
    let skipped = parse(&skipped).ok();
    if let Some(id) = skipped {
        service::desk::release(&crate::server::ctx()?, &crate::server::actor(), id).await?;
    }
    to_next(skipped, None).await
}

#[server(endpoint = "desk/approve")]
pub async fn approve_proof(payment: String, #[server(default)] proof: String, #[server(default)] amount: String) -> Answer<()> {
    let id = parse(&payment)?;
    let approval = domain::desk::Approval { proof_id: proof.parse().ok(), ..domain::desk::Approval::typed(&amount)? };
    let decided = service::desk::approve(&crate::server::ctx()?, &crate::server::actor(), id, approval).await;
    to_next(Some(id), Some(done(decided)?)).await
}

/// `preset` is a reason chosen, `reason` one typed; the typed one counts.
#[server(endpoint = "desk/reject")]
pub async fn reject_proof(
    payment: String,
    #[server(default)] proof: String,
    #[server(default)] preset: String,
    #[server(default)] reason: String,
) -> Answer<()> {
    let id = parse(&payment)?;
    let reason = if reason.trim().is_empty() { preset } else { reason };
    let rejection = domain::desk::Rejection { reason, proof_id: proof.parse().ok() };
    let decided = service::desk::reject(&crate::server::ctx()?, &crate::server::actor(), id, rejection).await;
    to_next(Some(id), Some(done(decided)?)).await
}

/// Orders of all stores, and how the second layer keeps up with them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fulfilment {
    pub figures: QueueFigures,
    pub orders: Orders,
}

#[server(endpoint = "desk/orders", input = GetUrl)]
pub async fn get_desk_orders(#[server(default)] filter: OrderFilter) -> Answer<Fulfilment> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let figures = service::order::desk::figures(&ctx, &actor).await?;
    let counts = service::order::desk::counts(&ctx, &actor).await?;
    let page = service::order::desk::list(&ctx, &actor, &filter.check()?).await?;
    Ok(Fulfilment { figures, orders: Orders { page, counts } })
}

#[server(endpoint = "desk/order", input = GetUrl)]
pub async fn get_desk_order(number: String) -> Answer<Handled> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let order = service::order::desk::find(&ctx, &actor, &number).await?;
    Ok(Handled { order, refunds: service::refund::of_desk_order(&ctx, &actor, &number).await? })
}

/// Lines of bank statements, and what they may pay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statements {
    pub counts: LineCounts,
    pub page: Page<LineView>,
    /// Names of the layouts a statement can have.
    pub layouts: Vec<String>,
    /// Ours.
    pub accounts: Vec<BankAccount>,
}

#[server(endpoint = "desk/statements", input = GetUrl)]
pub async fn get_statements(state: Option<String>, page_number: Option<String>) -> Answer<Statements> {
    use domain::bank::LineState;
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let state = match state.filter(|s| !s.is_empty()) {
        None => LineState::Proposed,
        Some(text) => text.parse().map_err(|()| domain::Error::invalid("state", "unknown_value"))?,
    };
    let counts = service::bank::counts(&ctx, &actor).await?;
    let page = service::bank::list(&ctx, &actor, state, crate::server::page(page_number)?).await?;
    let layouts = service::bank::layouts(&ctx, &actor).await?.into_iter().map(|l| l.name).collect();
    let accounts = service::bank::accounts(&ctx, &actor)?;
    Ok(Statements { counts, page, layouts, accounts })
}

/// With a payment, the line is for it, as `kind` says; without one it is about something else, or, once put
/// aside, not (`kind` is `reopen`).
#[server(endpoint = "desk/statements/decide")]
pub async fn decide_line(line: String, #[server(default)] payment: String, #[server(default)] kind: String) -> Answer<()> {
    use domain::bank::{CandidateKind, LineApproval};
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let id = line.parse().map_err(|_| domain::Error::NotFound(domain::Noun::BankStatement))?;
    let done = if kind == "reopen" {
        service::bank::reopen(&ctx, &actor, id).await?;
        Done::Reopened
    } else if payment.is_empty() {
        service::bank::dismiss(&ctx, &actor, id).await?;
        Done::Dismissed
    } else {
        let input = LineApproval { payment_id: parse(&payment)? };
        let (line, done) = match kind.parse::<CandidateKind>().map_err(|()| domain::Error::invalid("kind", "unknown_value"))? {
            CandidateKind::Open => (service::bank::approve(&ctx, &actor, id, input).await?, Done::Approved),
            CandidateKind::Counted => (service::bank::mark_counted(&ctx, &actor, id, input).await?, Done::Counted),
            CandidateKind::Ended => (service::bank::book_unexpected(&ctx, &actor, id, input).await?, Done::Unexpected),
        };
        if line.candidates.iter().any(|payment| payment.is_half_approved) { Done::HalfApproved } else { done }
    };
    leptos_axum::redirect(&done.on(&crate::server::came_from()));
    Ok(())
}

/// A layout as its form sends it: lists are separated by commas.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LayoutForm {
    pub name: String,
    pub bank: String,
    pub delimiter: String,
    pub date: String,
    pub date_formats: String,
    pub description: String,
    pub amount: String,
    pub mark: String,
    pub credit: String,
    pub numbers: String,
}

#[server(endpoint = "desk/statements/layout")]
pub async fn save_layout(layout: LayoutForm) -> Answer<()> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let list = |text: &str| text.split(',').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect();
    let own = domain::bank::Layout {
        date_formats: list(&layout.date_formats),
        description: list(&layout.description),
        mark: Some(layout.mark).filter(|_| !layout.credit.trim().is_empty()),
        numbers: layout.numbers.parse().map_err(|()| domain::Error::invalid("numbers", "unknown_value"))?,
        name: layout.name,
        bank: layout.bank,
        delimiter: layout.delimiter,
        date: layout.date,
        amount: layout.amount,
        credit: layout.credit,
    };
    let saved = service::bank::save_layout(&ctx, &actor, own).await?;
    leptos_axum::redirect(&format!("/desk/statements?layout={}", crate::server::url_encoded(&saved.name)));
    Ok(())
}
