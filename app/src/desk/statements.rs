//! Bank statements: upload, and the transfers their lines pay.

use super::api::{DecideLine, SaveLayout, Statements, get_statements};
use super::done::Done;
use super::frame::Frame;
use crate::i18n::{Text, day, t, text, tf};
use crate::load::load;
use crate::ui::{
    Alert, DoneAlert, EmptyState, ErrorSummary, Errors, FailureView, Field, HiddenField, Money, PageTitle, Pagination,
    SkeletonPage, SubmitButton,
};
use domain::bank::{Candidate, CandidateKind, LineCounts, LineState, LineView, NumberStyle};
use domain::desk::BankAccount;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

#[component]
pub fn DeskStatements() -> impl IntoView {
    let query = use_query_map();
    let (decide, save) = (ServerAction::<DecideLine>::new(), ServerAction::<SaveLayout>::new());
    // A layout that was saved is named in the address; one that was refused keeps its form as it is.
    let source = move || {
        let query = query.read();
        (query.get("state"), query.get("page"), (decide.version().get(), query.get("layout")))
    };
    let refusals = [Errors::of(decide), Errors::of(save)];
    let is_refused = Errors::any(refusals);
    let statements = load(source, |(state, page, _)| get_statements(state, page));
    view! {
        <Frame>
            <div aria-live="polite" class="mb-3 empty:hidden">
                <DoneAlert words=Done::told turn=decide.version() is_refused />
                {refusals.map(|errors| view! { <ErrorSummary errors /> })}
            </div>
            <Transition fallback=SkeletonPage>
                {move || Suspend::new(async move {
                    match statements.await {
                        Ok(statements) => view! { <Content statements decide save /> }.into_any(),
                        Err(failure) => view! { <FailureView failure /> }.into_any(),
                    }
                })}
            </Transition>
        </Frame>
    }
    .into_any()
}

fn state_text(state: LineState) -> Text {
    match state {
        LineState::Proposed => text::desk::LINE_PROPOSED,
        LineState::Ambiguous => text::desk::LINE_AMBIGUOUS,
        LineState::PossiblyUsed => text::desk::LINE_POSSIBLY_USED,
        LineState::Unmatched => text::desk::LINE_UNMATCHED,
        LineState::Used => text::desk::LINE_USED,
        LineState::Dismissed => text::desk::LINE_DISMISSED,
    }
}

#[component]
fn Content(statements: Statements, decide: ServerAction<DecideLine>, save: ServerAction<SaveLayout>) -> impl IntoView {
    let Statements { counts, page, layouts, accounts } = statements;
    let unseen = counts.unseen;
    let state = use_query_map().read_untracked().get("state").and_then(|s| s.parse().ok()).unwrap_or(LineState::Proposed);
    let (number, last) = (page.page, page.last());
    view! {
        <PageTitle title=t(text::desk::STATEMENTS) />
        <Upload layouts accounts />
        <LayoutForm save />
        <Tabs state counts />
        {(unseen > 0).then(|| view! { <div class="mb-4"><Alert kind="warning"><p data-testid="unseen">{tf(text::desk::UNSEEN, &[("n", &unseen)])}</p></Alert></div> })}
        {if page.items.is_empty() {
            view! { <EmptyState title=t(text::desk::NO_LINES) icon="circle-check" /> }.into_any()
        } else {
            view! { <ul class="grid gap-3" data-testid="lines">{page.items.into_iter().map(|line| view! { <Line line decide /> }).collect_view()}</ul> }.into_any()
        }}
        <Pagination page=number last />
    }
}

