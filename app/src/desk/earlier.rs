//! Proofs that were shown before: for the payment itself, and for others.

use crate::i18n::{Text, moment, note_text, t, text};
use crate::ui::{Alert, Icon, Money};
use domain::desk::{DuplicateProof, EarlierProof, Likeness, ProofStatus};
use domain::id::PaymentId;
use leptos::prelude::*;

/// File and label of what is no picture.
pub fn saved_as(media_type: &str) -> Option<(&'static str, Text)> {
    match media_type {
        "image/webp" => None,
        "application/pdf" => Some(("bukti.pdf", text::desk::OPEN_PDF)),
        _ => Some(("mutasi.txt", text::desk::OPEN_LINE)),
    }
}

/// What was shown before: for another payment, or for this one and decided on already.
#[component]
pub fn Duplicates(of: PaymentId, others: Vec<DuplicateProof>) -> impl IntoView {
    (!others.is_empty()).then(|| {
        view! {
            <Alert kind="error"><Icon name="circle-alert" />
                <ul class="grid gap-2">{others.into_iter().map(|other| view! { <Duplicate of other /> }).collect_view()}</ul></Alert>
        }
    })
}

#[component]
fn Duplicate(of: PaymentId, other: DuplicateProof) -> impl IntoView {
    use text::desk as d;
    let is_own = other.payment_id == of;
    let words = match (is_own, other.status, other.likeness) {
        (false, _, Likeness::Same) => d::DUPLICATE_SAME,
        (false, _, Likeness::Similar) => d::DUPLICATE_SIMILAR,
        (true, ProofStatus::Rejected, Likeness::Same) => d::DUPLICATE_REJECTED_SAME,
        (true, ProofStatus::Rejected, Likeness::Similar) => d::DUPLICATE_REJECTED_SIMILAR,
        (true, _, Likeness::Same) => d::DUPLICATE_OWN_SAME,
        (true, _, Likeness::Similar) => d::DUPLICATE_OWN_SIMILAR,
    };
    let at = moment(other.submitted_at);
    view! {
        <li data-testid="duplicate">{t(words)}" "
            {if is_own {
                view! { <a class="link" href=other.proof_url rel="external" target="_blank">{at}</a> }.into_any()
            } else {
                view! { <a class="link" href=format!("/desk?payment={}", other.payment_id)>{at}</a> }.into_any()
            }}</li>
    }
}

/// What was sent for the payment before; pictures open beside this page, anything else is saved.
#[component]
pub fn EarlierProofs(proofs: Vec<EarlierProof>) -> impl IntoView {
    let row = |proof: EarlierProof| {
        let (class, status) = match proof.status {
            ProofStatus::Approved => ("badge badge-success h-auto py-1", text::desk::APPROVED),
            ProofStatus::Rejected => ("badge badge-error h-auto py-1", text::desk::REJECTED),
            ProofStatus::Waiting => ("badge badge-warning h-auto py-1", text::desk::WAITING),
        };
        let (download, label) =
            saved_as(&proof.media_type).map_or((None, text::desk::OPEN_PICTURE), |(name, label)| (Some(name), label));
        let target = download.is_none().then_some("_blank");
        view! {
            <li class="grid gap-1 py-2">
                <p class="flex flex-wrap items-center justify-between gap-2"><span>{moment(proof.submitted_at)}</span><span class=class>{t(status)}</span></p>
                <p>{t(text::desk::STATED)}": "<Money amount=proof.stated /></p>
                {proof.reason.map(|reason| view! { <p>{t(text::desk::REASON)}": "{note_text(reason)}</p> })}
                <a class="link justify-self-start" href=proof.proof_url rel="external" target=target download=download>{t(label)}</a>
            </li>
        }
    };
    (!proofs.is_empty()).then(|| {
        view! {
            <section class="card bg-base-100 p-4 text-sm" data-testid="earlier-proofs">
                <h2 class="text-base font-bold">{t(text::desk::EARLIER)}</h2>
                <ul class="divide-base-300 divide-y">{proofs.into_iter().map(row).collect_view()}</ul>
            </section>
        }
    })
}
