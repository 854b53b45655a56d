//! Orders of all stores, handled by the second layer of the desk.

use super::api::{get_desk_order, get_desk_orders};
use super::frame::Frame;
use crate::buying::{OrderList, Orders, filter_of_url};
use crate::i18n::{t, text};
use crate::load::{Load, load};
use crate::seller::{DESK, HandledOrder, OrderActions};
use crate::ui::{ErrorSummary, Errors, FailureView, PageTitle, SkeletonPage};
use domain::order::OrderView;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use leptos_router::{LazyRoute, lazy_route};

pub struct DeskOrders {
    orders: Load<Orders>,
}

#[lazy_route]
impl LazyRoute for DeskOrders {
    fn data() -> Self {
        Self { orders: load(filter_of_url, get_desk_orders) }
    }

    fn view(this: Self) -> AnyView {
        let orders = this.orders;
        view! {
            <Frame>
                <Transition fallback=SkeletonPage>
                    {move || Suspend::new(async move {
                        let filter = filter_of_url();
                        match orders.await {
                            Ok(orders) => view! { <PageTitle title=t(text::desk::FULFILMENT) /><OrderList orders filter base=DESK /> }.into_any(),
                            Err(failure) => view! { <FailureView failure /> }.into_any(),
                        }
                    })}
                </Transition>
            </Frame>
        }
        .into_any()
    }
}

pub struct DeskOrder {
    order: Load<OrderView>,
    actions: OrderActions,
}

#[lazy_route]
impl LazyRoute for DeskOrder {
    fn data() -> Self {
        let params = use_params_map();
        let actions = OrderActions { accept: ServerAction::new(), ship: ServerAction::new(), cancel: ServerAction::new() };
        let source = move || {
            let OrderActions { accept, ship, cancel } = actions;
            let versions = (accept.version().get(), ship.version().get(), cancel.version().get());
            (params.read().get("number").unwrap_or_default(), versions)
        };
        Self { order: load(source, |(number, _)| get_desk_order(number)), actions }
    }

    fn view(this: Self) -> AnyView {
        let DeskOrder { order, actions } = this;
        view! {
            <Frame>
                <ErrorSummary errors=Errors::of(actions.accept) />
                <ErrorSummary errors=Errors::of(actions.ship) />
                <ErrorSummary errors=Errors::of(actions.cancel) />
                <Transition fallback=SkeletonPage>
                    {move || Suspend::new(async move {
                        match order.await {
                            Ok(order) => view! { <HandledOrder order actions base=DESK /> }.into_any(),
                            Err(failure) => view! { <FailureView failure /> }.into_any(),
                        }
                    })}
                </Transition>
            </Frame>
        }
        .into_any()
    }
}
