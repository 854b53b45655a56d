//! Which letters the reader wants, in the account and behind the link in a letter.

use super::api::{SetLetter, get_subscription};
use crate::i18n::{letter_text, t, text, tf};
use crate::load::load;
use crate::ui::{EmptyState, FailureView, HiddenField, PageTitle, SkeletonPage, SubmitButton};
use domain::letter::LetterPreference;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

#[component]
pub fn Letters(letters: Vec<LetterPreference>, action: ServerAction<SetLetter>) -> impl IntoView {
    view! {
        <section class="card bg-base-100 h-fit p-5" data-testid="letters">
            <h2 class="mb-1 text-lg font-bold">{t(text::letter::PREFERENCES)}</h2>
            <p class="mb-3 text-sm">{t(text::letter::PREFERENCES_HELP)}</p>
            <ul class="divide-base-300 grid divide-y">{letters.into_iter().map(|letter| view! { <Preference letter action /> }).collect_view()}</ul>
        </section>
    }
}

#[component]
fn Preference(letter: LetterPreference, action: ServerAction<SetLetter>) -> impl IntoView {
    let LetterPreference { kind, is_wanted } = letter;
    let (class, state, button) = if is_wanted {
        ("badge badge-success", text::letter::ON, text::letter::TURN_OFF)
    } else {
        ("badge badge-neutral", text::letter::OFF, text::letter::TURN_ON)
    };
    view! {
        <li class="flex flex-wrap items-center justify-between gap-3 py-3 text-sm" data-letter=kind.as_str()>
            <span class="flex flex-wrap items-center gap-2">{t(letter_text(kind))}<span class=format!("{class} h-auto py-1")>{t(state)}</span></span>
            <ActionForm action>
                <HiddenField name="kind" value=kind.as_str() />
                <HiddenField name="is_wanted" value=(!is_wanted).to_string() />
                <SubmitButton label=t(button) pending=action.pending() class="btn btn-sm" />
            </ActionForm>
        </li>
    }
}

/// Looking changes nothing (mail scanners open every link); the button does, without signing in.
#[component]
pub fn UnsubscribePage() -> impl IntoView {
    let params = use_params_map();
    let token = move || params.read().get("token").unwrap_or_default();
    let subscription = load(token, get_subscription);
    view! {
        <div class="mx-auto max-w-md">
            <Transition fallback=SkeletonPage>
                {move || Suspend::new(async move {
                    match subscription.await {
                        Ok(letter) => view! { <Subscription letter token=token() /> }.into_any(),
                        Err(failure) => view! { <FailureView failure /> }.into_any(),
                    }
                })}
            </Transition>
        </div>
    }
    .into_any()
}

#[component]
fn Subscription(letter: LetterPreference, token: String) -> impl IntoView {
    let kind = t(letter_text(letter.kind));
    if letter.is_wanted {
        return view! {
            <div class="card bg-base-100 gap-4 p-6">
                <PageTitle title=t(text::letter::UNSUBSCRIBE) />
                <p>{tf(text::letter::UNSUBSCRIBE_QUESTION, &[("kind", &kind)])}</p>
                <form action=format!("/unsubscribe/{token}") method="post"><button class="btn btn-primary">{t(text::letter::UNSUBSCRIBE_BUTTON)}</button></form>
            </div>
        }
        .into_any();
    }
    view! {
        <PageTitle title=t(text::letter::UNSUBSCRIBE) />
        <EmptyState title=tf(text::letter::UNSUBSCRIBED, &[("kind", &kind)]) icon="circle-check">
            <p>{t(text::letter::CHANGE_MIND)}</p>
            <a class="btn" href="/account">{t(text::letter::TO_ACCOUNT)}</a>
        </EmptyState>
    }
    .into_any()
}
