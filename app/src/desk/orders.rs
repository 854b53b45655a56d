//! Orders of all stores, handled by the second layer of the desk.

use super::api::{get_desk_order, get_desk_orders};
use super::frame::Frame;
use crate::buying::{OrderList, filter_of_url};
use crate::i18n::{t, text};
use crate::load::load;
use crate::seller::{ActionErrors, DESK, HandledOrder, OrderActions};
use crate::ui::{FailureView, PageTitle, SkeletonPage};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

#[component]
pub fn DeskOrders() -> impl IntoView {
    let orders = load(filter_of_url, get_desk_orders);
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
