//! What gateways sent: nothing of it is out of sight.

use super::books_api::get_webhooks;
use super::frame::Frame;
use super::outcome::outcome_text;
use crate::i18n::{Text, moment, t, text};
use crate::load::load;
use crate::ui::{EmptyState, FailureView, Icon, PageTitle, SkeletonPage};
use domain::Stream;
use domain::webhook::{WebhookFilter, WebhookRow, WebhookState};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

#[component]
pub fn FinanceWebhooks() -> impl IntoView {
    let found = load(filter_of_url, get_webhooks);
    view! {
        <Frame>
            <PageTitle title=t(text::finance::WEBHOOKS) />
            <p class="mb-4">{t(text::finance::WEBHOOKS_HINT)}</p>
            <Transition fallback=SkeletonPage>
                {move || Suspend::new(async move {
                    let filter = filter_of_url();
                    match found.await {
                        Ok(found) => view! { <Filter filter /><Content found /> }.into_any(),
                        Err(failure) => view! { <Filter filter /><FailureView failure /> }.into_any(),
                    }
                })}
            </Transition>
        </Frame>
    }
    .into_any()
}

/// The filter as the address has it.
fn filter_of_url() -> WebhookFilter {
    let query = use_query_map();
    let query = query.read();
    let get = |name: &str| query.get(name).filter(|v| !v.trim().is_empty());
    WebhookFilter { state: get("state"), gateway: get("gateway"), from: get("from"), to: get("to"), cursor: get("cursor") }
}

/// A GET form: works without scripts, and the address holds the whole filter.
#[component]
fn Filter(filter: WebhookFilter) -> impl IntoView {
    let input = |name: &'static str, kind: &'static str, label, value: Option<String>| {
        view! {
            <label class="grid min-w-36 flex-1 gap-1"><span class="text-sm font-semibold">{t(label)}</span>
                <input class="input w-full" type=kind name=name value=value.unwrap_or_default() maxlength="60" /></label>
        }
    };
    let chosen = filter.state.unwrap_or_default();
    view! {
        <form method="get" action="/finance/webhooks" role="search" aria-label=t(text::finance::WEBHOOKS) class="card bg-base-100 mb-4 flex-row flex-wrap items-end gap-3 p-4">
            <label class="grid min-w-36 flex-1 gap-1"><span class="text-sm font-semibold">{t(text::finance::WEBHOOK_STATE)}</span>
                <select class="select w-full" name="state"><option value="">{t(text::finance::WEBHOOK_ALL)}</option>
                    {WebhookState::ALL.iter().map(|state| view! { <option value=state.as_str() selected=state.as_str() == chosen>{t(state_words(*state).0)}</option> }).collect_view()}
                </select></label>
            {input("gateway", "text", text::finance::GATEWAY, filter.gateway)}
            {input("from", "date", text::finance::FROM, filter.from)}
            {input("to", "date", text::finance::TO_DAY, filter.to)}
            <button class="btn btn-primary">{t(text::finance::FILTER)}</button>
        </form>
    }
}

fn state_words(state: WebhookState) -> (Text, &'static str, &'static str) {
    match state {
        WebhookState::Applied => (text::finance::WEBHOOK_APPLIED, "badge badge-success", "circle-check"),
        WebhookState::NotApplied => (text::finance::WEBHOOK_NOT_APPLIED, "badge badge-warning", "circle-alert"),
        WebhookState::Forged => (text::finance::WEBHOOK_FORGED, "badge badge-neutral", "circle-x"),
    }
}

#[component]
pub(super) fn StateBadge(state: WebhookState) -> impl IntoView {
    let (label, class, icon) = state_words(state);
    view! { <span class=format!("{class} h-auto gap-1 py-1 whitespace-nowrap")><Icon name=icon />{t(label)}</span> }
}

#[component]
fn Content(found: Stream<WebhookRow>) -> impl IntoView {
    let query = use_query_map().get_untracked();
    let is_first = query.get("cursor").is_none();
    let to = move |cursor: Option<String>| {
        let mut query = query.clone();
        query.remove("cursor");
        if let Some(cursor) = cursor {
            query.insert("cursor", cursor);
        }
        format!("/finance/webhooks{}", query.to_query_string())
    };
    let newest = (!is_first).then(|| to(None));
    let older = found.next_cursor.map(|cursor| to(Some(cursor)));
    view! {
        {if found.items.is_empty() {
            view! { <EmptyState title=t(text::finance::NO_WEBHOOKS) icon="inbox" /> }.into_any()
        } else {
            view! { <Rows rows=found.items /> }.into_any()
        }}
        <nav class="mt-6 flex items-center justify-center gap-3" aria-label=t(text::ui::PAGES)>
            {newest.map(|href| view! { <a class="btn" href=href>{t(text::finance::NEWEST)}</a> })}
            {older.map(|href| view! { <a class="btn" href=href rel="next">{t(text::finance::OLDER)}</a> })}
        </nav>
    }
}

#[component]
fn Rows(rows: Vec<WebhookRow>) -> impl IntoView {
    view! {
        <div class="card bg-base-100 overflow-x-auto" tabindex="0" role="region" aria-label=t(text::finance::WEBHOOKS)>
            <table class="table" data-testid="webhooks">
                <thead><tr><th scope="col">{t(text::finance::DATE)}</th><th scope="col">{t(text::finance::GATEWAY)}</th>
                    <th scope="col">{t(text::finance::WEBHOOK_STATE)}</th><th scope="col">{t(text::finance::WEBHOOK_OUTCOME)}</th></tr></thead>
                <tbody>{rows.into_iter().map(|row| view! {
                    <tr><td class="whitespace-nowrap"><a class="link font-semibold" href=format!("/finance/webhooks/{}", row.id)>{moment(row.received_at)}</a></td>
                        <td>{row.gateway}</td><td><StateBadge state=row.state /></td><td class="break-words">{row.outcome.map(|outcome| outcome_text(&outcome))}</td></tr>
                }).collect_view()}</tbody>
            </table>
        </div>
    }
}
