//! Refunds: what must be sent, to whom, and what was.

use super::api::{CompleteRefund, get_refunds};
use super::frame::Frame;
use crate::i18n::{Text, moment, t, text};
use crate::load::{Load, load};
use crate::ui::{
    EmptyState, ErrorSummary, Errors, FailureView, Field, HiddenField, Money, PageTitle, Pagination, SkeletonPage, SubmitButton,
};
use domain::Page;
use domain::finance::RefundRow;
use domain::payment::{RefundReason, RefundStatus};
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::{LazyRoute, lazy_route};

pub struct FinanceRefunds {
    refunds: Load<Page<RefundRow>>,
    complete: ServerAction<CompleteRefund>,
}

#[lazy_route]
impl LazyRoute for FinanceRefunds {
    fn data() -> Self {
        let query = use_query_map();
        let complete = ServerAction::<CompleteRefund>::new();
        let source = move || (query.read().get("status"), query.read().get("page"), complete.version().get());
        Self { refunds: load(source, |(status, page, _)| get_refunds(status, page)), complete }
    }

    fn view(this: Self) -> AnyView {
        let FinanceRefunds { refunds, complete } = this;
        view! {
            <Frame>
                <div aria-live="polite"><ErrorSummary errors=Errors::of(complete) /></div>
                <Transition fallback=SkeletonPage>
                    {move || Suspend::new(async move {
                        match refunds.await {
                            Ok(page) => view! { <Content page complete /> }.into_any(),
                            Err(failure) => view! { <FailureView failure /> }.into_any(),
                        }
                    })}
                </Transition>
            </Frame>
        }
        .into_any()
    }
}

#[component]
fn Content(page: Page<RefundRow>, complete: ServerAction<CompleteRefund>) -> impl IntoView {
    let chosen = use_query_map().read_untracked().get("status").and_then(|s| s.parse().ok()).unwrap_or(RefundStatus::Requested);
    let (number, last) = (page.page, page.last());
    let label = |status: &RefundStatus| match status {
        RefundStatus::Requested => text::finance::REQUESTED,
        RefundStatus::Succeeded => text::finance::SUCCEEDED,
        RefundStatus::Failed => text::finance::FAILED,
    };
    view! {
        <PageTitle title=t(text::finance::REFUNDS) />
        <nav class="mb-4 flex gap-1 overflow-x-auto" aria-label=t(text::finance::STATUSES)>
            {RefundStatus::ALL.iter().map(|s| view! {
                <a class="btn btn-sm aria-[current]:btn-primary shrink-0" href=format!("/finance?status={s}") aria-current=(*s == chosen).then_some("page")>{t(label(s))}</a>
            }).collect_view()}
        </nav>
        {if page.items.is_empty() {
            view! { <EmptyState title=t(text::finance::NO_REFUNDS) icon="circle-check" /> }.into_any()
        } else {
            view! { <ul class="grid gap-3" data-testid="refunds">{page.items.into_iter().map(|row| view! { <Row row complete /> }).collect_view()}</ul> }.into_any()
        }}
        <Pagination page=number last />
    }
}

fn reason_text(reason: RefundReason) -> Text {
    match reason {
        RefundReason::OrderCancelled => text::finance::REASON_ORDER_CANCELLED,
        RefundReason::LatePayment => text::finance::REASON_LATE_PAYMENT,
        RefundReason::DoublePayment => text::finance::REASON_DOUBLE_PAYMENT,
        RefundReason::AmountMismatch => text::finance::REASON_AMOUNT_MISMATCH,
        RefundReason::StockInsufficient => text::finance::REASON_STOCK_INSUFFICIENT,
    }
}

#[component]
fn Row(row: RefundRow, complete: ServerAction<CompleteRefund>) -> impl IntoView {
    let is_open = row.status == RefundStatus::Requested;
    let id = row.id.to_string();
    view! {
        <li class="card bg-base-100 gap-3 p-4">
            <div class="flex flex-wrap items-start justify-between gap-3">
                <div class="grid gap-0.5">
                    <p class="font-semibold">{row.buyer}</p>
                    <p class="text-sm">{t(reason_text(row.reason))}{row.order_number.map(|number| format!(" · {number}"))}" · "{moment(row.created_at)}</p>
                    {row.sender.map(|sender| view! { <p class="text-sm">{t(text::finance::TO)}": "{sender}</p> })}
                    {row.reference.map(|reference| view! { <p class="text-sm">{t(text::finance::REFERENCE)}": "{reference}</p> })}
                    {row.last_error.filter(|_| is_open).map(|error| view! { <p class="text-error text-sm">{error}</p> })}
                </div>
                <p class="grid justify-items-end gap-1"><span class="text-lg font-bold"><Money amount=row.amount /></span>
                    <span class="badge h-auto py-1">{t(if row.is_by_hand { text::finance::BY_HAND } else { text::finance::BY_GATEWAY })}</span></p>
            </div>
            {(is_open && row.is_by_hand).then(|| view! {
                <ActionForm action=complete attr:class="border-base-300 flex flex-wrap items-end gap-2 border-t pt-3">
                    <HiddenField name="refund" value=id />
                    <div class="min-w-0 flex-1"><Field label=t(text::finance::REFERENCE) name="reference" errors=Errors::of(complete) maxlength=100 /></div>
                    <SubmitButton label=t(text::finance::DONE) pending=complete.pending() />
                </ActionForm>
            })}
        </li>
    }
}
