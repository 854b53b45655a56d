//! The seller's orders.

use super::api::{
    AcceptOrder, CancelOwnOrder, DeliverOrder, Handled, RequestRefund, ReturnOrder, ShipOrder, get_seller_order,
    get_seller_orders,
};
use super::frame::Frame;
use super::refunds::Refunds;
use crate::buying::{OrderItems, OrderList, OrderTimeline, filter_of_url};
use crate::i18n::{t, text, tf};
use crate::load::load;
use crate::ui::{
    Alert, ErrorSummary, Errors, FailureView, Field, HiddenField, PageTitle, SkeletonPage, StatusBadge, SubmitButton, TextArea,
};
use domain::order::{OrderAction, OrderStatus};
use domain::payment::COD;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

#[component]
pub fn SellerOrders() -> impl IntoView {
    let orders = load(filter_of_url, get_seller_orders);
    view! {
        <Frame>
            <Transition fallback=SkeletonPage>
                {move || Suspend::new(async move {
                    let filter = filter_of_url();
                    match orders.await {
                        Ok(orders) => view! { <PageTitle title=t(text::seller::ORDERS) /><OrderList orders filter base="/seller/orders" /> }.into_any(),
                        Err(failure) => view! { <FailureView failure /> }.into_any(),
                    }
                })}
            </Transition>
        </Frame>
    }
    .into_any()
}

/// What is done to an order by whoever handles it.
#[derive(Clone, Copy)]
pub struct Actions {
    accept: ServerAction<AcceptOrder>,
    ship: ServerAction<ShipOrder>,
    cancel: ServerAction<CancelOwnOrder>,
    deliver: ServerAction<DeliverOrder>,
    returned: ServerAction<ReturnOrder>,
    pub(super) refund: ServerAction<RequestRefund>,
}

impl Actions {
    pub fn new() -> Self {
        Self {
            accept: ServerAction::new(),
            ship: ServerAction::new(),
            cancel: ServerAction::new(),
            deliver: ServerAction::new(),
            returned: ServerAction::new(),
            refund: ServerAction::new(),
        }
    }

    /// Changes with every deed.
    pub fn versions(self) -> [usize; 6] {
        let Self { accept, ship, cancel, deliver, returned, refund } = self;
        let first = [accept.version().get(), ship.version().get(), cancel.version().get()];
        [first[0], first[1], first[2], deliver.version().get(), returned.version().get(), refund.version().get()]
    }
}

/// Refusals of whatever was done last.
#[component]
pub fn ActionErrors(actions: Actions) -> impl IntoView {
    let Actions { accept, ship, cancel, deliver, returned, refund } = actions;
    view! {
        <ErrorSummary errors=Errors::of(accept) />
        <ErrorSummary errors=Errors::of(ship) />
        <ErrorSummary errors=Errors::of(cancel) />
        <ErrorSummary errors=Errors::of(deliver) />
        <ErrorSummary errors=Errors::of(returned) />
        <ErrorSummary errors=Errors::of(refund) />
    }
}

#[component]
pub fn SellerOrder() -> impl IntoView {
    let params = use_params_map();
    let actions = Actions::new();
    let source = move || (params.read().get("number").unwrap_or_default(), actions.versions());
    let order = load(source, |(number, _)| get_seller_order(number));
    view! {
        <Frame>
            <ActionErrors actions />
            <Transition fallback=SkeletonPage>
                {move || Suspend::new(async move {
                    match order.await {
                        Ok(handled) => view! { <HandledOrder handled actions base="/seller/orders" /> }.into_any(),
                        Err(failure) => view! { <FailureView failure /> }.into_any(),
                    }
                })}
            </Transition>
        </Frame>
    }
    .into_any()
}

