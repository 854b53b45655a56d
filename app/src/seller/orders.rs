//! The seller's orders.

use super::api::{AcceptOrder, CancelOwnOrder, ShipOrder, get_seller_order, get_seller_orders};
use super::frame::Frame;
use crate::buying::{OrderItems, OrderList, OrderTimeline, Orders, filter_of_url};
use crate::i18n::{t, text};
use crate::load::{Load, load};
use crate::ui::{
    ErrorSummary, Errors, FailureView, Field, HiddenField, PageTitle, SkeletonPage, StatusBadge, SubmitButton, TextArea,
};
use domain::order::{OrderAction, OrderView};
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use leptos_router::{LazyRoute, lazy_route};

pub struct SellerOrders {
    orders: Load<Orders>,
}

#[lazy_route]
impl LazyRoute for SellerOrders {
    fn data() -> Self {
        Self { orders: load(filter_of_url, get_seller_orders) }
    }

    fn view(this: Self) -> AnyView {
        let orders = this.orders;
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
}

pub struct SellerOrder {
    order: Load<OrderView>,
    actions: Actions,
}

/// What is done to an order by whoever handles it.
#[derive(Clone, Copy)]
pub struct Actions {
    pub accept: ServerAction<AcceptOrder>,
    pub ship: ServerAction<ShipOrder>,
    pub cancel: ServerAction<CancelOwnOrder>,
}

#[lazy_route]
impl LazyRoute for SellerOrder {
    fn data() -> Self {
        let params = use_params_map();
        let actions = Actions { accept: ServerAction::new(), ship: ServerAction::new(), cancel: ServerAction::new() };
        let source = move || {
            let versions = (actions.accept.version().get(), actions.ship.version().get(), actions.cancel.version().get());
            (params.read().get("number").unwrap_or_default(), versions)
        };
        Self { order: load(source, |(number, _)| get_seller_order(number)), actions }
    }

    fn view(this: Self) -> AnyView {
        let SellerOrder { order, actions } = this;
        view! {
            <Frame>
                <ErrorSummary errors=Errors::of(actions.accept) />
                <ErrorSummary errors=Errors::of(actions.ship) />
                <ErrorSummary errors=Errors::of(actions.cancel) />
                <Transition fallback=SkeletonPage>
                    {move || Suspend::new(async move {
                        match order.await {
                            Ok(order) => view! { <HandledOrder order actions base="/seller/orders" /> }.into_any(),
                            Err(failure) => view! { <FailureView failure /> }.into_any(),
                        }
                    })}
                </Transition>
            </Frame>
        }
        .into_any()
    }
}

/// An order and what its handler may do: the seller, or the desk (`base` is the list they came from).
#[component]
pub fn HandledOrder(order: OrderView, actions: Actions, base: &'static str) -> impl IntoView {
    let Actions { accept, ship, cancel } = actions;
    let number = StoredValue::new(order.number.clone());
    let named = move || view! { <HiddenField name="number" value=number.get_value() /><HiddenField name="base" value=base /> };
    let can = |action| order.actions.contains(&action);
    let (can_accept, can_ship, can_cancel) = (can(OrderAction::Accept), can(OrderAction::Ship), can(OrderAction::Cancel));
    let has_actions = can_accept || can_ship || can_cancel;
    let courier = StoredValue::new(order.shipping.courier.clone());
    view! {
        <PageTitle title=order.number.clone()><StatusBadge status=order.status /></PageTitle>
        <div class="grid gap-6 lg:grid-cols-[1fr_18rem]">
            <div class="grid h-fit gap-4"><OrderItems order=order.clone() /></div>
            <aside class="grid h-fit gap-4">
                {has_actions.then(|| view! {
                    <section class="card bg-base-100 gap-3 p-5">
                        {can_accept.then(|| view! { <ActionForm action=accept attr:class="grid">{named()}<SubmitButton label=t(text::seller::ACCEPT) pending=accept.pending() /></ActionForm> })}
                        {can_ship.then(|| view! {
                            <ActionForm action=ship attr:class="grid gap-2">{named()}
                                <Field label=t(text::seller::COURIER) name="courier" value=courier.get_value() errors=Errors::of(ship) />
                                <Field label=t(text::buying::TRACKING) name="tracking_number" errors=Errors::of(ship) />
                                <SubmitButton label=t(text::seller::SHIP) pending=ship.pending() /></ActionForm>
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
