//! Sign-in and registration.

use super::api::{LogIn, LogInWithCode, SignUp};
use crate::i18n::{Text, t, text};
use crate::session::use_session;
use crate::ui::{Alert, ErrorSummary, Errors, Field, HiddenField, PageTitle, SubmitButton};
use domain::shipping::CITIES;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// Reloads the session when an action has succeeded (its redirect keeps the page alive).
fn reload_after<S>(action: ServerAction<S>)
where
    S: server_fn::ServerFn<Output = (), Error = crate::failure::Failure> + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
{
    let session = use_session();
    Effect::new(move |_| {
        if matches!(action.value().get(), Some(Ok(()))) {
            session.reload();
        }
    });
}

fn next() -> String {
    use_query_map().read_untracked().get("next").unwrap_or_default()
}

/// What brought the reader here, if it was a link from an email.
fn notice() -> Option<Text> {
    match use_query_map().read_untracked().get("done").as_deref() {
        Some("reset") => Some(text::account::RESET_DONE),
        Some("verified") => Some(text::account::VERIFIED_DONE),
        _ => None,
    }
}

#[component]
pub fn LoginPage() -> impl IntoView {
    let action = ServerAction::<LogIn>::new();
    let errors = Errors::of(action);
    reload_after(action);
    view! {
        <div class="card bg-base-100 mx-auto max-w-md p-6">
            <PageTitle title=t(text::account::LOGIN) />
            {notice().map(|notice| view! { <div class="mb-4"><Alert kind="success"><p>{t(notice)}</p></Alert></div> })}
            <ActionForm action attr:class="grid gap-3">
                <ErrorSummary errors />
                <HiddenField name="next" value=next() />
                <Field label=t(text::account::EMAIL) name="email" kind="email" autocomplete="email" errors />
                <Field label=t(text::account::PASSWORD) name="password" kind="password" autocomplete="current-password" errors />
                <SubmitButton label=t(text::account::LOGIN_ACTION) pending=action.pending() />
            </ActionForm>
            <p class="mt-4 text-sm"><a class="link font-semibold" href="/forgot-password">{t(text::account::FORGOT)}</a></p>
            <p class="mt-2 text-sm">{t(text::account::NO_ACCOUNT)}" "<a class="link font-semibold" href=format!("/register?next={}", next())>{t(text::account::REGISTER)}</a></p>
        </div>
    }
    .into_any()
}

/// The second step of a sign-in.
#[component]
pub fn CodePage() -> impl IntoView {
    let action = ServerAction::<LogInWithCode>::new();
    let errors = Errors::of(action);
    reload_after(action);
    view! {
        <div class="card bg-base-100 mx-auto max-w-md p-6">
            <PageTitle title=t(text::account::CODE_TITLE) />
            <ActionForm action attr:class="grid gap-3">
                <ErrorSummary errors />
                <HiddenField name="next" value=next() />
                <p class="text-sm">{t(text::account::CODE_TEXT)}</p>
                <Field label=t(text::account::CODE) name="code" autocomplete="one-time-code" help=t(text::account::CODE_HELP) maxlength=40 errors />
                <SubmitButton label=t(text::account::LOGIN_ACTION) pending=action.pending() />
            </ActionForm>
            <p class="mt-4 text-sm"><a class="link font-semibold" href=format!("/login?next={}", next())>{t(text::account::BACK_TO_LOGIN)}</a></p>
        </div>
    }
    .into_any()
}

#[component]
pub fn RegisterPage() -> impl IntoView {
    let action = ServerAction::<SignUp>::new();
    let errors = Errors::of(action);
    reload_after(action);
    let choice = |value: &'static str, label: Text, checked: bool| {
        view! { <label class="flex min-h-11 items-center gap-2"><input class="radio peer" type="radio" name="role" value=value checked=checked />{t(label)}</label> }
    };
    view! {
        <div class="card bg-base-100 mx-auto max-w-md p-6">
            <PageTitle title=t(text::account::REGISTER) />
            <ActionForm action attr:class="group grid gap-3">
                <ErrorSummary errors />
                <HiddenField name="next" value=next() />
                <fieldset><legend class="text-sm font-semibold">{t(text::account::ROLE)}</legend>
                    {choice("customer", text::account::AS_CUSTOMER, true)}
                    {choice("seller", text::account::AS_SELLER, false)}
                </fieldset>
                <Field label=t(text::account::NAME) name="name" autocomplete="name" maxlength=100 errors />
                <Field label=t(text::account::EMAIL) name="email" kind="email" autocomplete="email" errors />
                <Field label=t(text::account::PASSWORD) name="password" kind="password" autocomplete="new-password" help=t(text::account::PASSWORD_HELP) errors />
                // Shown by the style sheet alone when "seller" is chosen: works without scripts.
                <div class="hidden gap-3 group-has-[[value=seller]:checked]:grid">
                    <Field label=t(text::account::STORE_NAME) name="store_name" required=false maxlength=60 errors />
                    <label class="grid gap-1"><span class="text-sm font-semibold">{t(text::account::STORE_LOCATION)}</span>
                        <input class="input w-full" name="store_location" list="cities" maxlength="60" /></label>
                    <datalist id="cities">{CITIES.iter().map(|(city, _)| view! { <option value=*city></option> }).collect_view()}</datalist>
                </div>
                <SubmitButton label=t(text::account::REGISTER_ACTION) pending=action.pending() />
            </ActionForm>
            <p class="mt-4 text-sm">{t(text::account::HAVE_ACCOUNT)}" "<a class="link font-semibold" href=format!("/login?next={}", next())>{t(text::account::LOGIN)}</a></p>
        </div>
    }
    .into_any()
}
