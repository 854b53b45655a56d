//! One proof beside what it should show, with the decision in reach of one key.

use super::earlier::{Duplicates, EarlierProofs, saved_as};
use super::keys::Keys;
use super::queue::Actions;
use crate::i18n::{Text, locale, moment, note_text, t, text, tf};
use crate::ui::{Alert, Errors, Field, HiddenField, Icon, Money, TextArea};
use domain::desk::{DeskPayment, ProofStatus};
use leptos::form::ActionForm;
use leptos::prelude::*;

const REASONS: [Text; 4] = [
    text::desk::REASON_UNREADABLE,
    text::desk::REASON_NOT_RECEIVED,
    text::desk::REASON_OTHER_ACCOUNT,
    text::desk::REASON_DUPLICATE,
];

#[component]
pub fn Proof(payment: DeskPayment, actions: Actions) -> impl IntoView {
    let id = StoredValue::new(payment.row.payment_id.to_string());
    let is_waiting = payment.row.status == ProofStatus::Waiting;
    let is_free = payment.row.claimed_by.is_none();
    let is_mine = payment.row.is_mine;
    let wants_amount = payment.wants_amount();
    let held = (!is_mine).then(|| payment.row.claimed_by.clone()).flatten();
    view! {
        <p class="mb-3"><a class="link" href="/desk">{t(text::desk::BACK)}</a></p>
        <div class="grid gap-6 xl:grid-cols-[minmax(0,1fr)_22rem]" data-testid="desk-proof">
            <div class="grid h-fit gap-4 xl:col-start-2">
                <Facts payment=payment.clone() />
                <EarlierProofs proofs=payment.earlier.clone() />
            </div>
            <div class="xl:col-start-1 xl:row-span-2 xl:row-start-1"><Document url=payment.proof_url.clone() media_type=payment.media_type.clone() /></div>
            <aside class="grid h-fit gap-4 xl:col-start-2">
                {payment.reason.clone().map(|reason| view! { <Alert kind="warning"><p>{note_text(reason)}</p></Alert> })}
                {held.map(|agent| view! { <Alert kind="warning"><p>{tf(text::desk::HELD_BY, &[("agent", &agent)])}</p></Alert> })}
                {(is_waiting && is_free).then(|| view! {
                    <ActionForm action=actions.claim attr:class="grid"><HiddenField name="payment" value=id.get_value() />
                        <button class="btn btn-primary" data-key="c" disabled=actions.claim.pending()>{t(text::desk::CLAIM)}</button></ActionForm>
                })}
                {(is_waiting && is_mine).then(|| view! { <Decision id=id.get_value() proof=payment.proof_id.to_string() wants_amount actions /> })}
            </aside>
        </div>
        <Keys />
    }
}

/// The picture, zoomed without scripts; a PDF is only ever saved, as is the line of a statement.
#[component]
fn Document(url: String, media_type: String) -> impl IntoView {
    if let Some((name, label)) = saved_as(&media_type) {
        return view! { <a class="btn" href=url rel="external" download=name data-key="z">{t(label)}" (Z)"</a> }.into_any();
    }
    view! {
        <div class="card bg-base-100 overflow-hidden p-2">
            <input type="checkbox" id="zoom" class="peer sr-only" aria-label=t(text::desk::ZOOM) data-key="z" />
            <label for="zoom" class="block max-h-[75dvh] cursor-zoom-in overflow-auto peer-checked:cursor-zoom-out peer-focus-visible:outline-2 peer-checked:[&>img]:max-h-none peer-checked:[&>img]:w-[220%] peer-checked:[&>img]:max-w-none">
                <img class="mx-auto max-h-[70dvh] max-w-full object-contain" src=url alt=t(text::buying::PROOF) />
            </label>
        </div>
    }
    .into_any()
}

