//! Refunds: what waits for a decision, what must be sent, and what was.

use super::frame::Frame;
use super::refund_api::{Refunds, get_refunds};
use crate::i18n::{Text, moment, refund_status_text, t, text};
use crate::load::load;
use crate::ui::{EmptyState, FailureView, Money, PageTitle, Pagination, SkeletonPage};
use domain::payment::{RefundReason, RefundStatus};
use domain::refund::RefundRow;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

#[component]
pub fn FinanceRefunds() -> impl IntoView {
    let query = use_query_map();
    let source = move || (query.read().get("status"), query.read().get("page"));
    let refunds = load(source, |(status, page)| get_refunds(status, page));
    view! {
        <Frame>
            <Transition fallback=SkeletonPage>
                {move || Suspend::new(async move {
                    match refunds.await {
                        Ok(refunds) => view! { <Content refunds /> }.into_any(),
                        Err(failure) => view! { <FailureView failure /> }.into_any(),
                    }
                })}
            </Transition>
        </Frame>
    }
    .into_any()
}

#[component]
fn Content(refunds: Refunds) -> impl IntoView {
    let Refunds { page, waiting } = refunds;
    let chosen = use_query_map().read_untracked().get("status").and_then(|s| s.parse().ok()).unwrap_or(RefundStatus::Requested);
    let (number, last) = (page.page, page.last());
    // What waits in another tab is not overlooked.
    let count = |status: RefundStatus| {
        let found = waiting.iter().find(|(of, _)| *of == status).map(|(_, count)| *count);
        found.map(|count| view! { <span class="badge badge-sm tabular-nums" data-status=status.as_str()>{count}</span> })
    };
    view! {
        <PageTitle title=t(text::finance::REFUNDS) />
        <nav class="mb-4 flex gap-1 overflow-x-auto" aria-label=t(text::finance::STATUSES)>
            {RefundStatus::ALL.iter().map(|s| view! {
                <a class="btn btn-sm aria-[current]:btn-primary shrink-0" href=format!("/finance?status={s}") aria-current=(*s == chosen).then_some("page")>{t(refund_status_text(*s))}{count(*s)}</a>
            }).collect_view()}
        </nav>
        {if page.items.is_empty() {
            view! { <EmptyState title=t(text::finance::NO_REFUNDS) icon="circle-check" /> }.into_any()
        } else {
            view! { <ul class="grid gap-3" data-testid="refunds">{page.items.into_iter().map(|row| view! { <Row row /> }).collect_view()}</ul> }.into_any()
        }}
        <Pagination page=number last />
    }
}

pub fn reason_text(reason: RefundReason) -> Text {
    match reason {
        RefundReason::OrderCancelled => text::finance::REASON_ORDER_CANCELLED,
        RefundReason::LatePayment => text::finance::REASON_LATE_PAYMENT,
        RefundReason::DoublePayment => text::finance::REASON_DOUBLE_PAYMENT,
        RefundReason::AmountMismatch => text::finance::REASON_AMOUNT_MISMATCH,
        RefundReason::StockInsufficient => text::finance::REASON_STOCK_INSUFFICIENT,
        RefundReason::OnRequest => text::finance::REASON_ON_REQUEST,
        RefundReason::ByGateway => text::finance::REASON_BY_GATEWAY,
        RefundReason::Chargeback => text::finance::REASON_CHARGEBACK,
    }
}

#[component]
fn Row(row: RefundRow) -> impl IntoView {
    let is_open = matches!(row.status, RefundStatus::Requested | RefundStatus::Failed);
    let href = format!("/finance/refunds/{}", row.id);
    view! {
        <li class="card bg-base-100 p-4">
            <a class="flex flex-wrap items-start justify-between gap-3" href=href>
                <span class="grid gap-0.5">
                    <span class="font-semibold">{row.buyer}</span>
                    <span class="text-sm">{t(reason_text(row.reason))}{row.order_number.map(|number| format!(" · {number}"))}" · "{moment(row.created_at)}</span>
                    {row.note.map(|note| view! { <span class="text-sm">{note}</span> })}
                    {row.sender.filter(|_| row.is_by_hand).map(|sender| view! { <span class="text-sm">{t(text::finance::TO)}": "{sender}</span> })}
                    {(is_open && row.has_failed).then(|| view! { <span class="text-error text-sm">{t(text::finance::NOT_SENT)}</span> })}
                </span>
                <span class="grid justify-items-end gap-1"><span class="text-lg font-bold"><Money amount=row.amount /></span>
                    <span class="badge h-auto py-1">{t(if row.is_by_hand { text::finance::BY_HAND } else { text::finance::BY_GATEWAY })}</span></span>
            </a>
        </li>
    }
}
