//! What to pay with: an account number, a bill, a QRIS code.

use crate::i18n::{Text, t, text};
use crate::ui::CopyButton;
use domain::payment::PayWith;
use leptos::prelude::*;

#[component]
pub fn PayWithView(id: String, with: PayWith) -> impl IntoView {
    match with {
        PayWith::VirtualAccount { bank, number } => view! {
            <dl class="divide-base-300 rounded-box border-base-300 divide-y border px-4" data-testid="pay-with">
                <Line label=text::buying::BANK value=bank />
                <Line label=text::buying::VIRTUAL_ACCOUNT value=number copied=true />
            </dl>
            <p class="text-sm">{t(text::buying::VIRTUAL_ACCOUNT_HINT)}</p>
        }
        .into_any(),
        PayWith::Bill { biller_code, bill_key } => view! {
            <dl class="divide-base-300 rounded-box border-base-300 divide-y border px-4" data-testid="pay-with">
                <Line label=text::buying::BILLER_CODE value=biller_code copied=true />
                <Line label=text::buying::BILL_KEY value=bill_key copied=true />
            </dl>
            <p class="text-sm">{t(text::buying::VIRTUAL_ACCOUNT_HINT)}</p>
        }
        .into_any(),
        PayWith::Qris { .. } => view! { <Code url=format!("/api/v1/payments/{id}/qr.svg") /> }.into_any(),
        // The gateway's picture, fetched by us.
        PayWith::QrPicture { .. } => view! { <Code url=format!("/api/v1/payments/{id}/qr.png") /> }.into_any(),
    }
}

#[component]
fn Line(label: Text, value: String, #[prop(default = false)] copied: bool) -> impl IntoView {
    view! {
        <div class="flex min-h-11 flex-wrap items-center justify-between gap-2">
            <dt class="text-sm">{t(label)}</dt>
            <dd class="flex items-center gap-2 font-semibold tabular-nums">{value.clone()}{copied.then(|| view! { <CopyButton value label=t(label) /> })}</dd>
        </div>
    }
}

#[component]
fn Code(url: String) -> impl IntoView {
    view! {
        <figure class="grid justify-items-center gap-2" data-testid="pay-with">
            // On white in every theme: scanners want it so.
            <img class="rounded-box border-base-300 w-64 border bg-white p-3" src=url alt=t(text::buying::QRIS) width="256" height="256" />
            <figcaption class="text-center text-sm">{t(text::buying::QRIS_HINT)}</figcaption>
        </figure>
    }
}
