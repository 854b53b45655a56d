//! The audit trail: who did what, when, and what it changed.

use super::api::get_audit;
use super::frame::Frame;
use crate::i18n::{moment, t, text};
use crate::load::load;
use crate::ui::{EmptyState, FailureView, PageTitle, Pagination, SkeletonPage};
use domain::Page;
use domain::admin::AuditRow;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

#[component]
pub fn AdminAudit() -> impl IntoView {
    let query = use_query_map();
    let source = move || ["actor", "action", "subject", "from", "to", "page"].map(|name| query.read().get(name));
    let rows = load(source, |[actor, action, subject, from, to, page]| get_audit(actor, action, subject, from, to, page));
    view! {
        <Frame>
            <PageTitle title=t(text::admin::AUDIT) />
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

/// A plain GET form: works before and without scripts.
#[component]
fn Search() -> impl IntoView {
    let query = use_query_map();
    let field = move |name: &'static str, kind: &'static str, label: &'static str| {
        view! {
            <label class="grid gap-1"><span class="text-sm font-semibold">{label}</span>
                <input class="input w-full" type=kind name=name maxlength="200" value=query.read_untracked().get(name).unwrap_or_default() /></label>
        }
    };
    view! {
        <form action="/admin/audit" method="get" class="card bg-base-100 mb-4 grid gap-3 p-4 sm:grid-cols-2 lg:grid-cols-3 lg:items-end">
            {field("actor", "email", t(text::admin::ACTOR))}
            {field("action", "text", t(text::admin::ACTION))}
            {field("subject", "text", t(text::admin::SUBJECT))}
            {field("from", "date", t(text::admin::FROM))}
            {field("to", "date", t(text::admin::TO))}
            <div class="flex gap-2"><button class="btn btn-primary">{t(text::admin::SEARCH)}</button><a class="btn" href="/admin/audit" rel="external">{t(text::admin::RESET)}</a></div>
        </form>
    }
}

#[component]
fn Content(page: Page<AuditRow>) -> impl IntoView {
    let (number, last) = (page.page, page.last());
    view! {
        {if page.items.is_empty() {
            view! { <EmptyState title=t(text::admin::NO_ENTRIES) icon="receipt-text"><p>{t(text::admin::NO_ENTRIES_HELP)}</p></EmptyState> }.into_any()
        } else {
            view! { <ul class="card bg-base-100 divide-base-300 grid divide-y" data-testid="audit">{page.items.into_iter().map(|row| view! { <Row row /> }).collect_view()}</ul> }.into_any()
        }}
        <Pagination page=number last />
    }
}

/// A value as part of a query string.
fn encoded(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() || b"-_.~".contains(&b) { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

/// Who, what and to what lead to everything of the same.
#[component]
fn Row(row: AuditRow) -> impl IntoView {
    let link = |name: &str, value: &str| format!("/admin/audit?{name}={}", encoded(value));
    let subject = format!("{}:{}", row.subject, row.subject_id);
    view! {
        <li class="grid gap-1 p-4">
            <p class="flex flex-wrap items-baseline gap-x-2">
                <a class="link font-semibold" href=link("action", &row.action) rel="external">{row.action.clone()}</a>
                <a class="link text-sm break-all" href=link("subject", &subject) rel="external">{subject.clone()}</a>
            </p>
            <p class="text-sm"><a class="link" href=link("actor", &row.actor) rel="external">{row.actor_name}" ("{row.actor.clone()}")"</a>" · "{moment(row.at)}</p>
            <details class="text-sm"><summary class="cursor-pointer">{t(text::admin::DETAILS)}</summary>
                <dl class="mt-2 grid gap-1">
                    <dt class="font-semibold">{t(text::admin::BEFORE)}</dt><dd class="break-all"><code>{row.before}</code></dd>
                    <dt class="font-semibold">{t(text::admin::AFTER)}</dt><dd class="break-all"><code>{row.after}</code></dd>
                </dl>
            </details>
        </li>
    }
}
