//! The payment page: the way to the gateway, and its outcome as soon as it is known.

use super::api::{RetryPayment, get_payment};
use super::pay_with::PayWithView;
use super::transfer::Transfer;
use crate::i18n::{moment, t, text, tf};
use crate::load::load;
use crate::ui::{Alert, FailureView, HiddenField, Icon, Money, PageTitle, SkeletonPage, SubmitButton};
use domain::payment::{MANUAL_TRANSFER, PaymentStatus, PaymentView};
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

#[component]
pub fn PayPage() -> impl IntoView {
    let params = use_params_map();
    let retry = ServerAction::<RetryPayment>::new();
    let changes = RwSignal::new(0_u32);
    let id = move || params.read().get("id").unwrap_or_default();
    let payment = load(move || (id(), changes.get(), retry.version().get()), |(id, ..)| get_payment(id));
    follow(id, changes);
    view! {
        <Transition fallback=SkeletonPage>
            {move || Suspend::new(async move {
                match payment.await {
                    Ok(payment) => view! { <Content payment retry /> }.into_any(),
                    Err(failure) => view! { <FailureView failure /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

/// Looks again whenever the server says that something changed.
fn follow(id: impl Fn() -> String + 'static, changes: RwSignal<u32>) {
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| {
        use wasm_bindgen::JsCast;
        let Ok(source) = web_sys::EventSource::new(&format!("/api/v1/payments/{}/events", id())) else { return };
        let look = wasm_bindgen::closure::Closure::<dyn FnMut()>::new(move || changes.update(|n| *n += 1));
        let _ = source.add_event_listener_with_callback("changed", look.as_ref().unchecked_ref());
        // Also on (re)connection: what changed while nobody listened.
        let _ = source.add_event_listener_with_callback("open", look.as_ref().unchecked_ref());
        look.forget();
        on_cleanup(move || source.close());
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = (id, changes);
}

#[component]
fn Content(payment: PaymentView, retry: ServerAction<RetryPayment>) -> impl IntoView {
    let id = payment.id.to_string();
    let is_transfer = payment.method == MANUAL_TRANSFER;
    let has_code = payment.pay_with.is_some();
    let due = payment.transfer.as_ref().map_or(payment.amount, |t| t.amount);
    let transfer = is_transfer.then(|| payment.clone());
    let is_open = matches!(payment.status, PaymentStatus::Pending | PaymentStatus::AwaitingVerification);
    // Nothing typed may be lost to the refresh.
    let is_typing = is_transfer && payment.status == PaymentStatus::Pending;
    let (kind, message, icon) = match payment.status {
        PaymentStatus::Pending => ("warning", text::buying::PAY_PENDING, "clock"),
        PaymentStatus::AwaitingVerification => ("info", text::buying::PAY_VERIFYING, "clock"),
        PaymentStatus::Paid => ("success", text::buying::PAY_PAID, "circle-check"),
        PaymentStatus::Expired | PaymentStatus::Failed => ("error", text::buying::PAY_EXPIRED, "circle-x"),
        PaymentStatus::Refunded | PaymentStatus::PartiallyRefunded => ("info", text::buying::PAY_REFUNDED, "wallet"),
    };
    view! {
        <div class="mx-auto max-w-xl">
            <PageTitle title=t(text::buying::PAYMENT) />
            // Without scripts the page looks again by itself while it waits.
            {(is_open && !is_typing).then(|| view! { <noscript><meta http-equiv="refresh" content="5" /></noscript> })}
            <section class="card bg-base-100 gap-4 p-6" data-testid="payment" data-status=payment.status.as_str()>
                <p class="text-3xl font-extrabold"><Money amount=due /></p>
                <div aria-live="polite"><Alert kind=kind><Icon name=icon /><p>{t(message)}</p></Alert></div>
                {(payment.status == PaymentStatus::Pending).then(|| view! { <p class="text-sm">{tf(text::buying::PAY_BEFORE, &[("time", &moment(payment.expires_at))])}</p> })}
                {transfer.map(|payment| view! { <Transfer payment /> })}
                {payment.pay_with.map(|with| view! { <PayWithView id=id.clone() with /> })}
                {payment.simulator_url.map(|url| view! { <a class="btn btn-sm w-fit" href=url rel="external" data-testid="simulator">{t(text::buying::SIMULATE)}</a> })}
                {match (is_open, payment.redirect_url) {
                    (true, None) if is_transfer || has_code => ().into_any(),
                    (true, Some(url)) => view! { <a class="btn btn-primary btn-lg" href=url rel="external">{t(text::buying::PAY_NOW)}</a> }.into_any(),
                    (true, None) => view! {
                        <Alert kind="warning"><p>{t(text::buying::GATEWAY_DOWN)}</p></Alert>
                        <ActionForm action=retry><HiddenField name="id" value=id /><SubmitButton label=t(text::ui::RETRY) pending=retry.pending() /></ActionForm>
                    }.into_any(),
                    (false, _) => view! { <a class="btn btn-primary" href="/orders">{t(text::buying::SEE_ORDERS)}</a> }.into_any(),
                }}
                <ul class="text-sm">{payment.orders.into_iter().map(|number| view! { <li><a class="link" href=format!("/orders/{number}")>{number.clone()}</a></li> }).collect_view()}</ul>
            </section>
        </div>
    }
}
