//! Figures by day or month and by gateway; each leads to the transactions behind it.

use super::books_api::get_report;
use super::exports::Exports;
use super::frame::Frame;
use super::words::{figure_text, filter_of_url, query_of};
use crate::chart::draw;
use crate::i18n::{day, month, t, text};
use crate::load::load;
use crate::ui::{FailureView, Money, PageTitle, SkeletonPage};
use chrono::NaiveDate;
use domain::finance::{Figure, FinanceFilter, GatewayFigures, Report, ReportFigures, ReportPeriod, ReportRow};
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
                        Err(failure) => {
                            let period = filter.period.and_then(|p| p.parse().ok()).unwrap_or(ReportPeriod::Day);
                            let (from, to) = (filter.from.unwrap_or_default(), filter.to.unwrap_or_default());
                            view! { <FailureView failure /><div class="mt-6"><Range period from to /></div> }.into_any()
                        }
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
                <Exports path="/api/v1/finance/report/file" query=query total=0 />
            </div>
        </PageTitle>
        <Range period=report.period from=report.from.to_string() to=report.to.to_string() />
        <Totals figures=report.total.clone() from=report.from to=report.to />
        <Trend report=report.clone() />
        <Gateways report />
    }
}

/// A GET form and links that load the page anew, so that the charts are drawn again.
#[component]
fn Range(period: ReportPeriod, from: String, to: String) -> impl IntoView {
    let labels = [(ReportPeriod::Day, text::finance::PER_DAY), (ReportPeriod::Month, text::finance::PER_MONTH)];
    let date = |name: &'static str, label, value: String| {
        view! { <label class="grid gap-1"><span class="text-sm font-semibold">{t(label)}</span><input class="input" type="date" name=name value=value required /></label> }
    };
    view! {
        <div class="mb-4 flex flex-wrap items-end gap-3">
            <nav class="join" aria-label=t(text::finance::PERIOD)>
                {labels.map(|(p, label)| view! { <a class="btn join-item aria-[current]:btn-primary" href=format!("/finance/reports?period={p}") rel="external" aria-current=(p == period).then_some("page")>{t(label)}</a> }).collect_view()}
            </nav>
            <form method="get" action="/finance/reports" class="flex flex-wrap items-end gap-3">
                <input type="hidden" name="period" value=period.as_str() />
                {date("from", text::finance::FROM, from)}{date("to", text::finance::TO_DAY, to)}
                <button class="btn">{t(text::finance::FILTER)}</button>
            </form>
        </div>
    }
}

/// The transactions a figure is the sum of.
fn href(figure: Figure, days: (NaiveDate, NaiveDate), gateway: Option<&str>) -> String {
    all_href(&figure.filter(days, gateway))
}

fn all_href(filter: &FinanceFilter) -> String {
    format!("/finance/transactions?{}", query_of(filter))
}

#[component]
fn Totals(figures: ReportFigures, from: NaiveDate, to: NaiveDate) -> impl IntoView {
    view! {
        <div class="mb-4 grid grid-cols-2 gap-3 lg:grid-cols-3" data-testid="report-totals">
            {Figure::ALL.map(|figure| view! {
                <a class="card bg-base-100 gap-1 p-4" href=href(figure, (from, to), None)><span class="text-sm">{t(figure_text(figure))}</span>
                    <span class="text-xl font-extrabold"><Money amount=figures.of(figure) /></span></a>
            }).collect_view()}
        </div>
    }
}

/// A day, a month or a gateway.
struct Line {
    name: String,
    days: (NaiveDate, NaiveDate),
    gateway: Option<String>,
    figures: ReportFigures,
}

#[component]
fn Table(first: &'static str, columns: &'static [Figure], lines: Vec<Line>, id: &'static str) -> impl IntoView {
    let row = |line: Line| {
        let Line { name, days, gateway, figures } = line;
        let (from, to) = (Some(days.0.to_string()), Some(days.1.to_string()));
        let all = all_href(&FinanceFilter { gateway: gateway.clone(), from, to, ..Default::default() });
        let cells = columns.iter().map(|figure| {
            view! { <td class="text-right"><a class="link" href=href(*figure, days, gateway.as_deref())><Money amount=figures.of(*figure) /></a></td> }
        });
        view! { <tr><th scope="row" class="whitespace-nowrap"><a class="link" href=all>{name}</a></th>{cells.collect_view()}</tr> }
    };
    view! {
        <div class="overflow-x-auto" tabindex="0" role="region" aria-label=first><table class="table" data-testid=id>
            <thead><tr><th scope="col">{first}</th>{columns.iter().map(|figure| view! { <th scope="col" class="text-right">{t(figure_text(*figure))}</th> }).collect_view()}</tr></thead>
            <tbody>{lines.into_iter().map(row).collect_view()}</tbody>
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
    let line =
        |row: &ReportRow| Line { name: name(row.date), days: report.days(row.date), gateway: None, figures: row.figures.clone() };
    let lines: Vec<Line> = report.rows.iter().map(line).collect();
    view! {
        <section class="card bg-base-100 mb-4 p-5">
            <h2 class="mb-3 text-lg font-bold">{t(text::finance::RECEIVED)}</h2>
            <div id="received" class="h-72 w-full" aria-hidden="true"></div>
            <details><summary class="btn btn-sm">{t(text::finance::TABLE)}</summary><div class="mt-2"><Table first=t(text::finance::DATE) columns=&Figure::ALL lines id="report-rows" /></div></details>
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
    let days = (report.from, report.to);
    let line = |g: GatewayFigures| Line { name: g.gateway.clone(), days, gateway: Some(g.gateway), figures: g.figures };
    let lines: Vec<Line> = report.gateways.into_iter().map(line).collect();
    view! {
        <section class="card bg-base-100 mb-4 p-5">
            <h2 class="mb-3 text-lg font-bold">{t(text::finance::PER_GATEWAY)}</h2>
            <div id="gateways" class="h-72 w-full" aria-hidden="true"></div>
            <Table first=t(text::finance::GATEWAY) columns=&Figure::OF_GATEWAYS lines id="report-gateways" />
        </section>
    }
    .into_any()
}
