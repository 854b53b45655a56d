//! The store's money: balance, payouts and where they go, tax.

use super::frame::Frame;
use super::money_api::{RequestPayout, SetAccount, SetTax, StoreMoney, get_money};
use crate::i18n::{moment, payout_status_text, t, text, tf};
use crate::load::load;
use crate::ui::{
    Alert, EmptyState, ErrorSummary, Errors, FailureView, Field, Money, PageTitle, Pagination, SkeletonPage, SubmitButton,
};
use domain::payout::{BANKS, PayoutAccount, PayoutRow, SellerBalance};
use domain::rate::{TaxMode, TaxRule};
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// What a seller does here.
#[derive(Clone, Copy)]
struct Actions {
    request: ServerAction<RequestPayout>,
    account: ServerAction<SetAccount>,
    tax: ServerAction<SetTax>,
}

#[component]
pub fn SellerMoney() -> impl IntoView {
    let actions = Actions { request: ServerAction::new(), account: ServerAction::new(), tax: ServerAction::new() };
    let query = use_query_map();
    let source = move || {
        let Actions { request, account, tax } = actions;
        (query.read().get("page"), (request.version().get(), account.version().get(), tax.version().get()))
    };
    let money = load(source, |(page, _)| get_money(page));
    view! {
        <Frame>
            <PageTitle title=t(text::seller::PAYOUTS)><a class="btn" href="/seller/statement">{t(text::seller::SEE_STATEMENT)}</a></PageTitle>
            <div aria-live="polite">
                <ErrorSummary errors=Errors::of(actions.request) />
                <ErrorSummary errors=Errors::of(actions.account) />
                <ErrorSummary errors=Errors::of(actions.tax) />
            </div>
            <Transition fallback=SkeletonPage>
                {move || Suspend::new(async move {
                    match money.await {
                        Ok(money) => view! { <Content money actions /> }.into_any(),
                        Err(failure) => view! { <FailureView failure /> }.into_any(),
                    }
                })}
            </Transition>
        </Frame>
    }
    .into_any()
}

#[component]
fn Content(money: StoreMoney, actions: Actions) -> impl IntoView {
    let StoreMoney { balance, payouts, tax } = money;
    let (number, last) = (payouts.page, payouts.last());
    let account = balance.account.clone();
    view! {
        <Balances balance=balance.clone() />
        <div class="mb-4 grid gap-4 lg:grid-cols-2">
            <RequestForm balance actions />
            <AccountForm account actions />
        </div>
        <h2 class="mb-2 text-lg font-bold">{t(text::seller::PAYOUT_HISTORY)}</h2>
        {if payouts.items.is_empty() {
            view! { <EmptyState title=t(text::seller::NO_PAYOUTS) icon="wallet" /> }.into_any()
        } else {
            view! { <ul class="grid gap-3" data-testid="payouts">{payouts.items.into_iter().map(|row| view! { <Row row /> }).collect_view()}</ul> }.into_any()
        }}
        <Pagination page=number last />
        <TaxForm tax actions />
    }
}

#[component]
fn Balances(balance: SellerBalance) -> impl IntoView {
    let is_negative = balance.available < domain::Money::ZERO;
    let figure = |label, amount, id: &'static str| {
        view! { <div class="card bg-base-100 p-4"><dt class="text-sm">{t(label)}</dt><dd class="text-2xl font-extrabold" data-testid=id><Money amount /></dd></div> }
    };
    view! {
        <dl class="mb-4 grid gap-3 sm:grid-cols-3">
            {figure(text::seller::AVAILABLE_BALANCE, balance.available, "available")}
            {figure(text::seller::PENDING_BALANCE, balance.pending, "pending")}
            {figure(text::seller::IN_TRANSIT, balance.in_transit, "in-transit")}
        </dl>
        {is_negative.then(|| view! { <div class="mb-4"><Alert kind="warning"><p>{t(text::seller::NEGATIVE_BALANCE)}</p></Alert></div> })}
    }
}

