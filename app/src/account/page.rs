//! Profile, password, address book, sessions, letters.

use super::api::{Account, AddAddress, EndSession, RemoveAddress, SavePassword, SaveProfile, SetLetter, get_account};
use super::letters::Letters;
use super::safety::Safety;
use crate::buying::AddressFields;
use crate::i18n::{moment, t, text};
use crate::load::load;
use crate::ui::{Alert, ErrorSummary, Errors, FailureView, Field, HiddenField, PageTitle, SkeletonPage, SubmitButton};
use domain::identity::{AddressView, SessionView};
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

#[component]
pub fn AccountPage() -> impl IntoView {
    let profile = ServerAction::<SaveProfile>::new();
    let address = ServerAction::<AddAddress>::new();
    let removal = ServerAction::<RemoveAddress>::new();
    let ending = ServerAction::<EndSession>::new();
    let letter = ServerAction::<SetLetter>::new();
    let version = move || {
        let own = (profile.version().get(), letter.version().get());
        (own, address.version().get(), removal.version().get(), ending.version().get())
    };
    let account = load(version, |_| get_account());
    view! {
        <Transition fallback=SkeletonPage>
            {move || Suspend::new(async move {
                match account.await {
                    Ok(found) => view! { <Content found profile address removal ending letter /> }.into_any(),
                    Err(failure) => view! { <FailureView failure /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Content(
    found: Account,
    profile: ServerAction<SaveProfile>,
    address: ServerAction<AddAddress>,
    removal: ServerAction<RemoveAddress>,
    ending: ServerAction<EndSession>,
    letter: ServerAction<SetLetter>,
) -> impl IntoView {
    let query = use_query_map().get_untracked();
    let Account { account, addresses, sessions, letters } = found;
    let safety = account.clone();
    view! {
        <PageTitle title=t(text::account::ACCOUNT) />
        {query.get("saved").map(|_| view! { <div class="mb-4"><Alert kind="success">{t(text::ui::SAVED)}</Alert></div> })}
        <div class="grid gap-6 lg:grid-cols-2">
            <section class="card bg-base-100 h-fit p-5">
                <h2 class="mb-3 text-lg font-bold">{t(text::account::PROFILE)}</h2>
                <Avatar url=account.avatar_url name=account.name.clone() refused=query.get("upload_error") />
                <ActionForm action=profile attr:class="grid gap-3">
                    <ErrorSummary errors=Errors::of(profile) />
                    <p class="text-sm">{account.email}</p>
                    <Field label=t(text::account::NAME) name="name" value=account.name errors=Errors::of(profile) />
                    <Field label=t(text::account::PHONE) name="phone" kind="tel" required=false value=account.phone.unwrap_or_default() errors=Errors::of(profile) />
                    <SubmitButton label=t(text::ui::SAVE) pending=profile.pending() />
                </ActionForm>
            </section>
            <Safety account=safety />
            <PasswordForm />
            <Addresses addresses action=address removal />
            <Sessions sessions ending />
            <Letters letters action=letter />
        </div>
    }
}

/// A plain multipart form: works without scripts.
#[component]
fn Avatar(url: Option<String>, name: String, refused: Option<String>) -> impl IntoView {
    let initial = name.chars().next().unwrap_or('?').to_uppercase().to_string();
    view! {
        <form action="/account/avatar" method="post" enctype="multipart/form-data" class="mb-4 grid gap-3" data-testid="avatar-form">
            {refused.map(|message| view! { <Alert kind="error"><p>{message}</p></Alert> })}
            <div class="flex flex-wrap items-center gap-4">
                {match url {
                    Some(url) => view! { <img class="size-20 rounded-full object-cover" src=url alt=t(text::account::AVATAR) width="80" height="80" data-testid="avatar" /> }.into_any(),
                    None => view! { <span class="bg-secondary text-secondary-content grid size-20 place-items-center rounded-full text-3xl font-extrabold" aria-hidden="true">{initial}</span> }.into_any(),
                }}
                <label class="grid min-w-0 flex-1 gap-1"><span class="text-sm font-semibold">{t(text::account::AVATAR)}</span>
                    <input class="file-input w-full" type="file" name="image" accept="image/jpeg,image/png,image/webp" required /></label>
            </div>
            <button class="btn w-fit">{t(text::account::SAVE_AVATAR)}</button>
        </form>
    }
}

#[component]
fn PasswordForm() -> impl IntoView {
    let action = ServerAction::<SavePassword>::new();
    let errors = Errors::of(action);
    view! {
        <section class="card bg-base-100 h-fit p-5">
            <h2 class="mb-3 text-lg font-bold">{t(text::account::CHANGE_PASSWORD)}</h2>
            <ActionForm action attr:class="grid gap-3">
                <ErrorSummary errors />
                <Field label=t(text::account::CURRENT_PASSWORD) name="current_password" kind="password" autocomplete="current-password" errors />
                <Field label=t(text::account::NEW_PASSWORD) name="new_password" kind="password" autocomplete="new-password" help=t(text::account::PASSWORD_HELP) errors />
                <SubmitButton label=t(text::ui::SAVE) pending=action.pending() />
            </ActionForm>
        </section>
    }
}

#[component]
fn Addresses(
    addresses: Vec<AddressView>,
    action: ServerAction<AddAddress>,
    removal: ServerAction<RemoveAddress>,
) -> impl IntoView {
    view! {
        <section class="card bg-base-100 h-fit p-5">
            <h2 class="mb-3 text-lg font-bold">{t(text::account::ADDRESSES)}</h2>
            <ul class="divide-base-300 mb-4 grid divide-y">
                {addresses.into_iter().map(|a| view! {
                    <li class="flex items-start justify-between gap-3 py-3 text-sm">
                        <span><span class="font-semibold">{a.address.recipient}</span>" "{a.address.phone}<br />{a.address.street}", "{a.address.district}", "{a.address.regency}", "{a.address.province}" "{a.address.postal_code}
                            {a.is_default.then(|| view! { <span class="badge badge-secondary ms-2">{t(text::account::DEFAULT)}</span> })}</span>
                        <ActionForm action=removal><HiddenField name="id" value=a.id.to_string() /><button class="btn btn-sm">{t(text::ui::REMOVE)}</button></ActionForm>
                    </li>
                }).collect_view()}
            </ul>
            <details><summary class="btn">{t(text::account::ADD_ADDRESS)}</summary>
                <ActionForm action attr:class="mt-3 grid gap-3">
                    <HiddenField name="next" value="/account" />
                    <AddressFields errors=Errors::of(action) />
                    <label class="flex min-h-11 items-center gap-2"><input class="checkbox" type="checkbox" name="is_default" value="true" />{t(text::account::MAKE_DEFAULT)}</label>
                    <SubmitButton label=t(text::ui::SAVE) pending=action.pending() />
                </ActionForm>
            </details>
        </section>
    }
}

#[component]
fn Sessions(sessions: Vec<SessionView>, ending: ServerAction<EndSession>) -> impl IntoView {
    view! {
        <section class="card bg-base-100 h-fit p-5">
            <h2 class="mb-3 text-lg font-bold">{t(text::account::SESSIONS)}</h2>
            <ul class="divide-base-300 grid divide-y">
                {sessions.into_iter().map(|s| view! {
                    <li class="flex items-center justify-between gap-3 py-3 text-sm">
                        <span class="min-w-0"><span class="block truncate">{s.device}</span>{moment(s.last_seen_at)}</span>
                        {if s.current {
                            view! { <span class="badge badge-success">{t(text::account::THIS_DEVICE)}</span> }.into_any()
                        } else {
                            view! { <ActionForm action=ending><HiddenField name="id" value=s.id.to_string() /><button class="btn btn-sm">{t(text::account::END_SESSION)}</button></ActionForm> }.into_any()
                        }}
                    </li>
                }).collect_view()}
            </ul>
        </section>
    }
}
