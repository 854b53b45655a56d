//! Checkout: address, courier per store, payment, one summary. Works without scripts.

use super::address::AddressFields;
use super::api::{PlaceOrder, STORE_KEY, get_quote};
use super::methods::Methods;
use super::tax::tax_row;
use crate::account::AddAddress;
use crate::i18n::{t, text, tf};
use crate::load::load;
use crate::session::use_session;
use crate::ui::{EmptyState, ErrorSummary, Errors, FailureView, HiddenField, Icon, Money, PageTitle, SkeletonPage, SubmitButton};
use domain::cart::CartGroup;
use domain::checkout::CheckoutQuote;
use domain::identity::AddressView;
use domain::shipping::ShippingService;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

#[component]
pub fn CheckoutPage() -> impl IntoView {
    let query = use_query_map();
    let address = move || query.read().get("address_id");
    let quote = load(address, get_quote);
    view! {
        <Transition fallback=SkeletonPage>
            {move || Suspend::new(async move {
                match quote.await {
                    Ok(quote) => view! { <Content quote chosen=address() /> }.into_any(),
                    Err(failure) => view! { <FailureView failure /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Content(quote: CheckoutQuote, chosen: Option<String>) -> impl IntoView {
    let is_empty = !quote.cart.groups.iter().flat_map(|g| &g.items).any(|i| i.selected);
    let no_address = quote.addresses.is_empty();
    view! {
        <PageTitle title=t(text::buying::CHECKOUT) />
        {if is_empty {
            view! { <EmptyState title=t(text::buying::CART_EMPTY) icon="shopping-cart"><a class="btn btn-primary" href="/search">{t(text::shop::HERO_ACTION)}</a></EmptyState> }.into_any()
        } else if no_address {
            view! { <section class="card bg-base-100 mx-auto max-w-2xl p-5"><h2 class="mb-3 text-lg font-bold">{t(text::buying::ADDRESS)}</h2><NewAddress /></section> }.into_any()
        } else {
            view! { <Form quote chosen /> }.into_any()
        }}
    }
}

#[component]
fn NewAddress() -> impl IntoView {
    let action = ServerAction::<AddAddress>::new();
    let errors = Errors::of(action);
    view! {
        <ActionForm action attr:class="grid gap-3">
            <ErrorSummary errors />
            <HiddenField name="next" value="/checkout" />
            <AddressFields errors />
            <SubmitButton label=t(text::buying::USE_ADDRESS) pending=action.pending() />
        </ActionForm>
    }
}

#[component]
fn Form(quote: CheckoutQuote, chosen: Option<String>) -> impl IntoView {
    let action = ServerAction::<PlaceOrder>::new();
    let session = use_session();
    Effect::new(move |_| {
        if action.version().get() > 0 {
            session.reload();
        }
    });
    let address = chosen.or_else(|| quote.addresses.first().map(|a| a.id.to_string())).unwrap_or_default();
    let rates = quote.rates.clone();
    let groups: Vec<_> = quote.cart.groups.into_iter().filter(|g| g.items.iter().any(|i| i.selected)).collect();
    let services: Vec<Vec<ShippingService>> = groups
        .iter()
        .map(|group| rates.iter().find(|r| r.store_id == group.store.id).map(|r| r.services.clone()).unwrap_or_default())
        .collect();
    let total = quote.cart.total;
    // The total has the tax on top; the goods have not.
    let goods = domain::Money::sum(groups.iter().map(|g| g.subtotal)).unwrap_or(total);
    let taxes: Vec<_> = groups.iter().filter_map(|g| tax_row(&g.tax)).collect();
    let costs = RwSignal::new(services.iter().map(|s| s.first().map_or(0, |s| s.cost.rupiah())).collect::<Vec<i64>>());
    // Without scripts the sum cannot follow the choice: it is the least one pays.
    let is_live = RwSignal::new(false);
    Effect::new(move |_| is_live.set(true));
    let amount = move |base: i64| {
        let amount = domain::Money(costs.with(|costs| costs.iter().fold(base, |sum, cost| sum.saturating_add(*cost))));
        if is_live.get() { amount.to_string() } else { tf(text::buying::FROM_PRICE, &[("price", &amount)]) }
    };
    view! {
        <div class="grid gap-6 lg:grid-cols-[1fr_20rem]">
            <div class="grid h-fit gap-4">
                <AddressChoice addresses=quote.addresses chosen=address.clone() />
                <ActionForm action attr:id="place" attr:class="grid gap-4">
                    <ErrorSummary errors=Errors::of(action) />
                    <HiddenField name="form_token" value=quote.form_token />
                    <HiddenField name="address_id" value=address />
                    {groups.into_iter().zip(services).enumerate().map(|(index, (group, services))| {
                        let choose = Callback::new(move |cost| costs.update(|costs| if let Some(known) = costs.get_mut(index) { *known = cost }));
                        view! { <StorePart group services choose /> }
                    }).collect_view()}
                    <fieldset class="card bg-base-100 p-5"><legend class="sr-only">{t(text::buying::PAYMENT)}</legend>
                        <h2 class="mb-2 flex items-center gap-2 text-lg font-bold"><Icon name="wallet" />{t(text::buying::PAYMENT)}</h2>
                        <Methods methods=quote.methods unfit=quote.unfit />
                    </fieldset>
                </ActionForm>
            </div>
            <aside class="card bg-base-100 h-fit gap-2 p-5 lg:sticky lg:top-24">
                <p class="flex justify-between"><span>{t(text::buying::GOODS)}</span><Money amount=goods /></p>
                {taxes.into_iter().map(|(label, amount)| view! { <p class="flex justify-between text-sm" data-testid="tax"><span>{label}</span><Money amount /></p> }).collect_view()}
                <p class="flex justify-between"><span>{t(text::buying::SHIPPING)}</span><span class="money" data-testid="shipping-total">{move || amount(0)}</span></p>
                <p class="flex justify-between text-lg font-bold"><span>{t(text::buying::TOTAL)}</span><span class="money" data-testid="checkout-total">{move || amount(total.rupiah())}</span></p>
                <SubmitButton label=t(text::buying::PLACE) pending=action.pending() form="place" class="btn btn-primary btn-lg" />
            </aside>
        </div>
    }
}

/// A GET form: the page comes back with the rates of the chosen address.
#[component]
fn AddressChoice(addresses: Vec<AddressView>, chosen: String) -> impl IntoView {
    view! {
        <section class="card bg-base-100 p-5">
            <h2 class="mb-2 flex items-center gap-2 text-lg font-bold"><Icon name="map-pin" />{t(text::buying::ADDRESS)}</h2>
            <form action="/checkout" method="get" class="grid gap-2">
                {addresses.into_iter().map(|a| {
                    let id = a.id.to_string();
                    let checked = id == chosen;
                    view! {
                        <label class="flex min-h-11 items-start gap-3 py-1 text-sm"><input class="radio" type="radio" name="address_id" value=id checked=checked />
                            <span><span class="font-semibold">{a.address.recipient}</span>" · "{a.address.phone}<br />{a.address.street}", "{a.address.district}", "{a.address.regency}", "{a.address.province}" "{a.address.postal_code}</span></label>
                    }
                }).collect_view()}
                <button class="btn btn-sm w-fit">{t(text::buying::CHANGE_ADDRESS)}</button>
            </form>
            <details class="mt-3"><summary class="btn btn-sm btn-ghost">{t(text::account::ADD_ADDRESS)}</summary><div class="mt-3"><NewAddress /></div></details>
        </section>
    }
}

#[component]
fn StorePart(group: CartGroup, services: Vec<ShippingService>, choose: Callback<i64>) -> impl IntoView {
    let store = group.store.id.to_string();
    let field = format!("shipping[{STORE_KEY}{store}]");
    let note = format!("notes[{STORE_KEY}{store}]");
    view! {
        <fieldset class="card bg-base-100 p-5" data-testid="checkout-store"><legend class="sr-only">{group.store.name.clone()}</legend>
            <h2 class="mb-2 flex items-center gap-2 text-lg font-bold"><Icon name="store" />{group.store.name}</h2>
            <ul class="mb-3 grid gap-1 text-sm">
                {group.items.into_iter().filter(|i| i.selected).map(|item| view! {
                    <li class="flex justify-between gap-3"><span>{item.quantity}" × "{item.product_name}</span><Money amount=item.line_total /></li>
                }).collect_view()}
            </ul>
            <div class="grid gap-1">
                {services.into_iter().enumerate().map(|(index, service)| view! {
                    <label class="flex min-h-11 items-center gap-3 text-sm"><input class="radio" type="radio" name=field.clone() value=service.code required checked=index == 0 on:change=move |_| choose.run(service.cost.rupiah()) />
                        <span class="flex-1">{service.courier}" "{service.name}" · "{tf(text::buying::ETA, &[("days", &service.eta_days)])}</span><Money amount=service.cost /></label>
                }).collect_view()}
            </div>
            <label class="mt-3 grid gap-1"><span class="text-sm font-semibold">{t(text::buying::NOTE)}</span><input class="input w-full" name=note maxlength="500" /></label>
        </fieldset>
    }
}
