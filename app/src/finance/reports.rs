//! Figures by day or month and by gateway; each leads to the transactions behind it.

use super::books_api::get_report;
use super::frame::Frame;
use super::words::{filter_of_url, query_of};
use crate::chart::draw;
use crate::i18n::{day, month, t, text, tf};
use crate::load::load;
use crate::ui::{FailureView, Money, PageTitle, SkeletonPage};
use chrono::NaiveDate;
use domain::finance::{FinanceFilter, Report, ReportFigures, ReportPeriod};
use domain::ledger::LedgerKind;
use leptos::prelude::*;

#[component]
pub fn FinanceReports() -> impl IntoView {
    let report = load(filter_of_url, get_report);
    view! {
        <Frame>
            <Suspense fallback=SkeletonPage>
                {move || Suspend::new(async move {
                    let filter = filter_of_url();
                    match report.await {
                        Ok(report) => view! { <Content report filter /> }.into_any(),
                        Err(failure) => view! { <FailureView failure /> }.into_any(),
                    }
                })}
            </Suspense>
        </Frame>
    }
    .into_any()
}

#[component]
fn Content(report: Report, filter: FinanceFilter) -> impl IntoView {
    let query = query_of(&filter);
    view! {
        <PageTitle title=t(text::finance::REPORTS)>
            <div class="flex flex-wrap gap-2">
                {["xlsx", "csv"].map(|kind| view! {
                    <a class="btn btn-sm" href=format!("/api/v1/finance/report/file?{query}&format={kind}") rel="external" download>{tf(text::finance::EXPORT, &[("kind", &kind.to_uppercase())])}</a>
                }).collect_view()}
            </div>
        </PageTitle>
        <Range report=report.clone() />
        <Totals figures=report.total.clone() from=report.from to=report.to />
        <Trend report=report.clone() />
        <Gateways report />
    }
}

/// A GET form and links that load the page anew, so that the charts are drawn again.
#[component]
fn Range(report: Report) -> impl IntoView {
    let period = report.period;
    let labels = [(ReportPeriod::Day, text::finance::PER_DAY), (ReportPeriod::Month, text::finance::PER_MONTH)];
    let date = |name: &'static str, label, value: NaiveDate| {
        view! { <label class="grid gap-1"><span class="text-sm font-semibold">{t(label)}</span><input class="input" type="date" name=name value=value.to_string() required /></label> }
    };
    view! {
        <div class="mb-4 flex flex-wrap items-end gap-3">
            <nav class="join" aria-label=t(text::finance::PERIOD)>
                {labels.map(|(p, label)| view! { <a class="btn join-item aria-[current]:btn-primary" href=format!("/finance/reports?period={p}") rel="external" aria-current=(p == period).then_some("page")>{t(label)}</a> }).collect_view()}
            </nav>
            <form method="get" action="/finance/reports" class="flex flex-wrap items-end gap-3">
                <input type="hidden" name="period" value=period.as_str() />
                {date("from", text::finance::FROM, report.from)}{date("to", text::finance::TO_DAY, report.to)}
                <button class="btn">{t(text::finance::FILTER)}</button>
            </form>
        </div>
    }
}

#[component]
fn Totals(figures: ReportFigures, from: NaiveDate, to: NaiveDate) -> impl IntoView {
    let figure = |label, amount, kind: Option<LedgerKind>| {
        let href = kind.map(|kind| format!("/finance/transactions?kind={kind}&from={from}&to={to}"));
        let shown = view! { <span class="text-sm">{t(label)}</span><span class="text-xl font-extrabold"><Money amount /></span> };
        match href {
            Some(href) => view! { <a class="card bg-base-100 gap-1 p-4" href=href>{shown}</a> }.into_any(),
            None => view! { <a class="card bg-base-100 gap-1 p-4" href=format!("/finance/transactions?from={from}&to={to}")>{shown}</a> }.into_any(),
        }
    };
    view! {
        <div class="mb-4 grid grid-cols-2 gap-3 lg:grid-cols-3" data-testid="report-totals">
            {figure(text::finance::RECEIVED, figures.received, Some(LedgerKind::Charge))}
            {figure(text::finance::CASH, figures.cash, Some(LedgerKind::CodCollected))}
            {figure(text::finance::REFUNDED, figures.refunded, Some(LedgerKind::RefundPaid))}
            {figure(text::finance::CHARGED_BACK, figures.charged_back, Some(LedgerKind::Chargeback))}
            {figure(text::finance::RELEASED, figures.released, Some(LedgerKind::Release))}
            {figure(text::finance::COMMISSION, figures.commission, Some(LedgerKind::Release))}
            {figure(text::finance::TAX, figures.tax, None)}
            {figure(text::finance::PAID_OUT, figures.paid_out, Some(LedgerKind::PayoutSettled))}
            {figure(text::finance::SETTLED, figures.settled, Some(LedgerKind::Settlement))}
            {figure(text::finance::FEES, figures.fees, Some(LedgerKind::Settlement))}
        </div>
    }
}

