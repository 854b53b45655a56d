//! Order status: icon and words, never colour alone.

use super::Icon;
use crate::i18n::{status_text, t};
use domain::order::OrderStatus;
use leptos::prelude::*;

#[component]
pub fn StatusBadge(status: OrderStatus) -> impl IntoView {
    let (class, icon) = match status {
        OrderStatus::PendingPayment | OrderStatus::AwaitingVerification => ("badge badge-warning", "clock"),
        OrderStatus::Pending | OrderStatus::Processing => ("badge badge-info", "package"),
        OrderStatus::Shipped => ("badge badge-info", "truck"),
        OrderStatus::Delivered => ("badge badge-success", "circle-check"),
        OrderStatus::Cancelled => ("badge badge-neutral", "circle-x"),
    };
    view! { <span class=format!("{class} h-auto gap-1 py-1") data-testid="status" data-status=status.as_str()><Icon name=icon />{t(status_text(status))}</span> }
}
