//! Orders of all stores, handled by the second layer of the desk.

use super::api::{Fulfilment, get_desk_order, get_desk_orders};
use super::figures::Figures;
use super::frame::Frame;
use crate::buying::{OrderFilter, OrderList, filter_of_url};
use crate::i18n::{t, text};
use crate::load::load;
use crate::seller::{ActionErrors, DESK, HandledOrder, OrderActions};
use crate::ui::{FailureView, PageTitle, SkeletonPage};
use domain::order::OrderStatus;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

/// What waits to be accepted, unless something else is asked for.
fn queue_of_url() -> OrderFilter {
    let filter = filter_of_url();
    let is_asked = use_query_map().read().get("status").is_some() || filter.q.is_some();
    let status = if is_asked { filter.status } else { Some(OrderStatus::Pending.to_string()) };
    OrderFilter { status, ..filter }
}

#[component]
pub fn DeskOrders() -> impl IntoView {
    let orders = load(queue_of_url, get_desk_orders);
    view! {
        <Frame>
            <Transition fallback=SkeletonPage>
                {move || Suspend::new(async move {
                    let filter = queue_of_url();
                    match orders.await {
                        Ok(Fulfilment { figures, orders }) => view! { <PageTitle title=t(text::desk::FULFILMENT) /><Figures figures /><OrderList orders filter base=DESK /> }.into_any(),
                        Err(failure) => view! { <FailureView failure /> }.into_any(),
                    }
                })}
            </Transition>
        </Frame>
    }
    .into_any()
}

#[component]
pub fn DeskOrder() -> impl IntoView {
    let params = use_params_map();
    let actions = OrderActions::new();
    let source = move || (params.read().get("number").unwrap_or_default(), actions.versions());
    let order = load(source, |(number, _)| get_desk_order(number));
    view! {
        <Frame>
            <ActionErrors actions />
            <Transition fallback=SkeletonPage>
                {move || Suspend::new(async move {
                    match order.await {
                        Ok(handled) => view! { <HandledOrder handled actions base=DESK /> }.into_any(),
                        Err(failure) => view! { <FailureView failure /> }.into_any(),
                    }
                })}
            </Transition>
        </Frame>
    }
    .into_any()
}
