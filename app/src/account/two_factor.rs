//! Set-up of the second factor, and its recovery codes.

use super::security::{
    BeginTwoFactor, ConfirmTwoFactor, DisableTwoFactor, RenewRecoveryCodes, TwoFactor, get_recovery_codes, get_two_factor,
};
use crate::i18n::{Text, moment, t, text, tf};
use crate::load::load;
use crate::ui::{Alert, CopyButton, EmptyState, ErrorSummary, Errors, FailureView, Field, PageTitle, SkeletonPage, SubmitButton};
use domain::identity::{RecoveryCodes, TwoFactorSetup, TwoFactorView};
use leptos::form::ActionForm;
use leptos::prelude::*;

#[component]
pub fn TwoFactorPage() -> impl IntoView {
    let begin = ServerAction::<BeginTwoFactor>::new();
    let disable = ServerAction::<DisableTwoFactor>::new();
    let state = load(move || (begin.version().get(), disable.version().get()), |_| get_two_factor());
    view! {
        <Transition fallback=SkeletonPage>
            {move || Suspend::new(async move {
                match state.await {
                    Ok(TwoFactor { state, setup }) => view! {
                        <div class="mx-auto grid max-w-xl gap-4">
                            <PageTitle title=t(text::account::TWO_FACTOR) />
                            {match (state.enabled, setup) {
                                (true, _) => view! { <Enabled state disable /> }.into_any(),
                                (false, Some(setup)) => view! { <Setup setup /> }.into_any(),
                                (false, None) => view! { <Begin required=state.required action=begin /> }.into_any(),
                            }}
                            <p class="text-sm"><a class="link font-semibold" href="/account">{t(text::account::BACK_TO_ACCOUNT)}</a></p>
                        </div>
                    }.into_any(),
                    Err(failure) => view! { <FailureView failure /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Begin(required: bool, action: ServerAction<BeginTwoFactor>) -> impl IntoView {
    let errors = Errors::of(action);
    view! {
        {required.then(|| view! { <Alert kind="warning"><p>{t(text::account::TWO_FACTOR_REQUIRED)}</p></Alert> })}
        <section class="card bg-base-100 p-5">
            <ActionForm action attr:class="grid gap-3">
                <ErrorSummary errors />
                <p class="text-sm">{t(text::account::TWO_FACTOR_TEXT)}</p>
                <Field label=t(text::account::CURRENT_PASSWORD) name="password" kind="password" autocomplete="current-password" errors />
                <SubmitButton label=t(text::account::TWO_FACTOR_BEGIN) pending=action.pending() />
            </ActionForm>
        </section>
    }
}

#[component]
fn Setup(setup: TwoFactorSetup) -> impl IntoView {
    let action = ServerAction::<ConfirmTwoFactor>::new();
    let errors = Errors::of(action);
    let TwoFactorSetup { secret, url, qr } = setup;
    let groups: Vec<&str> = (0..secret.len()).step_by(4).map(|at| &secret[at..(at + 4).min(secret.len())]).collect();
    let spaced = groups.join(" ");
    view! {
        <section class="card bg-base-100 gap-4 p-5">
            <p>{t(text::account::SCAN_TEXT)}</p>
            // On white in every theme: scanners want it so.
            <img class="rounded-box border-base-300 mx-auto w-64 border bg-white p-3" src=qr alt=t(text::account::QR_ALT) width="256" height="256" />
            <div class="grid gap-1 text-sm">
                <p>{t(text::account::TYPE_SECRET)}</p>
                <p class="flex flex-wrap items-center gap-2"><code class="font-mono break-all" data-testid="totp-secret">{spaced}</code><CopyButton value=secret label=t(text::account::SECRET) /></p>
                <p><a class="link" href=url rel="external">{t(text::account::OPEN_APP)}</a></p>
            </div>
            <ActionForm action attr:class="grid gap-3">
                <ErrorSummary errors />
                <Field label=t(text::account::CODE) name="code" autocomplete="one-time-code" help=t(text::account::SETUP_CODE_HELP) maxlength=10 errors />
                <SubmitButton label=t(text::account::TWO_FACTOR_CONFIRM) pending=action.pending() />
            </ActionForm>
        </section>
    }
}

#[component]
fn Enabled(state: TwoFactorView, disable: ServerAction<DisableTwoFactor>) -> impl IntoView {
    let renew = ServerAction::<RenewRecoveryCodes>::new();
    let since = state.since.map(moment).unwrap_or_default();
    view! {
        <Alert kind="success"><p>{tf(text::account::TWO_FACTOR_SINCE, &[("since", &since)])}</p></Alert>
        <section class="card bg-base-100 gap-4 p-5">
            <p data-testid="codes-left">{tf(text::account::CODES_LEFT, &[("count", &state.recovery_codes_left)])}</p>
            <details open=move || !Errors::of(renew).is_empty()><summary class="btn">{t(text::account::RENEW_CODES)}</summary>
                <ActionForm action=renew attr:class="mt-3 grid gap-3">
                    <Proof errors=Errors::of(renew) hint=text::account::RENEW_TEXT />
                    <SubmitButton label=t(text::account::RENEW_ACTION) pending=renew.pending() />
                </ActionForm>
            </details>
            <details open=move || !Errors::of(disable).is_empty()><summary class="btn">{t(text::account::DISABLE)}</summary>
                <ActionForm action=disable attr:class="mt-3 grid gap-3">
                    <Proof errors=Errors::of(disable) hint=text::account::DISABLE_TEXT />
                    <SubmitButton label=t(text::account::DISABLE_ACTION) pending=disable.pending() class="btn btn-error" />
                </ActionForm>
            </details>
        </section>
    }
}

/// Password and code, once more.
#[component]
fn Proof(errors: Errors, hint: Text) -> impl IntoView {
    view! {
        <ErrorSummary errors />
        <p class="text-sm">{t(hint)}</p>
        <Field label=t(text::account::CURRENT_PASSWORD) name="password" kind="password" autocomplete="current-password" errors />
        <Field label=t(text::account::CODE) name="code" autocomplete="one-time-code" help=t(text::account::CODE_HELP) maxlength=40 errors />
    }
}

/// Shows new codes once; opened again it has none.
#[component]
pub fn RecoveryCodesPage() -> impl IntoView {
    let codes = load(|| (), |()| get_recovery_codes());
    view! {
        <Transition fallback=SkeletonPage>
            {move || Suspend::new(async move {
                match codes.await {
                    Ok(Some(codes)) => view! { <Codes codes /> }.into_any(),
                    Ok(None) => view! {
                        <PageTitle title=t(text::account::RECOVERY_CODES) />
                        <EmptyState title=t(text::account::CODES_GONE) icon="circle-check">
                            <a class="btn btn-primary" href="/account/two-factor">{t(text::account::TWO_FACTOR)}</a>
                        </EmptyState>
                    }.into_any(),
                    Err(failure) => view! { <FailureView failure /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Codes(codes: RecoveryCodes) -> impl IntoView {
    let all = codes.codes.join("\n");
    view! {
        <div class="mx-auto grid max-w-xl gap-4">
            <PageTitle title=t(text::account::RECOVERY_CODES) />
            <Alert kind="success"><p>{t(text::account::TWO_FACTOR_ON)}</p></Alert>
            <section class="card bg-base-100 gap-4 p-5">
                <p>{t(text::account::CODES_TEXT)}</p>
                <ol class="grid gap-2 font-mono text-sm" data-testid="recovery-codes">{codes.codes.into_iter().map(|code| view! { <li class="break-all">{code}</li> }).collect_view()}</ol>
                <p><CopyButton value=all label=t(text::account::RECOVERY_CODES) /></p>
                <a class="btn btn-primary w-fit" href="/account" rel="external">{t(text::account::CODES_SAVED)}</a>
            </section>
        </div>
    }
}
