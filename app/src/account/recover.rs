//! Forgotten password, new password, proof of the email. Opening a page spends nothing (mail scanners
//! open links too); its form does.

use super::security::{ForgotPassword, ResendVerification, ResetPassword, VerifyEmail};
use crate::i18n::{Text, t, text};
use crate::ui::{Alert, ErrorSummary, Errors, Field, HiddenField, PageTitle, SubmitButton};
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

fn query(name: &str) -> Option<String> {
    use_query_map().read_untracked().get(name)
}

/// Follows the query: after a form was sent the page stays.
#[component]
fn Sent(message: Text) -> impl IntoView {
    let query = use_query_map();
    move || {
        let is_sent = query.read().get("sent").is_some();
        is_sent.then(|| view! { <div class="mb-4" data-testid="sent"><Alert kind="success"><p>{t(message)}</p></Alert></div> })
    }
}

#[component]
pub fn ForgotPasswordPage() -> impl IntoView {
    let action = ServerAction::<ForgotPassword>::new();
    let errors = Errors::of(action);
    view! {
        <div class="card bg-base-100 mx-auto max-w-md p-6">
            <PageTitle title=t(text::account::FORGOT_TITLE) />
            <Sent message=text::account::FORGOT_SENT />
            <ActionForm action attr:class="grid gap-3">
                <ErrorSummary errors />
                <p class="text-sm">{t(text::account::FORGOT_TEXT)}</p>
                <Field label=t(text::account::EMAIL) name="email" kind="email" autocomplete="email" errors />
                <SubmitButton label=t(text::account::SEND_LINK) pending=action.pending() />
            </ActionForm>
            <p class="mt-4 text-sm"><a class="link font-semibold" href="/login">{t(text::account::BACK_TO_LOGIN)}</a></p>
        </div>
    }
    .into_any()
}

#[component]
pub fn ResetPasswordPage() -> impl IntoView {
    let action = ServerAction::<ResetPassword>::new();
    let errors = Errors::of(action);
    view! {
        <div class="card bg-base-100 mx-auto max-w-md p-6">
            <PageTitle title=t(text::account::RESET_TITLE) />
            <ActionForm action attr:class="grid gap-3">
                <ErrorSummary errors />
                <HiddenField name="token" value=query("token").unwrap_or_default() />
                <p class="text-sm">{t(text::account::RESET_TEXT)}</p>
                <Field label=t(text::account::NEW_PASSWORD) name="new_password" kind="password" autocomplete="new-password" help=t(text::account::PASSWORD_HELP) errors />
                <SubmitButton label=t(text::account::RESET_ACTION) pending=action.pending() />
            </ActionForm>
            <p class="mt-4 text-sm"><a class="link font-semibold" href="/forgot-password">{t(text::account::NEW_LINK)}</a></p>
        </div>
    }
    .into_any()
}

/// With a link's token: proves the email. Without: sends the link again.
#[component]
pub fn VerifyEmailPage() -> impl IntoView {
    let action = ServerAction::<VerifyEmail>::new();
    let errors = Errors::of(action);
    view! {
        <div class="card bg-base-100 mx-auto max-w-md p-6">
            <PageTitle title=t(text::account::VERIFY_TITLE) />
            {match query("token") {
                Some(token) => view! {
                    <ActionForm action attr:class="grid gap-3">
                        <ErrorSummary errors />
                        <HiddenField name="token" value=token />
                        <p class="text-sm">{t(text::account::VERIFY_TEXT)}</p>
                        <SubmitButton label=t(text::account::VERIFY_ACTION) pending=action.pending() />
                    </ActionForm>
                    <p class="mt-4 text-sm"><a class="link font-semibold" href="/verify-email" rel="external">{t(text::account::NEW_LINK)}</a></p>
                }.into_any(),
                None => view! { <Resend /> }.into_any(),
            }}
        </div>
    }
    .into_any()
}

#[component]
fn Resend() -> impl IntoView {
    let action = ServerAction::<ResendVerification>::new();
    let errors = Errors::of(action);
    view! {
        <Sent message=text::account::VERIFY_SENT />
        <ActionForm action attr:class="grid gap-3">
            <ErrorSummary errors />
            <p class="text-sm">{t(text::account::RESEND_TEXT)}</p>
            <Field label=t(text::account::EMAIL) name="email" kind="email" autocomplete="email" errors />
            <SubmitButton label=t(text::account::SEND_LINK) pending=action.pending() />
        </ActionForm>
        <p class="mt-4 text-sm"><a class="link font-semibold" href="/login">{t(text::account::BACK_TO_LOGIN)}</a></p>
    }
}
