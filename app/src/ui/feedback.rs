//! Titles, messages, empty states, errors.

use super::Icon;
use crate::failure::Failure;
use crate::i18n::{error_message, locale, t, text};
use domain::Error;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Redirect;
use leptos_router::hooks::use_location;

/// The one `h1` of a page, and its document title.
#[component]
pub fn PageTitle(#[prop(into)] title: String, #[prop(optional)] children: Option<Children>) -> impl IntoView {
    view! {
        <Title text=title.clone() />
        <div class="mb-4 flex flex-wrap items-center justify-between gap-3">
            <h1 class="text-2xl font-extrabold tracking-tight">{title}</h1>
            {children.map(|children| children())}
        </div>
    }
}

#[component]
pub fn Alert(#[prop(into)] kind: String, children: Children) -> impl IntoView {
    let class = match kind.as_str() {
        "success" => "alert alert-success",
        "warning" => "alert alert-warning",
        "error" => "alert alert-error",
        _ => "alert",
    };
    view! { <div role="alert" class=class>{children()}</div> }
}

/// Says that there is nothing, and what to do next.
#[component]
pub fn EmptyState(
    #[prop(into)] title: String,
    #[prop(into)] icon: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="card bg-base-100 items-center gap-3 px-6 py-12 text-center">
            <span class="bg-secondary text-secondary-content rounded-full p-4"><Icon name=icon /></span>
            <p class="text-lg font-semibold">{title}</p>
            {children.map(|children| children())}
        </div>
    }
}

#[component]
pub fn SkeletonPage() -> impl IntoView {
    view! {
        <div class="grid gap-3" aria-hidden="true">
            <div class="skeleton h-8 w-1/2"></div>
            <div class="skeleton h-40 w-full"></div>
            <div class="skeleton h-40 w-full"></div>
        </div>
    }
}

/// A page that could not be shown: sign in, not found, or the reason with a way to try again.
#[component]
pub fn FailureView(failure: Failure) -> impl IntoView {
    match failure.0 {
        Error::Unauthenticated | Error::SessionEnded => view! { <RequireSignIn /> }.into_any(),
        Error::NotFound(_) => view! { <NotFound /> }.into_any(),
        Error::TwoFactorMissing => view! { <Redirect path="/account/two-factor" /> }.into_any(),
        other => view! {
            <PageTitle title=t(text::ui::FAILED) />
            <Alert kind="error"><p>{error_message(&other, locale())}</p></Alert>
            <p class="mt-4"><a class="btn" href="" rel="external">{t(text::ui::RETRY)}</a></p>
        }
        .into_any(),
    }
}

#[component]
pub fn NotFound() -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(http::StatusCode::NOT_FOUND);
    }
    view! {
        <PageTitle title=t(text::ui::NOT_FOUND) />
        <EmptyState title=t(text::ui::NOT_FOUND_BODY) icon="search">
            <a class="btn btn-primary" href="/">{t(text::ui::TO_HOME)}</a>
        </EmptyState>
    }
}

/// To the sign-in page, and back here afterwards.
#[component]
pub fn RequireSignIn() -> impl IntoView {
    let location = use_location();
    let path = location.pathname.get_untracked();
    let search = location.search.get_untracked();
    let next = if search.is_empty() { path } else { format!("{path}?{}", search.trim_start_matches('?')) };
    let next: String = next
        .bytes()
        .map(|b| if b.is_ascii_alphanumeric() || b"-_.~/".contains(&b) { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect();
    view! { <Redirect path=format!("/login?next={next}") /> }
}