/// A plain multipart form: works without scripts.
#[component]
fn Upload(layouts: Vec<String>, accounts: Vec<BankAccount>) -> impl IntoView {
    let query = use_query_map();
    let query = query.read_untracked();
    let (refused, chosen) = (query.get("upload_error"), query.get("layout"));
    let number = |name: &str| query.get(name).unwrap_or_else(|| "0".into());
    let done = query.get("added").map(|added| {
        let values: [(&str, &dyn std::fmt::Display); 3] =
            [("added", &added), ("known", &number("known")), ("skipped", &number("skipped"))];
        tf(text::desk::UPLOADED, &values)
    });
    view! {
        <form action="/desk/statements/upload" method="post" enctype="multipart/form-data" class="card bg-base-100 mb-4 gap-3 p-4" data-testid="statement-form">
            {refused.map(|message| view! { <Alert kind="error"><p data-testid="form-error">{message}</p></Alert> })}
            {done.map(|words| view! { <Alert kind="success"><p data-testid="uploaded">{words}</p></Alert> })}
            <div class="grid gap-3 sm:grid-cols-2 xl:grid-cols-[10rem_16rem_1fr_auto] sm:items-end">
                <label class="grid gap-1"><span class="text-sm font-semibold">{t(text::desk::LAYOUT)}</span>
                    <select class="select w-full" name="layout">{layouts.into_iter().map(|name| view! { <option selected={chosen.as_ref() == Some(&name)} value=name.clone()>{name.clone()}</option> }).collect_view()}</select></label>
                <label class="grid gap-1"><span class="text-sm font-semibold">{t(text::desk::STATEMENT_ACCOUNT)}</span>
                    <select class="select w-full" name="account">{accounts.into_iter().map(|account| view! { <option value=account.number.clone()>{format!("{} {}", account.bank, account.number)}</option> }).collect_view()}</select></label>
                <label class="grid gap-1"><span class="text-sm font-semibold">{t(text::desk::STATEMENT_FILE)}</span>
                    <input class="file-input w-full" type="file" name="statement" accept=".csv,text/csv" required /></label>
                <button class="btn btn-primary">{t(text::desk::UPLOAD)}</button>
            </div>
        </form>
    }
}

#[component]
fn Tabs(state: LineState, counts: LineCounts) -> impl IntoView {
    let count = move |state: &LineState| match state {
        LineState::Proposed => Some(counts.proposed),
        LineState::Ambiguous => Some(counts.ambiguous),
        LineState::PossiblyUsed => Some(counts.possibly_used),
        LineState::Unmatched => Some(counts.unmatched),
        LineState::Used | LineState::Dismissed => None,
    };
    view! {
        <nav class="mb-4 flex gap-1 overflow-x-auto" aria-label=t(text::desk::STATEMENTS)>
            {LineState::ALL.iter().map(|s| view! {
                <a class="btn btn-sm aria-[current]:btn-primary shrink-0" href=format!("/desk/statements?state={s}") aria-current=(*s == state).then_some("page")>
                    {t(state_text(*s))}{count(s).map(|n| view! { <span class="tabular-nums">{n}</span> })}</a>
            }).collect_view()}
        </nav>
    }
}

#[component]
fn Line(line: LineView, decide: ServerAction<DecideLine>) -> impl IntoView {
    let id = line.id.to_string();
    let is_open = !matches!(line.state, LineState::Used | LineState::Dismissed);
    let aside = match line.state {
        LineState::Used => None,
        LineState::Dismissed => Some(("reopen", text::desk::REOPEN_LINE)),
        _ => Some(("", text::desk::DISMISS)),
    };
    view! {
        <li class="card bg-base-100 gap-3 p-4">
            <div class="flex flex-wrap items-start justify-between gap-3">
                <div class="grid gap-0.5"><p class="font-semibold">{line.description}</p><p class="text-sm">{line.bank}{line.account.map(|number| format!(" {number}"))}" · "{day(line.booked_on)}</p></div>
                <p class="text-lg font-bold"><Money amount=line.amount /></p>
            </div>
            <ul class="border-base-300 grid gap-2 border-t pt-3 empty:hidden">
                {line.candidates.into_iter().map(|candidate| view! { <Offer line=id.clone() candidate is_open decide /> }).collect_view()}
            </ul>
            {aside.map(|(kind, label)| view! {
                <ActionForm action=decide attr:class="justify-self-start"><HiddenField name="line" value=id.clone() /><HiddenField name="kind" value=kind.to_owned() />
                    <SubmitButton label=t(label) pending=decide.pending() class="btn btn-sm btn-ghost" /></ActionForm>
            })}
        </li>
    }
}

/// What a line may be decided to be for a payment: one step each, as the desk names it.
fn offers(kind: CandidateKind) -> &'static [(CandidateKind, Text)] {
    const COUNTED: (CandidateKind, Text) = (CandidateKind::Counted, text::desk::COUNT_LINE);
    const UNEXPECTED: (CandidateKind, Text) = (CandidateKind::Ended, text::desk::BOOK_UNEXPECTED);
    match kind {
        CandidateKind::Open => &[(CandidateKind::Open, text::desk::APPROVE_LINE)],
        // The same amount came twice, or it is the money that was counted.
        CandidateKind::Counted => &[COUNTED, UNEXPECTED],
        CandidateKind::Ended => &[UNEXPECTED],
    }
}

