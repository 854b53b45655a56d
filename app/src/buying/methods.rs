//! The ways to pay, by kind: few to look at, all within reach.

use crate::i18n::{Text, t, text, tf};
use domain::payment::{ChannelKind, PaymentMethod};
use leptos::prelude::*;

fn kind_text(kind: ChannelKind) -> Text {
    match kind {
        ChannelKind::Qris => text::buying::KIND_QRIS,
        ChannelKind::VirtualAccount => text::buying::KIND_VIRTUAL_ACCOUNT,
        ChannelKind::Wallet => text::buying::KIND_WALLET,
        ChannelKind::Card => text::buying::KIND_CARD,
        ChannelKind::Retail => text::buying::KIND_RETAIL,
        ChannelKind::BankTransfer => text::buying::KIND_BANK_TRANSFER,
        ChannelKind::Sandbox => text::buying::KIND_SANDBOX,
        ChannelKind::Cash => text::buying::KIND_CASH,
    }
}

/// The first one is chosen. A kind with one method is shown as it is; one with several is opened by
/// a click, by the browser itself. What does not take the amount is named with its bounds.
#[component]
pub fn Methods(methods: Vec<PaymentMethod>, unfit: Vec<PaymentMethod>) -> impl IntoView {
    let first = methods.first().map(|m| m.code.clone()).unwrap_or_default();
    let mut kinds: Vec<ChannelKind> = vec![];
    for method in &methods {
        if !kinds.contains(&method.kind) {
            kinds.push(method.kind);
        }
    }
    let group = move |kind: ChannelKind| {
        let mut mine: Vec<_> = methods.iter().filter(|m| m.kind == kind).cloned().collect();
        mine.sort_by(|a, b| (&a.name, &a.gateway).cmp(&(&b.name, &b.gateway)));
        // The same name twice needs its gateway beside it.
        let is_double = |name: &str| mine.iter().filter(|m| m.name == name).count() > 1;
        let choices = mine.iter().map(|method| {
            let gateway = is_double(&method.name).then(|| format!(" ({})", capitalized(&method.gateway)));
            let checked = method.code == first;
            view! {
                <label class="flex min-h-11 items-center gap-3 py-1"><input class="radio" type="radio" name="payment_method" value=method.code.clone() required checked=checked />
                    <span><span class="block font-semibold">{method.name.clone()}{gateway}</span><span class="text-sm">{method.description.clone()}</span></span></label>
            }
        });
        let choices = choices.collect_view();
        if mine.len() < 2 {
            return view! { <div>{choices}</div> }.into_any();
        }
        view! {
            <details class="group border-base-300 border-t"><summary class="flex min-h-11 cursor-pointer items-center justify-between font-semibold">{t(kind_text(kind))}<Chevron /></summary><div class="ps-2 pb-2">{choices}</div></details>
        }
        .into_any()
    };
    let unfit = unfit.into_iter().map(|m| view! { <li>{format!("{} – {}", m.name, bounds(&m))}</li> }).collect::<Vec<_>>();
    view! {
        {kinds.into_iter().map(group).collect_view()}
        {(!unfit.is_empty()).then(|| view! {
            <div class="border-base-300 border-t pt-2 text-sm" data-testid="unfit-methods">
                <p>{t(text::buying::METHODS_UNFIT)}</p><ul class="list-disc ps-5">{unfit}</ul>
            </div>
        })}
    }
}

/// What the method takes.
fn bounds(method: &PaymentMethod) -> String {
    match (method.least, method.limit) {
        (Some(least), Some(most)) => tf(text::buying::METHOD_BETWEEN, &[("least", &least), ("most", &most)]),
        (Some(least), None) => tf(text::buying::METHOD_FROM, &[("least", &least)]),
        (None, Some(most)) => tf(text::buying::METHOD_UP_TO, &[("most", &most)]),
        (None, None) => String::new(),
    }
}

/// Points down while its group is closed, up when it is open.
#[component]
fn Chevron() -> impl IntoView {
    view! {
        <svg class="size-5 shrink-0 transition-transform group-open:rotate-180" viewBox="0 0 20 20" fill="none" stroke="currentColor" stroke-width="2" aria-hidden="true">
            <path d="m5 8 5 5 5-5" />
        </svg>
    }
}

/// `midtrans` → `Midtrans`: gateways are written like names.
fn capitalized(name: &str) -> String {
    let mut rest = name.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}
