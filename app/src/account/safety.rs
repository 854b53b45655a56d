//! What keeps the account safe: proven email, second factor.

use super::security::ResendVerification;
use crate::i18n::{t, text};
use crate::ui::{ErrorSummary, Errors, HiddenField, SubmitButton};
use domain::identity::AccountView;
use leptos::form::ActionForm;
use leptos::prelude::*;

#[component]
pub fn Safety(account: AccountView) -> impl IntoView {
    let resend = ServerAction::<ResendVerification>::new();
    let AccountView { email, email_verified, two_factor, .. } = account;
    let badge = |is_good: bool, good, bad| {
        let (class, label) = if is_good { ("badge badge-success", good) } else { ("badge badge-warning", bad) };
        view! { <span class=class>{t(label)}</span> }
    };
    view! {
        <section class="card bg-base-100 h-fit p-5" data-testid="safety">
            <h2 class="mb-3 text-lg font-bold">{t(text::account::SAFETY)}</h2>
            <ErrorSummary errors=Errors::of(resend) />
            <ul class="divide-base-300 grid divide-y">
                <li class="flex flex-wrap items-center justify-between gap-3 py-3">
                    <span class="grid gap-1"><span class="text-sm font-semibold">{t(text::account::EMAIL)}</span>{badge(email_verified, text::account::EMAIL_VERIFIED, text::account::EMAIL_UNVERIFIED)}</span>
                    {(!email_verified).then(|| view! {
                        <ActionForm action=resend><HiddenField name="email" value=email.clone() />
                            <SubmitButton label=t(text::account::SEND_LINK) pending=resend.pending() class="btn btn-sm" /></ActionForm>
                    })}
                </li>
                <li class="flex flex-wrap items-center justify-between gap-3 py-3">
                    <span class="grid gap-1"><span class="text-sm font-semibold">{t(text::account::TWO_FACTOR)}</span>{badge(two_factor, text::account::TWO_FACTOR_ACTIVE, text::account::TWO_FACTOR_INACTIVE)}</span>
                    <a class="btn btn-sm" href="/account/two-factor">{t(if two_factor { text::account::MANAGE } else { text::account::TWO_FACTOR_BEGIN })}</a>
                </li>
            </ul>
        </section>
    }
}
