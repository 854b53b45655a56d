//! Bank transfer: where to, how much, and the proof of it.

use crate::i18n::{moment, note_text, t, text, tf};
use crate::ui::{Alert, CopyButton};
use domain::desk::{ProofStatus, ProofView, TransferView};
use domain::payment::{MANUAL_TRANSFER, PaymentStatus, PaymentView};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// What a buyer who pays by transfer sees of the payment.
#[component]
pub fn Transfer(payment: PaymentView) -> impl IntoView {
    let id = payment.id.to_string();
    let is_waiting = payment.proof.as_ref().is_some_and(|p| p.status == ProofStatus::Waiting);
    let is_late = payment.status.has_ended();
    let offer = if payment.status == PaymentStatus::Expired { text::buying::LATE_PROOF } else { text::buying::SECOND_PROOF };
    let takes_proof = !is_waiting && (is_late || (payment.method == MANUAL_TRANSFER && payment.status == PaymentStatus::Pending));
    let was_refused = use_query_map().read_untracked().get("upload_error").is_some();
    let amount = payment.transfer.as_ref().map_or(payment.amount, |t| t.amount);
    let pending = payment.status == PaymentStatus::Pending;
    let account = payment.transfer.filter(|_| pending);
    view! {
        {account.map(|transfer| view! { <Account transfer /> })}
        {payment.proof.map(|proof| view! { <Sent proof id=id.clone() /> })}
        {takes_proof.then(|| {
            // What came beside what was asked for may have been anything.
            let form = view! { <ProofForm id=id.clone() amount=(!is_late).then(|| amount.rupiah()) /> };
            if is_late {
                view! { <details data-testid="late-proof" open=was_refused><summary class="btn btn-sm h-auto min-h-8 w-fit py-1">{t(offer)}</summary><div class="mt-3">{form}</div></details> }.into_any()
            } else {
                form.into_any()
            }
        })}
    }
}

#[component]
fn Account(transfer: TransferView) -> impl IntoView {
    let TransferView { account, amount } = transfer;
    let line = |label, value: String, copied: Option<String>| {
        view! {
            <div class="flex min-h-11 flex-wrap items-center justify-between gap-2">
                <dt class="text-sm">{t(label)}</dt>
                <dd class="flex items-center gap-2 font-semibold tabular-nums">{value}{copied.map(|value| view! { <CopyButton value label=t(label) /> })}</dd>
            </div>
        }
    };
    let number = account.number.clone();
    view! {
        <section class="rounded-box border-base-300 border p-4" data-testid="transfer">
            <h2 class="mb-2 font-bold">{t(text::buying::TRANSFER_TO)}</h2>
            <dl class="divide-base-300 divide-y">
                {line(text::buying::BANK, account.bank, None)}
                {line(text::buying::ACCOUNT_NUMBER, number.clone(), Some(number))}
                {line(text::buying::ACCOUNT_HOLDER, account.holder, None)}
                {line(text::buying::TRANSFER_AMOUNT, amount.to_string(), Some(amount.rupiah().to_string()))}
            </dl>
            <p class="mt-2 text-sm">{t(text::buying::TRANSFER_HINT)}</p>
        </section>
    }
}

/// The proof the desk has, or has refused.
#[component]
fn Sent(proof: ProofView, id: String) -> impl IntoView {
    let sender = format!("{} ({})", proof.sender_name, proof.sender_bank);
    let values: [(&str, &dyn std::fmt::Display); 3] =
        [("time", &moment(proof.submitted_at)), ("amount", &proof.amount), ("sender", &sender)];
    let refused = (proof.status == ProofStatus::Rejected).then(|| {
        let reason = note_text(proof.reason.clone().unwrap_or_default());
        view! { <Alert kind="error"><p data-testid="proof-rejected">{tf(text::buying::PROOF_REJECTED, &[("reason", &reason)])}</p></Alert> }
    });
    view! {
        {refused}
        <p class="text-sm" data-testid="proof" data-status=proof.status.as_str()>
            {tf(text::buying::PROOF_SENT, &values)}" "
            <a class="link" href=format!("/api/v1/payments/{id}/proof") rel="external" target="_blank">{t(text::buying::SEE_PROOF)}</a>
        </p>
    }
}

/// A plain multipart form: works without scripts.
#[component]
fn ProofForm(id: String, amount: Option<i64>) -> impl IntoView {
    let refused = use_query_map().read_untracked().get("upload_error");
    let input = |name: &'static str, label, autocomplete: &'static str| {
        view! {
            <label class="grid gap-1"><span class="text-sm font-semibold">{t(label)}</span>
                <input class="input w-full" name=name maxlength="100" autocomplete=autocomplete required /></label>
        }
    };
    view! {
        <form action=format!("/pay/{id}/proof") method="post" enctype="multipart/form-data" class="grid gap-3" data-testid="proof-form">
            <h2 class="font-bold">{t(text::buying::PROOF)}</h2>
            {refused.map(|message| view! { <Alert kind="error"><p data-testid="form-error">{message}</p></Alert> })}
            <label class="grid gap-1"><span class="text-sm font-semibold">{t(text::buying::PROOF_AMOUNT)}</span>
                <input class="input w-full tabular-nums" name="amount" inputmode="numeric" pattern="[0-9]+" value=amount.map(|rupiah| rupiah.to_string()) required /></label>
            {input("sender_name", text::buying::SENDER_NAME, "name")}
            {input("sender_bank", text::buying::SENDER_BANK, "off")}
            <label class="grid gap-1"><span class="text-sm font-semibold">{t(text::buying::PROOF)}</span>
                <input class="file-input w-full" type="file" name="proof" accept="image/jpeg,image/png,image/webp,application/pdf" required />
                <span class="text-base-content/80 text-sm">{t(text::buying::PROOF_HELP)}</span></label>
            <button class="btn btn-primary">{t(text::buying::SEND_PROOF)}</button>
        </form>
    }
}
