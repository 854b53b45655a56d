//! The cart. Every change is a plain form with a named button.

use super::api::{ChangeCart, get_cart};
use super::tax::tax_row;
use crate::i18n::{Text, t, text};
use crate::load::load;
use crate::session::use_session;
use crate::ui::{
    Alert, EmptyState, ErrorSummary, Errors, FailureView, HiddenField, Icon, Money, PageTitle, Picture, SkeletonPage,
};
use domain::cart::{CartGroup, CartLine, CartView, Notice};
use leptos::form::ActionForm;
use leptos::prelude::*;

#[component]
pub fn CartPage() -> impl IntoView {
    let change = ServerAction::<ChangeCart>::new();
    let session = use_session();
    let cart = load(move || change.version().get(), |_| get_cart());
    Effect::new(move |_| {
        if change.version().get() > 0 {
            session.reload();
        }
    });
    view! {
        <PageTitle title=t(text::buying::CART) />
        <div aria-live="polite"><ErrorSummary errors=Errors::of(change) /></div>
        <Transition fallback=SkeletonPage>
            {move || Suspend::new(async move {
                match cart.await {
                    Ok(cart) if cart.groups.is_empty() && cart.saved.is_empty() => view! {
                        <EmptyState title=t(text::buying::CART_EMPTY) icon="shopping-cart"><a class="btn btn-primary" href="/search">{t(text::shop::HERO_ACTION)}</a></EmptyState>
                    }.into_any(),
                    Ok(cart) => view! { <Content cart change /> }.into_any(),
                    Err(failure) => view! { <FailureView failure /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Content(cart: CartView, change: ServerAction<ChangeCart>) -> impl IntoView {
    let total = cart.total;
    let can_check_out = cart.groups.iter().flat_map(|g| &g.items).any(|i| i.selected);
    view! {
        <div class="grid gap-6 lg:grid-cols-[1fr_20rem]">
            <div class="grid h-fit gap-4">
                {cart.groups.into_iter().map(|group| view! { <Group group change /> }).collect_view()}
                {(!cart.saved.is_empty()).then(|| view! {
                    <section class="card bg-base-100 p-4"><h2 class="mb-2 font-bold">{t(text::buying::SAVED)}</h2>
                        <ul class="divide-base-300 grid divide-y">{cart.saved.into_iter().map(|line| view! { <Line line change is_saved=true /> }).collect_view()}</ul>
                    </section>
                })}
            </div>
            <aside class="card bg-base-100 h-fit gap-3 p-5 lg:sticky lg:top-24">
                <p class="flex justify-between text-lg font-bold"><span>{t(text::buying::TOTAL)}</span><span data-testid="cart-total"><Money amount=total /></span></p>
                {if can_check_out {
                    view! { <a class="btn btn-primary" href="/checkout">{t(text::buying::CHECKOUT)}</a> }.into_any()
                } else {
                    view! { <p class="text-sm">{t(text::buying::NOTHING_SELECTED)}</p> }.into_any()
                }}
            </aside>
        </div>
    }
}

#[component]
fn Group(group: CartGroup, change: ServerAction<ChangeCart>) -> impl IntoView {
    view! {
        <section class="card bg-base-100 p-4" data-testid="cart-group">
            <h2 class="mb-2 flex items-center gap-2 font-bold"><Icon name="store" /><a class="link-hover" href=format!("/s/{}", group.store.slug)>{group.store.name}</a></h2>
            <ul class="divide-base-300 grid divide-y">{group.items.into_iter().map(|line| view! { <Line line change is_saved=false /> }).collect_view()}</ul>
            {tax_row(&group.tax).map(|(label, amount)| view! { <p class="flex justify-between pt-2 text-sm"><span>{label}</span><Money amount /></p> })}
        </section>
    }
}

#[component]
fn Line(line: CartLine, change: ServerAction<ChangeCart>, is_saved: bool) -> impl IntoView {
    let options = line.options.values().cloned().collect::<Vec<_>>().join(", ");
    let id = line.id.to_string();
    let price_changed = line.notices.iter().any(|n| matches!(n, Notice::PriceUp | Notice::PriceDown));
    let button = |action: &'static str, label: Text| view! { <button class="btn btn-sm btn-ghost" name="action" value=action>{t(label)}</button> };
    let select = if line.selected { ("deselect", text::buying::DESELECT) } else { ("select", text::buying::SELECT) };
    view! {
        <li class="grid gap-2 py-3" class:opacity-70=!line.selected>
            <div class="flex gap-3">
                <div class="rounded-field size-20 shrink-0 overflow-hidden"><Picture url=line.image_url alt="" sizes="80px" /></div>
                <div class="min-w-0 flex-1">
                    <a class="line-clamp-2 font-semibold" href=format!("/p/{}", line.product_slug)>{line.product_name.clone()}</a>
                    <p class="text-sm">{options}</p>
                    <p class="font-bold"><Money amount=line.unit_price /></p>
                </div>
                <p class="hidden font-bold sm:block"><Money amount=line.line_total /></p>
            </div>
            {line.notices.into_iter().map(|notice| view! { <Alert kind="warning"><p>{t(notice_text(notice))}</p></Alert> }).collect_view()}
            <ActionForm action=change attr:class="flex flex-wrap items-center gap-2">
                <HiddenField name="id" value=id />
                {(!is_saved).then(|| view! {
                    <input class="input input-sm w-20 tabular-nums" type="number" name="quantity" min="1" max="10000" value=line.quantity aria-label=t(text::shop::QUANTITY) />
                    {button("quantity", text::buying::UPDATE)}
                    {button(select.0, select.1)}
                    {price_changed.then(|| button("accept", text::buying::ACCEPT_PRICE))}
                })}
                {if is_saved { button("restore", text::buying::RESTORE).into_any() } else { button("save", text::buying::SAVE_FOR_LATER).into_any() }}
                {button("remove", text::ui::REMOVE)}
            </ActionForm>
        </li>
    }
}

fn notice_text(notice: Notice) -> Text {
    match notice {
        Notice::PriceUp => text::buying::NOTICE_PRICE_UP,
        Notice::PriceDown => text::buying::NOTICE_PRICE_DOWN,
        Notice::StockShort => text::buying::NOTICE_STOCK_SHORT,
        Notice::OutOfStock => text::buying::NOTICE_OUT_OF_STOCK,
        Notice::Unavailable => text::buying::NOTICE_UNAVAILABLE,
        Notice::StoreClosed => text::shop::STORE_CLOSED,
    }
}