#[component]
fn Offer(line: String, candidate: Candidate, is_open: bool, decide: ServerAction<DecideLine>) -> impl IntoView {
    let payment = candidate.payment_id.to_string();
    let href = format!("/desk?payment={payment}");
    let (line, payment) = (StoredValue::new(line), StoredValue::new(payment));
    let remark = match candidate.kind {
        CandidateKind::Counted => Some(text::desk::CANDIDATE_COUNTED),
        CandidateKind::Ended => Some(text::desk::CANDIDATE_ENDED),
        CandidateKind::Open => None,
    };
    let offer = move |&(kind, label): &(CandidateKind, Text)| {
        let class = if kind == CandidateKind::Open { "btn btn-sm btn-primary" } else { "btn btn-sm" };
        view! {
            <ActionForm action=decide><HiddenField name="line" value=line.get_value() /><HiddenField name="payment" value=payment.get_value() />
                <HiddenField name="kind" value=kind.as_str() />
                <SubmitButton label=t(label) pending=decide.pending() class /></ActionForm>
        }
    };
    view! {
        <li class="flex flex-wrap items-center justify-between gap-2">
            <span class="grid text-sm"><span class="font-semibold">{candidate.buyer}</span>
                <span>{t(text::desk::EXPECTED)}": "<Money amount=candidate.expected />
                    {candidate.has_proof.then(|| view! { " · "<a class="link" href=href>{t(text::desk::SEE_PROOF)}</a> })}</span>
                {remark.filter(|_| is_open).map(|words| view! { <span>{t(words)}</span> })}</span>
            {candidate.is_half_approved.then(|| view! { <span class="badge badge-warning h-auto py-1">{t(text::desk::HALF_APPROVED)}</span> })}
            {is_open.then(|| view! { <span class="flex flex-wrap gap-2">{offers(candidate.kind).iter().map(offer).collect_view()}</span> })}
        </li>
    }
}

/// A bank the desk enters by itself: how it writes its statements.
#[component]
fn LayoutForm(save: ServerAction<SaveLayout>) -> impl IntoView {
    let errors = Errors::of(save);
    let field = move |label: Text, name: &str, help: Option<Text>, value: &'static str, required: bool| {
        let name = format!("layout[{name}]");
        view! { <Field label=t(label) name errors value required help=help.map(|help| t(help).to_owned()).unwrap_or_default() /> }
    };
    let numbers = [(NumberStyle::Indonesian, "1.234.567,89"), (NumberStyle::English, "1,234,567.89")];
    view! {
        <details class="card bg-base-100 mb-4 p-4" data-testid="layout-form">
            <summary class="cursor-pointer font-semibold">{t(text::desk::LAYOUT_NEW)}</summary>
            <ActionForm action=save attr:class="mt-3 grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
                {field(text::desk::LAYOUT_NAME, "name", None, "", true)}
                {field(text::desk::LAYOUT_BANK, "bank", None, "", true)}
                {field(text::desk::LAYOUT_DELIMITER, "delimiter", None, ",", true)}
                {field(text::desk::LAYOUT_DATE, "date", None, "", true)}
                {field(text::desk::LAYOUT_DATE_FORMATS, "date_formats", Some(text::desk::LAYOUT_DATE_FORMATS_HELP), "%d/%m/%Y", true)}
                {field(text::desk::LAYOUT_DESCRIPTION, "description", Some(text::desk::LAYOUT_LIST_HELP), "", true)}
                {field(text::desk::LAYOUT_AMOUNT, "amount", None, "", true)}
                {field(text::desk::LAYOUT_CREDIT, "credit", Some(text::desk::LAYOUT_CREDIT_HELP), "", false)}
                {field(text::desk::LAYOUT_MARK, "mark", Some(text::desk::LAYOUT_MARK_HELP), "", false)}
                <label class="grid content-start gap-1"><span class="text-sm font-semibold">{t(text::desk::LAYOUT_NUMBERS)}</span>
                    <select class="select w-full" name="layout[numbers]">{numbers.map(|(style, example)| view! { <option value=style.as_str()>{example}</option> }).collect_view()}</select></label>
                <div class="self-end"><SubmitButton label=t(text::desk::LAYOUT_SAVE) pending=save.pending() /></div>
            </ActionForm>
        </details>
    }
}
