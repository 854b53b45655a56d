//! A webhook with what it said.

use super::books_api::get_webhook;
use super::frame::Frame;
use super::outcome::outcome_text;
use super::webhooks::StateBadge;
use super::words::About;
use crate::i18n::{moment, t, text};
use crate::load::load;
use crate::ui::{FailureView, PageTitle, SkeletonPage};
use domain::webhook::WebhookView;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

#[component]
pub fn FinanceWebhook() -> impl IntoView {
    let params = use_params_map();
    let webhook = load(move || params.read().get("id").unwrap_or_default(), get_webhook);
    view! {
        <Frame>
            <Transition fallback=SkeletonPage>
                {move || Suspend::new(async move {
                    match webhook.await {
                        Ok(shown) => view! { <Content shown /> }.into_any(),
                        Err(failure) => view! { <FailureView failure /> }.into_any(),
                    }
                })}
            </Transition>
        </Frame>
    }
    .into_any()
}

#[component]
fn Content(shown: WebhookView) -> impl IntoView {
    let WebhookView { webhook, payment_id, body } = shown;
    view! {
        <PageTitle title=t(text::finance::WEBHOOKS) />
        <dl class="card bg-base-100 mb-4 grid grid-cols-[auto_1fr] gap-x-6 gap-y-2 p-5">
            <dt>{t(text::finance::DATE)}</dt><dd>{moment(webhook.received_at)}</dd>
            <dt>{t(text::finance::GATEWAY)}</dt><dd>{webhook.gateway}</dd>
            <dt>{t(text::finance::WEBHOOK_STATE)}</dt><dd><StateBadge state=webhook.state /></dd>
            <dt>{t(text::finance::WEBHOOK_OUTCOME)}</dt><dd class="break-words">{webhook.outcome.map(|outcome| outcome_text(&outcome))}</dd>
            {payment_id.map(|id| view! { <dt>{t(text::finance::PAYMENT)}</dt><dd class="break-words"><About number=id.to_string() /></dd> })}
        </dl>
        <h2 class="mb-1 text-lg font-bold">{t(text::finance::WEBHOOK_BODY)}</h2>
        <p class="mb-2 text-sm">{t(text::finance::WEBHOOK_BODY_HINT)}</p>
        <pre class="card bg-base-100 p-5 text-sm break-all whitespace-pre-wrap" data-testid="webhook-body"><code>{body}</code></pre>
    }
}