/// An order and what its handler may do: the seller, or the desk (`base` is the list they came from).
#[component]
pub fn HandledOrder(handled: Handled, actions: Actions, base: &'static str) -> impl IntoView {
    let Handled { order, refunds } = handled;
    let Actions { accept, ship, cancel, deliver, returned, .. } = actions;
    let number = StoredValue::new(order.number.clone());
    let named = move || view! { <HiddenField name="number" value=number.get_value() /><HiddenField name="base" value=base /> };
    let can = |action| order.actions.contains(&action);
    let (can_accept, can_ship, can_cancel) = (can(OrderAction::Accept), can(OrderAction::Ship), can(OrderAction::Cancel));
    // Offered only where the cash is still to come.
    let (can_deliver, can_return) = (can(OrderAction::ConfirmReceipt), can(OrderAction::Undelivered));
    let can_correct = order.status == OrderStatus::Shipped;
    let tracking = StoredValue::new(order.shipping.tracking_number.clone().unwrap_or_default());
    let has_actions = can_correct || can_accept || can_ship || can_cancel || can_deliver || can_return;
    let is_due = order.payment.method == COD && !order.status.is_final();
    let due = is_due.then(|| tf(text::seller::COD_DUE, &[("amount", &order.totals.total)]));
    let courier = StoredValue::new(order.shipping.courier.clone());
    let invoice = (base == "/seller/orders").then(|| format!("/orders/{}/invoice", order.number));
    view! {
        <PageTitle title=order.number.clone()>
            {invoice.map(|href| view! { <a class="btn btn-sm" href=href>{t(text::buying::INVOICE)}</a> })}
            <StatusBadge status=order.status />
        </PageTitle>
        <div class="grid gap-6 lg:grid-cols-[1fr_18rem]">
            <div class="grid h-fit gap-4"><OrderItems order=order.clone() /><Refunds order=order.clone() refunds action=actions.refund base /></div>
            <aside class="grid h-fit gap-4">
                {due.map(|words| view! { <Alert kind="info"><p data-testid="cod-due">{words}</p></Alert> })}
                {has_actions.then(|| view! {
                    <section class="card bg-base-100 gap-3 p-5">
                        {can_accept.then(|| view! { <ActionForm action=accept attr:class="grid">{named()}<SubmitButton label=t(text::seller::ACCEPT) pending=accept.pending() /></ActionForm> })}
                        {can_ship.then(|| view! {
                            <ActionForm action=ship attr:class="grid gap-2">{named()}
                                <Field label=t(text::seller::COURIER) name="courier" value=courier.get_value() errors=Errors::of(ship) />
                                <Field label=t(text::buying::TRACKING) name="tracking_number" errors=Errors::of(ship) />
                                <SubmitButton label=t(text::seller::SHIP) pending=ship.pending() /></ActionForm>
                        })}
                        {can_correct.then(|| view! {
                            <details><summary class="btn w-full">{t(text::seller::CORRECT_PARCEL)}</summary>
                                <ActionForm action=ship attr:class="mt-3 grid gap-2">{named()}
                                    <Field label=t(text::seller::COURIER) name="courier" value=courier.get_value() errors=Errors::of(ship) />
                                    <Field label=t(text::buying::TRACKING) name="tracking_number" value=tracking.get_value() errors=Errors::of(ship) />
                                    <SubmitButton label=t(text::seller::CORRECT_PARCEL) pending=ship.pending() /></ActionForm>
                            </details>
                        })}
                        {can_deliver.then(|| view! { <ActionForm action=deliver attr:class="grid">{named()}<SubmitButton label=t(text::seller::COD_COLLECTED) pending=deliver.pending() /></ActionForm> })}
                        {can_return.then(|| view! {
                            <details><summary class="btn w-full">{t(text::seller::UNDELIVERED)}</summary>
                                <ActionForm action=returned attr:class="mt-3 grid gap-2">{named()}
                                    <TextArea label=t(text::buying::CANCEL_REASON) name="reason" rows=2 errors=Errors::of(returned) />
                                    <SubmitButton label=t(text::seller::UNDELIVERED_CONFIRM) pending=returned.pending() class="btn btn-error" /></ActionForm>
                            </details>
                        })}
                        {can_cancel.then(|| view! {
                            <details><summary class="btn w-full">{t(text::buying::CANCEL)}</summary>
                                <ActionForm action=cancel attr:class="mt-3 grid gap-2">{named()}
                                    <TextArea label=t(text::buying::CANCEL_REASON) name="reason" rows=2 errors=Errors::of(cancel) />
                                    <SubmitButton label=t(text::buying::CANCEL_CONFIRM) pending=cancel.pending() class="btn btn-error" /></ActionForm>
                            </details>
                        })}
                    </section>
                })}
                <OrderTimeline timeline=order.timeline.clone() />
            </aside>
        </div>
    }
}
