//! The payment page: the way to the gateway, and its outcome as soon as it is known.

use super::api::{ChangeMethod, Paying, RetryPayment, get_payment};
use super::countdown::Countdown;
use super::methods::Methods;
use super::pay_with::PayWithView;
use super::steps::Steps;
use super::transfer::Transfer;
use crate::i18n::{moment, t, text, tf};
use crate::load::load;
use crate::ui::{Alert, ErrorSummary, Errors, FailureView, HiddenField, Icon, Money, PageTitle, SkeletonPage, SubmitButton};
use domain::payment::{AttemptView, COD, MANUAL_TRANSFER, PaymentMethod, PaymentStatus, PaymentView};
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

#[component]
pub fn PayPage() -> impl IntoView {
    let params = use_params_map();
    let retry = ServerAction::<RetryPayment>::new();
    let change = ServerAction::<ChangeMethod>::new();
    let changes = RwSignal::new(0_u32);
    let id = move || params.read().get("id").unwrap_or_default();
    let query = use_query_map();
    // The choice of another method is a view of its own, with an address: it works without scripts.
    let source = move || (id(), query.read().get("change"), (changes.get(), retry.version().get(), change.version().get()));
    let payment = load(source, |(id, ..)| get_payment(id));
    follow(id, changes);
    let look = Callback::new(move |()| changes.update(|n| *n += 1));
    view! {
        <div class="mx-auto max-w-xl" aria-live="polite"><ErrorSummary errors=Errors::of(change) /></div>
        <Transition fallback=SkeletonPage>
            {move || Suspend::new(async move {
                match payment.await {
                    Ok(paying) => view! { <Content paying retry change look /> }.into_any(),
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

/// Asks now and then as well, while the payment is open and somebody looks: what a worker or another
/// node was told, no signal tells of here. Looks again only when there is something to see, so that
/// nothing typed or opened is lost.
fn poll(shown: &PaymentView, look: Callback<()>) {
    #[cfg(feature = "hydrate")]
    {
        let shown = PaymentView { expires_in: 0, ..shown.clone() };
        let ask = move || {
            if document().hidden() {
                return;
            }
            let shown = shown.clone();
            leptos::task::spawn_local(async move {
                let now = get_payment(shown.id.to_string()).await;
                if now.is_ok_and(|now| PaymentView { expires_in: 0, ..now.payment } != shown) {
                    look.try_run(());
                }
            });
        };
        Effect::new(move |_| {
            let asking = set_interval_with_handle(ask.clone(), std::time::Duration::from_secs(12));
            on_cleanup(move || {
                if let Ok(asking) = asking {
                    asking.clear();
                }
            });
        });
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (shown, look);
}

#[component]
fn Content(
    paying: Paying,
    retry: ServerAction<RetryPayment>,
    change: ServerAction<ChangeMethod>,
    look: Callback<()>,
) -> impl IntoView {
    let Paying { payment, methods, unfit } = paying;
    let id = payment.id.to_string();
    let is_cod = payment.method == COD;
    let is_timed = payment.status == PaymentStatus::Pending && !is_cod;
    let seconds = payment.expires_in;
    let can_renew = payment.can_renew;
    let method = payment.method.clone();
    let steps = (payment.status == PaymentStatus::Pending && !can_renew).then(|| payment.clone());
    let name = name_of(&payment.method, &methods);
    let tried = payment.attempts.clone();
    let others: Vec<PaymentMethod> = methods.iter().filter(|m| m.code != payment.method).cloned().collect();
    let can_change = payment.can_change_method && !others.is_empty();
    let is_transfer = payment.method == MANUAL_TRANSFER;
    let has_code = payment.pay_with.is_some();
    let due = payment.transfer.as_ref().map_or(payment.amount, |t| t.amount);
    // A transfer made before another method was chosen may still be proven when nobody waits for it.
    let had_transfer = payment.status.has_ended() && tried.iter().any(|a| a.method == MANUAL_TRANSFER);
    let transfer = (is_transfer || had_transfer).then(|| payment.clone());
    let is_open = matches!(payment.status, PaymentStatus::Pending | PaymentStatus::AwaitingVerification);
    if is_open && !is_cod {
        poll(&payment, look);
    }
    let is_changing = use_query_map().read_untracked().get("change").is_some();
    // Nothing typed or opened may be lost to the refresh.
    let is_typing = (is_transfer && payment.status == PaymentStatus::Pending) || is_changing;
    let pause = if has_code || is_cod { "30" } else { "5" };
    let (kind, message, icon) = match payment.status {
        PaymentStatus::Pending if can_renew => ("error", text::buying::PAY_TRY_FAILED, "circle-x"),
        PaymentStatus::Pending if is_cod => ("info", text::buying::PAY_COD, "truck"),
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
            {(is_open && !is_typing).then(|| view! { <noscript><meta http-equiv="refresh" content=pause /></noscript> })}
            <section class="card bg-base-100 gap-4 p-6" data-testid="payment" data-status=payment.status.as_str()>
                <p class="text-3xl font-extrabold"><Money amount=due /></p>
                <p class="text-sm">{t(text::buying::METHOD)}": "<span class="font-semibold" data-testid="method">{name}</span></p>
                <div aria-live="polite"><Alert kind=kind><Icon name=icon /><p>{t(message)}</p></Alert></div>
                {is_timed.then(|| view! {
                    <Countdown seconds on_end=look />
                    <p class="text-sm">{tf(text::buying::PAY_BEFORE, &[("time", &moment(payment.expires_at))])}</p>
                })}
                {(!tried.is_empty() && is_timed).then(|| view! { <Alert kind="info"><p>{tf(text::buying::TRIED_BEFORE, &[("methods", &names_of(&tried, &methods))])}</p></Alert> })}
                {transfer.map(|payment| view! { <Transfer payment /> })}
                {payment.pay_with.filter(|_| !can_renew).map(|with| view! { <PayWithView id=id.clone() with /> })}
                {payment.simulator_url.map(|url| view! { <a class="btn btn-sm w-fit" href=url rel="external" data-testid="simulator">{t(text::buying::SIMULATE)}</a> })}
                {match (is_open, payment.redirect_url) {
                    (true, _) if can_renew => view! {
                        <ActionForm action=change><HiddenField name="id" value=id /><HiddenField name="payment_method" value=method /><SubmitButton label=t(text::buying::PAY_AGAIN) pending=change.pending() /></ActionForm>
                    }.into_any(),
                    (true, _) if is_cod => view! { <a class="btn btn-primary" href="/orders">{t(text::buying::SEE_ORDERS)}</a> }.into_any(),
                    (true, None) if is_transfer || has_code => ().into_any(),
                    (true, Some(url)) => view! { <a class="btn btn-primary btn-lg" href=url rel="external">{t(text::buying::PAY_NOW)}</a> }.into_any(),
                    (true, None) => view! {
                        <Alert kind="warning"><p>{t(text::buying::GATEWAY_DOWN)}</p></Alert>
                        <ActionForm action=retry><HiddenField name="id" value=id /><SubmitButton label=t(text::ui::RETRY) pending=retry.pending() /></ActionForm>
                    }.into_any(),
                    (false, _) => view! { <a class="btn btn-primary" href="/orders">{t(text::buying::SEE_ORDERS)}</a> }.into_any(),
                }}
                {steps.map(|payment| view! { <Steps payment /> })}
                {can_change.then(|| if is_changing {
                    view! { <OtherMethods id=payment.id.to_string() methods=others unfit change /> }.into_any()
                } else {
                    view! { <a class="link text-sm" href=format!("/pay/{}?change=1", payment.id)>{t(text::buying::CHANGE_METHOD)}</a> }.into_any()
                })}
                <ul class="text-sm">{payment.orders.into_iter().map(|number| view! { <li><a class="link" href=format!("/orders/{number}")>{number.clone()}</a></li> }).collect_view()}</ul>
            </section>
        </div>
    }
}

fn name_of(code: &str, methods: &[PaymentMethod]) -> String {
    methods.iter().find(|m| m.code == code).map_or_else(|| code.to_owned(), |m| m.name.clone())
}

/// Each once, in the order they were tried.
fn names_of(attempts: &[AttemptView], methods: &[PaymentMethod]) -> String {
    let mut names: Vec<String> = attempts.iter().map(|a| name_of(&a.method, methods)).collect();
    names.dedup();
    names.join(", ")
}

#[component]
fn OtherMethods(
    id: String,
    methods: Vec<PaymentMethod>,
    unfit: Vec<PaymentMethod>,
    change: ServerAction<ChangeMethod>,
) -> impl IntoView {
    view! {
        <section class="border-base-300 border-t pt-3" data-testid="change-method">
            <h2 class="mb-1 font-bold">{t(text::buying::CHANGE_METHOD)}</h2>
            <ActionForm action=change attr:class="grid gap-2">
                <p class="text-sm">{t(text::buying::CHANGE_METHOD_HINT)}</p>
                <HiddenField name="id" value=id />
                <Methods methods unfit />
                <SubmitButton label=t(text::buying::USE_METHOD) pending=change.pending() />
            </ActionForm>
        </section>
    }
}
