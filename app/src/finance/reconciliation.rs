//! Reports of gateways against our books.

use super::books_api::{Reconciliation, get_reconciliation};
use super::frame::Frame;
use super::words::{About, query_of};
use crate::i18n::{Text, moment, t, text};
use crate::load::load;
use crate::ui::{Alert, EmptyState, FailureView, Money, PageTitle, Pagination, SkeletonPage};
use domain::Page;
use domain::finance::FinanceFilter;
use domain::ledger::AccountKind;
use domain::settlement::{GatewayBalance, ImportLine, ImportView, LineOutcome, Unsettled};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

#[component]
pub fn FinanceReconciliation() -> impl IntoView {
    let query = use_query_map();
    let source = move || ["import", "outcome", "page", "import_page"].map(|name| query.read().get(name));
    let found = load(source, |[import, outcome, page, imports]| get_reconciliation(import, outcome, page, imports));
    view! {
        <Frame>
            <PageTitle title=t(text::finance::RECONCILIATION) />
            <Transition fallback=SkeletonPage>
                {move || Suspend::new(async move {
                    match found.await {
                        Ok(found) => view! { <Content found /> }.into_any(),
                        Err(failure) => view! { <FailureView failure /> }.into_any(),
                    }
                })}
            </Transition>
        </Frame>
    }
    .into_any()
}

fn outcome_text(outcome: LineOutcome) -> Text {
    match outcome {
        LineOutcome::Matched => text::finance::OUTCOME_MATCHED,
        LineOutcome::AmountDiffers => text::finance::OUTCOME_AMOUNT_DIFFERS,
        LineOutcome::Unknown => text::finance::OUTCOME_UNKNOWN,
        LineOutcome::Repeated => text::finance::OUTCOME_REPEATED,
    }
}

#[component]
fn Content(found: Reconciliation) -> impl IntoView {
    let Reconciliation { gateways, imports, unsettled, current } = found;
    let query = use_query_map();
    let is_repeat = query.read_untracked().get("repeat").is_some();
    match current {
        Some((import, lines)) => view! {
            {is_repeat.then(|| view! { <div class="mb-4"><Alert kind="warning"><p data-testid="import-repeat">{t(text::finance::IMPORT_REPEAT)}</p></Alert></div> })}
            <ul><Import import=import.clone() /></ul>
            <Lines import lines />
            <p class="mt-4"><a class="btn" href="/finance/reconciliation">{t(text::finance::IMPORTS)}</a></p>
        }
        .into_any(),
        None => view! {
            <Gateways gateways=gateways.clone() />
            <ImportForm gateways />
            <Imports imports />
            <Open unsettled />
        }
        .into_any(),
    }
}

/// Where the entries are whose sum a gateway's account stands at.
fn entries_of(account: AccountKind, gateway: &str) -> String {
    let filter =
        FinanceFilter { account: Some(account.to_string()), gateway: Some(gateway.to_owned()), ..FinanceFilter::default() };
    format!("/finance/ledger?{}", query_of(&filter))
}

#[component]
fn Gateways(gateways: Vec<GatewayBalance>) -> impl IntoView {
    view! {
        <section class="card bg-base-100 mb-4 p-5"><h2 class="mb-2 text-lg font-bold">{t(text::finance::AT_GATEWAYS)}</h2>
            <div class="overflow-x-auto" tabindex="0" role="region" aria-label=t(text::finance::AT_GATEWAYS)><table class="table" data-testid="gateways">
                <thead><tr><th scope="col">{t(text::finance::GATEWAY)}</th><th scope="col" class="text-right">{t(text::finance::ACCOUNT_GATEWAY_CLEARING)}</th><th scope="col" class="text-right">{t(text::finance::FEES)}</th></tr></thead>
                <tbody>{gateways.into_iter().map(|g| view! {
                    <tr><th scope="row"><a class="link" href=format!("/finance/transactions?gateway={}", g.gateway)>{g.gateway.clone()}</a></th>
                        <td class="text-right"><a class="link" href=entries_of(AccountKind::GatewayClearing, &g.gateway)><Money amount=g.clearing /></a></td>
                        <td class="text-right"><a class="link" href=entries_of(AccountKind::GatewayFee, &g.gateway)><Money amount=g.fees /></a></td></tr>
                }).collect_view()}</tbody>
            </table></div>
        </section>
    }
}

