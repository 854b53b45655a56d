//! The log of letters: to whom, when, and what became of it.

use super::api::get_sent;
use super::frame::Frame;
use crate::i18n::{Text, letter_text, moment, t, text, tf};
use crate::load::load;
use crate::ui::{EmptyState, FailureView, Icon, PageTitle, Pagination, SkeletonPage};
use domain::Page;
use domain::admin::MailRow;
use domain::letter::MailState;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

#[component]
pub fn AdminSent() -> impl IntoView {
    let query = use_query_map();
    let source = move || (query.read().get("recipient"), query.read().get("state"), query.read().get("page"));
    let rows = load(source, |(recipient, state, page)| get_sent(recipient, state, page));
    view! {
        <Frame>
            <PageTitle title=t(text::admin::SENT) />
            <Search />
            <Transition fallback=SkeletonPage>
                {move || Suspend::new(async move {
                    match rows.await {
                        Ok(page) => view! { <Content page /> }.into_any(),
                        Err(failure) => view! { <FailureView failure /> }.into_any(),
                    }
                })}
            </Transition>
        </Frame>
    }
    .into_any()
}

fn state_words(state: MailState) -> (Text, &'static str, &'static str) {
    match state {
        MailState::Waiting => (text::admin::STATE_WAITING, "badge badge-warning", "clock"),
        MailState::Sent => (text::admin::STATE_SENT, "badge badge-success", "circle-check"),
        MailState::Failed => (text::admin::STATE_FAILED, "badge badge-error", "circle-x"),
    }
}

/// A plain GET form: works before and without scripts.
#[component]
fn Search() -> impl IntoView {
    let query = use_query_map();
    let chosen = query.read_untracked().get("state").unwrap_or_default();
    let option = |value: &'static str, label: Text| {
        view! { <option value=value selected={value == chosen}>{t(label)}</option> }
    };
    let states: Vec<_> = MailState::ALL.iter().map(|s| option(s.as_str(), state_words(*s).0)).collect();
    view! {
        <form action="/admin/sent" method="get" class="card bg-base-100 mb-4 grid gap-3 p-4 sm:grid-cols-[1fr_12rem_auto] sm:items-end">
            <label class="grid gap-1"><span class="text-sm font-semibold">{t(text::admin::RECIPIENT)}</span>
                <input class="input w-full" type="email" name="recipient" maxlength="254" value=query.read_untracked().get("recipient").unwrap_or_default() /></label>
            <label class="grid gap-1"><span class="text-sm font-semibold">{t(text::admin::STATE)}</span>
                <select class="select w-full" name="state">{option("", text::admin::ANY_STATE)}{states}</select></label>
            <button class="btn btn-primary">{t(text::admin::SEARCH)}</button>
        </form>
    }
}

#[component]
fn Content(page: Page<MailRow>) -> impl IntoView {
    let (number, last) = (page.page, page.last());
    view! {
        {if page.items.is_empty() {
            view! { <EmptyState title=t(text::admin::NO_MAIL) icon="inbox"><p>{t(text::admin::NO_ENTRIES_HELP)}</p></EmptyState> }.into_any()
        } else {
            view! { <ul class="card bg-base-100 divide-base-300 grid divide-y" data-testid="mail-log">{page.items.into_iter().map(|row| view! { <Row row /> }).collect_view()}</ul> }.into_any()
        }}
        <Pagination page=number last />
    }
}

#[component]
fn Row(row: MailRow) -> impl IntoView {
    let (label, class, icon) = state_words(row.state);
    let kind = row.kind.parse().map_or(row.kind, |kind| t(letter_text(kind)).to_owned());
    view! {
        <li class="flex flex-wrap items-start justify-between gap-2 p-4">
            <div class="grid min-w-0 gap-0.5">
                <p class="font-semibold break-words">{row.subject}</p>
                <p class="text-sm break-all">{row.recipient}</p>
                <p class="text-sm">{kind}" · "{moment(row.created_at)}" · "{tf(text::admin::ATTEMPTS, &[("count", &row.attempts)])}</p>
                {row.last_error.map(|error| view! { <p class="text-error text-sm break-words">{error}</p> })}
            </div>
            <span class=format!("{class} h-auto gap-1 py-1")><Icon name=icon />{t(label)}</span>
        </li>
    }
}