fn columns(figures: &ReportFigures) -> [domain::Money; 10] {
    let f = figures;
    [f.received, f.cash, f.refunded, f.charged_back, f.released, f.commission, f.tax, f.paid_out, f.settled, f.fees]
}

const HEADER: [crate::i18n::Text; 10] = [
    text::finance::RECEIVED,
    text::finance::CASH,
    text::finance::REFUNDED,
    text::finance::CHARGED_BACK,
    text::finance::RELEASED,
    text::finance::COMMISSION,
    text::finance::TAX,
    text::finance::PAID_OUT,
    text::finance::SETTLED,
    text::finance::FEES,
];

#[component]
fn Table(first: &'static str, rows: Vec<(String, Option<String>, ReportFigures)>, id: &'static str) -> impl IntoView {
    view! {
        <div class="overflow-x-auto" tabindex="0" role="region" aria-label=first><table class="table" data-testid=id>
            <thead><tr><th scope="col">{first}</th>{HEADER.map(|label| view! { <th scope="col" class="text-right">{t(label)}</th> }).collect_view()}</tr></thead>
            <tbody>{rows.into_iter().map(|(name, href, figures)| view! {
                <tr><th scope="row" class="whitespace-nowrap">{match href {
                    Some(href) => view! { <a class="link" href=href>{name}</a> }.into_any(),
                    None => name.into_any(),
                }}</th>{columns(&figures).map(|amount| view! { <td class="text-right"><Money amount /></td> }).collect_view()}</tr>
            }).collect_view()}</tbody>
        </table></div>
    }
}

#[component]
fn Trend(report: Report) -> impl IntoView {
    let period = report.period;
    let name = move |date| if period == ReportPeriod::Day { day(date) } else { month(date) };
    let labels: Vec<String> = report.rows.iter().map(|row| name(row.date)).collect();
    let values: Vec<i64> = report.rows.iter().map(|row| row.figures.received.rupiah()).collect();
    draw("received", t(text::finance::RECEIVED), labels, values, true);
    let end = move |date: NaiveDate| period.next(date).and_then(|next| next.pred_opt()).unwrap_or(date);
    let rows = report.rows.into_iter().map(|row| {
        let href = format!("/finance/transactions?from={}&to={}", row.date, end(row.date));
        (name(row.date), Some(href), row.figures)
    });
    view! {
        <section class="card bg-base-100 mb-4 p-5">
            <h2 class="mb-3 text-lg font-bold">{t(text::finance::RECEIVED)}</h2>
            <div id="received" class="h-72 w-full" aria-hidden="true"></div>
            <details><summary class="btn btn-sm">{t(text::finance::TABLE)}</summary><div class="mt-2"><Table first=t(text::finance::DATE) rows=rows.collect() id="report-rows" /></div></details>
        </section>
    }
}

#[component]
fn Gateways(report: Report) -> impl IntoView {
    let labels: Vec<String> = report.gateways.iter().map(|g| g.gateway.clone()).collect();
    let values: Vec<i64> = report.gateways.iter().map(|g| g.figures.received.rupiah()).collect();
    if labels.is_empty() {
        return ().into_any();
    }
    draw("gateways", t(text::finance::RECEIVED), labels, values, false);
    let (from, to) = (report.from, report.to);
    let rows = report.gateways.into_iter().map(move |g| {
        let href = format!("/finance/transactions?gateway={}&from={from}&to={to}", g.gateway);
        (g.gateway, Some(href), g.figures)
    });
    view! {
        <section class="card bg-base-100 mb-4 p-5">
            <h2 class="mb-3 text-lg font-bold">{t(text::finance::PER_GATEWAY)}</h2>
            <div id="gateways" class="h-72 w-full" aria-hidden="true"></div>
            <Table first=t(text::finance::GATEWAY) rows=rows.collect() id="report-gateways" />
        </section>
    }
    .into_any()
}