/// A plain multipart form: works without scripts.
#[component]
fn ImportForm(gateways: Vec<GatewayBalance>) -> impl IntoView {
    let refused = use_query_map().read_untracked().get("upload_error");
    let column = |name: &'static str, label| {
        view! { <label class="grid gap-1"><span class="text-sm font-semibold">{t(label)}</span><input class="input w-full" name=name maxlength="100" /></label> }
    };
    view! {
        <form action="/finance/reconciliation/import" method="post" enctype="multipart/form-data" class="card bg-base-100 mb-4 gap-3 p-5" data-testid="import-form">
            <h2 class="text-lg font-bold">{t(text::finance::IMPORT_REPORT)}</h2>
            {refused.map(|message| view! { <Alert kind="error"><p data-testid="form-error">{message}</p></Alert> })}
            <p class="text-sm">{t(text::finance::IMPORT_HELP)}</p>
            <div class="grid gap-3 sm:grid-cols-2">
                <label class="grid gap-1"><span class="text-sm font-semibold">{t(text::finance::GATEWAY)}</span>
                    <select class="select w-full" name="gateway" required>{gateways.into_iter().map(|g| view! { <option value=g.gateway.clone()>{g.gateway.clone()}</option> }).collect_view()}</select></label>
                <label class="grid gap-1"><span class="text-sm font-semibold">{t(text::finance::FILE)}</span>
                    <input class="file-input w-full" type="file" name="file" accept=".csv,text/csv" required /></label>
            </div>
            <details><summary class="btn btn-sm btn-ghost">{t(text::finance::COLUMNS)}</summary>
                <div class="mt-2 grid gap-3 sm:grid-cols-2">
                    {column("column_reference", text::finance::COLUMN_REFERENCE)}
                    {column("column_gross", text::finance::COLUMN_GROSS)}
                    {column("column_fee", text::finance::COLUMN_FEE)}
                    {column("column_net", text::finance::COLUMN_NET)}
                </div>
            </details>
            <button class="btn btn-primary w-fit">{t(text::finance::IMPORT)}</button>
        </form>
    }
}

/// What came of an import; each number leads to its lines.
#[component]
fn Import(import: ImportView) -> impl IntoView {
    let counts = [
        (LineOutcome::Matched, import.matched),
        (LineOutcome::AmountDiffers, import.amount_differs),
        (LineOutcome::Unknown, import.unknown),
        (LineOutcome::Repeated, import.repeated),
    ];
    let id = import.id;
    view! {
        <li class="card bg-base-100 mb-3 gap-2 p-4" data-testid="import">
            <div class="flex flex-wrap justify-between gap-3">
                <p class="grid"><a class="link font-semibold" href=format!("/finance/reconciliation?import={id}")>{import.gateway}" · "{import.file_name}</a><span class="text-sm">{moment(import.at)}" · "{import.by}</span></p>
                <p class="grid text-right"><span class="font-bold"><Money amount=import.gross /></span><span class="text-sm">{t(text::finance::FEES)}" "<Money amount=import.fee /></span></p>
            </div>
            <p class="flex flex-wrap gap-2">{counts.map(|(outcome, n)| view! {
                <a class="badge h-auto py-1" data-outcome=outcome.as_str() href=format!("/finance/reconciliation?import={id}&outcome={outcome}")>{t(outcome_text(outcome))}": "{n}</a>
            }).collect_view()}</p>
        </li>
    }
}