#[component]
fn Facts(payment: DeskPayment) -> impl IntoView {
    let row = payment.row;
    let fits = row.stated == row.expected;
    let line = |label: Text, value: AnyView| view! { <div class="grid gap-0.5 py-2"><dt class="text-sm">{t(label)}</dt><dd class="font-semibold">{value}</dd></div> };
    let id = row.payment_id;
    view! {
        <Duplicates of=id others=payment.duplicates />
        <section class="card bg-base-100 p-4">
            <dl class="divide-base-300 divide-y">
                {line(text::desk::EXPECTED, view! { <span class="text-2xl"><Money amount=row.expected /></span> }.into_any())}
                {line(text::desk::STATED, view! {
                    <Money amount=row.stated />" "
                    <span class=if fits { "badge badge-success h-auto py-1" } else { "badge badge-warning h-auto py-1" }>{t(if fits { text::desk::FITS } else { text::desk::DIFFERS })}</span>
                }.into_any())}
                {payment.account.map(|account| line(text::desk::ACCOUNT, account.to_string().into_any()))}
                {line(text::desk::SENDER, format!("{} · {}", row.sender_name, row.sender_bank).into_any())}
                {line(text::desk::BUYER, row.buyer.into_any())}
                {line(text::desk::ORDERS, payment.orders.join(", ").into_any())}
                {line(text::desk::SUBMITTED, moment(row.submitted_at).into_any())}
            </dl>
            {row.is_half_approved.then(|| view! { <p class="badge badge-warning mt-2 h-auto py-1">{t(text::desk::HALF_APPROVED)}</p> })}
        </section>
    }
}

/// `wants_amount`: the buyer states another amount than was asked for, and is not believed. The browser
/// then puts the cursor into the field instead of sending it empty.
#[component]
fn Decision(id: String, proof: String, wants_amount: bool, actions: Actions) -> impl IntoView {
    let help = if wants_amount { text::desk::RECEIVED_WANTED } else { text::desk::RECEIVED_HELP };
    let (approve, reject, next) = (actions.approve, actions.reject, actions.next);
    let (hidden, proof) = (StoredValue::new(id), StoredValue::new(proof));
    let payment = move || view! { <HiddenField name="payment" value=hidden.get_value() /><HiddenField name="proof" value=proof.get_value() /> };
    view! {
        <section class="card bg-base-100 gap-4 p-4">
            <ActionForm action=approve attr:class="grid gap-2">
                {payment()}
                <Field label=t(text::desk::RECEIVED) name="amount" errors=Errors::of(approve) required=wants_amount help=t(help) />
                <button class="btn btn-success" data-key="a" disabled=approve.pending()><Icon name="check" />{t(text::desk::APPROVE)}</button>
            </ActionForm>
            <ActionForm action=reject attr:class="border-base-300 grid gap-2 border-t pt-4">
                {payment()}
                <fieldset class="grid gap-1"><legend class="text-sm font-semibold">{t(text::desk::REASON)}</legend>
                    {REASONS.iter().enumerate().map(|(index, reason)| {
                        let number = (index + 1).to_string();
                        view! {
                            <label class="flex min-h-9 items-center gap-2 text-sm"><input class="radio radio-sm" type="radio" name="preset" value=reason.get(locale()) checked=index == 0 data-key=number.clone() />
                                <kbd class="kbd kbd-sm">{number.clone()}</kbd>{reason.get(locale())}</label>
                        }
                    }).collect_view()}
                </fieldset>
                <TextArea label=t(text::desk::REASON_TEXT) name="reason" rows=2 errors=Errors::of(reject) />
                <button class="btn btn-error" data-key="r" disabled=reject.pending()><Icon name="circle-x" />{t(text::desk::REJECT)}</button>
            </ActionForm>
            <ActionForm action=next attr:class="border-base-300 grid border-t pt-4">
                <HiddenField name="skipped" value=hidden.get_value() />
                <button class="btn btn-ghost" data-key="n" disabled=next.pending()>{t(text::desk::SKIP)}</button>
            </ActionForm>
            <p class="text-base-content/80 text-sm">{t(text::desk::KEYS)}</p>
        </section>
    }
}
