//! A store's statement of a month, for finance.

use super::api::get_store_statement;
use super::frame::Frame;
use crate::i18n::{t, text};
use crate::load::load;
use crate::seller::StatementContent;
use crate::ui::{FailureView, SkeletonPage};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

#[component]
pub fn FinanceStatement() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let store = move || params.read().get("slug").unwrap_or_default();
    let statement = load(move || (store(), query.read().get("month")), |(store, month)| get_store_statement(store, month));
    view! {
        <Frame>
            <Transition fallback=SkeletonPage>
                {move || Suspend::new(async move {
                    let (base, file) = paths(&params.read_untracked().get("slug").unwrap_or_default());
                    match statement.await {
                        Ok(page) => view! {
                            <p class="mb-2"><a class="link text-sm" href="/finance/ledger/accounts">{t(text::finance::PER_STORE)}</a>" · "<span class="font-semibold" data-testid="statement-store">{page.statement.store.clone()}</span></p>
                            <StatementContent page base file orders="/finance/transactions?q=" />
                        }.into_any(),
                        Err(failure) => view! { <FailureView failure /> }.into_any(),
                    }
                })}
            </Transition>
        </Frame>
    }
    .into_any()
}

/// Page and file. A slug that is none does not become another address.
fn paths(slug: &str) -> (String, String) {
    let slug: String = slug.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    (format!("/finance/ledger/stores/{slug}"), format!("/api/v1/finance/stores/{slug}/statement/file"))
}