#[component]
fn Imports(imports: Page<ImportView>) -> impl IntoView {
    let (number, last) = (imports.page, imports.last());
    view! {
        <section id="import_page" class="scroll-mt-20">
            <h2 class="mb-2 text-lg font-bold">{t(text::finance::IMPORTS)}</h2>
            {if imports.items.is_empty() {
                view! { <EmptyState title=t(text::finance::NO_IMPORTS) icon="inbox" /> }.into_any()
            } else {
                view! { <ul data-testid="imports">{imports.items.into_iter().map(|import| view! { <Import import /> }).collect_view()}</ul> }.into_any()
            }}
            <Pagination page=number last param="import_page" label=text::finance::IMPORTS />
        </section>
    }
}

#[component]
fn Lines(import: ImportView, lines: Page<ImportLine>) -> impl IntoView {
    let (number, last) = (lines.page, lines.last());
    if lines.items.is_empty() {
        return view! { <EmptyState title=t(text::finance::NO_LINES) icon="circle-check"><a class="btn" href=format!("/finance/reconciliation?import={}", import.id)>{t(text::finance::ALL_LINES)}</a></EmptyState> }.into_any();
    }
    view! {
        <div class="card bg-base-100 overflow-x-auto" tabindex="0" role="region" aria-label=import.file_name>
            <table class="table" data-testid="import-lines">
                <thead><tr><th scope="col">{t(text::finance::LINE)}</th><th scope="col">{t(text::finance::PAYMENT)}</th><th scope="col">{t(text::finance::REASON)}</th>
                    <th scope="col" class="text-right">{t(text::finance::REPORTED)}</th><th scope="col" class="text-right">{t(text::finance::EXPECTED)}</th><th scope="col" class="text-right">{t(text::finance::FEE)}</th></tr></thead>
                <tbody>{lines.items.into_iter().map(|line| view! {
                    <tr data-outcome=line.outcome.as_str()><td class="tabular-nums">{line.line}</td>
                        <td>{match line.payment_id {
                            Some(id) => view! { <a class="link" href=format!("/finance/transactions?q={id}")>{line.reference}</a> }.into_any(),
                            None => line.reference.into_any(),
                        }}</td>
                        <td>{t(outcome_text(line.outcome))}</td><td class="text-right"><Money amount=line.gross /></td>
                        <td class="text-right">{line.expected.map(|amount| view! { <Money amount /> })}</td><td class="text-right"><Money amount=line.fee /></td></tr>
                }).collect_view()}</tbody>
            </table>
        </div>
        <Pagination page=number last />
    }
    .into_any()
}

#[component]
fn Open(unsettled: Page<Unsettled>) -> impl IntoView {
    let (number, last) = (unsettled.page, unsettled.last());
    view! {
        <h2 class="mt-6 mb-2 text-lg font-bold">{t(text::finance::UNSETTLED)}" ("{unsettled.total}")"</h2>
        {if unsettled.items.is_empty() {
            view! { <EmptyState title=t(text::finance::NO_UNSETTLED) icon="circle-check" /> }.into_any()
        } else {
            view! {
                <div class="card bg-base-100 overflow-x-auto" tabindex="0" role="region" aria-label=t(text::finance::UNSETTLED)><table class="table" data-testid="unsettled">
                    <thead><tr><th scope="col">{t(text::finance::DATE)}</th><th scope="col" class="text-right">{t(text::finance::AMOUNT)}</th>
                        <th scope="col">{t(text::buying::METHOD)}</th><th scope="col">{t(text::finance::PAYMENT)}</th></tr></thead>
                    <tbody>{unsettled.items.into_iter().map(|row| view! {
                        <tr><td class="whitespace-nowrap">{moment(row.paid_at)}</td><td class="text-right whitespace-nowrap"><Money amount=row.amount /></td>
                            <td>{row.method}</td><td class="whitespace-nowrap"><About number=row.payment_id.to_string() /></td></tr>
                    }).collect_view()}</tbody>
                </table></div>
            }.into_any()
        }}
        <Pagination page=number last />
    }
}