#[component]
fn RequestForm(balance: SellerBalance, actions: Actions) -> impl IntoView {
    let action = actions.request;
    let most = balance.available.rupiah().max(0);
    let can_ask = balance.account.is_some() && most >= balance.minimum.rupiah();
    let help = tf(text::seller::PAYOUT_MINIMUM, &[("amount", &balance.minimum)]);
    view! {
        <section class="card bg-base-100 h-fit gap-3 p-5">
            <h2 class="text-lg font-bold">{t(text::seller::REQUEST_PAYOUT)}</h2>
            {if balance.has_open {
                view! { <p>{t(text::seller::PAYOUT_OPEN)}</p> }.into_any()
            } else if can_ask {
                view! {
                    <ActionForm action attr:class="grid gap-3">
                        <Field label=t(text::seller::PAYOUT_AMOUNT) name="amount" kind="number" value=most.to_string() help errors=Errors::of(action) />
                        <SubmitButton label=t(text::seller::REQUEST_PAYOUT) pending=action.pending() />
                    </ActionForm>
                }.into_any()
            } else {
                view! { <p>{help}</p> }.into_any()
            }}
        </section>
    }
}

#[component]
fn AccountForm(account: Option<PayoutAccount>, actions: Actions) -> impl IntoView {
    let action = actions.account;
    let errors = Errors::of(action);
    let usable = account.as_ref().map(|a| tf(text::seller::USABLE_FROM, &[("time", &moment(a.usable_from))]));
    let (bank, number, holder) = account.map(|a| (a.bank, a.account_number, a.holder)).unwrap_or_default();
    view! {
        <section class="card bg-base-100 h-fit gap-3 p-5">
            <h2 class="text-lg font-bold">{t(text::seller::BANK_ACCOUNT)}</h2>
            <ActionForm action attr:class="grid gap-3" attr:data-testid="account-form">
                <label class="grid gap-1"><span class="text-sm font-semibold">{t(text::field::BANK)}</span>
                    <select class="select w-full" name="bank" required>
                        {BANKS.iter().map(|(_, name)| view! { <option value=*name selected=*name == bank>{*name}</option> }).collect_view()}
                    </select>
                </label>
                <Field label=t(text::field::ACCOUNT_NUMBER) name="account_number" value=number maxlength=30 errors />
                <Field label=t(text::field::HOLDER) name="holder" value=holder maxlength=70 errors />
                <p class="text-base-content/80 text-sm">{t(text::seller::ACCOUNT_HELP)}" "{usable}</p>
                <SubmitButton label=t(text::ui::SAVE) pending=action.pending() class="btn" />
            </ActionForm>
        </section>
    }
}

#[component]
fn Row(row: PayoutRow) -> impl IntoView {
    view! {
        <li class="card bg-base-100 flex-row flex-wrap items-start justify-between gap-3 p-4">
            <div class="grid gap-0.5 text-sm">
                <p class="text-base font-semibold">{row.number}</p>
                <p>{moment(row.requested_at)}" · "{row.bank}" "{row.account_number}" · "{row.holder}</p>
                {row.reference.map(|reference| view! { <p>{t(text::field::REFERENCE)}": "{reference}</p> })}
                {row.reason.map(|reason| view! { <p class="text-error">{reason}</p> })}
            </div>
            <p class="grid justify-items-end gap-1"><span class="text-lg font-bold"><Money amount=row.amount /></span>
                <span class="badge h-auto py-1" data-status=row.status.as_str()>{t(payout_status_text(row.status))}</span></p>
        </li>
    }
}

#[component]
fn TaxForm(tax: TaxRule, actions: Actions) -> impl IntoView {
    let action = actions.tax;
    let chosen = tax.mode;
    let option = move |mode: TaxMode, label| {
        view! { <label class="flex min-h-11 items-center gap-3"><input class="radio" type="radio" name="mode" value=mode.as_str() checked=chosen == mode />{t(label)}</label> }
    };
    view! {
        <section class="card bg-base-100 mt-6 gap-3 p-5">
            <h2 class="text-lg font-bold">{t(text::seller::TAX)}</h2>
            <ActionForm action attr:class="grid max-w-md gap-2" attr:data-testid="tax-form">
                {option(TaxMode::None, text::seller::TAX_NONE)}
                {option(TaxMode::Included, text::seller::TAX_INCLUDED)}
                {option(TaxMode::Added, text::seller::TAX_ADDED)}
                <Field label=t(text::seller::TAX_RATE) name="tax_basis_points" kind="number" value=tax.basis_points.to_string() help=t(text::seller::TAX_HELP).to_owned() errors=Errors::of(action) />
                <SubmitButton label=t(text::ui::SAVE) pending=action.pending() class="btn" />
            </ActionForm>
        </section>
    }
}
