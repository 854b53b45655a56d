//! How long a queue is, and how fast it moves: in all, and by agent.

use crate::i18n::{t, text, tf};
use domain::desk::{AgentFigures, QueueFigures};
use leptos::prelude::*;

/// A wait as people say it: minutes, then hours, then days.
fn wait(minutes: i64) -> String {
    let (words, n) = match minutes {
        ..120 => (text::desk::MINUTES, minutes),
        120..2_880 => (text::desk::HOURS, minutes / 60),
        _ => (text::desk::DAYS, minutes / 1_440),
    };
    tf(words, &[("n", &n)])
}

fn or_dash(median: Option<i64>) -> String {
    median.map_or_else(|| "–".to_owned(), wait)
}

#[component]
pub fn Figures(figures: QueueFigures) -> impl IntoView {
    let figure = |label, value: String| {
        view! { <div class="card bg-base-100 p-4"><dt class="text-sm">{t(label)}</dt><dd class="text-2xl font-extrabold tabular-nums">{value}</dd></div> }
    };
    let agents = figures.agents;
    view! {
        <dl class="mb-4 grid grid-cols-2 gap-3 lg:grid-cols-4">
            {figure(text::desk::WAITING, figures.waiting.to_string())}
            {figure(text::desk::OLDEST, wait(figures.oldest_minutes))}
            {figure(text::desk::DECIDED_BY_ME, figures.decided_by_me.to_string())}
            {figure(text::desk::MEDIAN, or_dash(figures.median_minutes))}
        </dl>
        {(!agents.is_empty()).then(|| view! { <Agents agents /> })}
    }
}

#[component]
fn Agents(agents: Vec<AgentFigures>) -> impl IntoView {
    view! {
        <details class="card bg-base-100 mb-4 p-4" data-testid="desk-agents">
            <summary class="cursor-pointer font-semibold">{t(text::desk::AGENTS)}</summary>
            <table class="table mt-2">
                <thead><tr>
                    <th scope="col">{t(text::desk::AGENT)}</th>
                    <th scope="col" class="text-right">{t(text::desk::DECIDED)}</th>
                    <th scope="col" class="text-right">{t(text::desk::MEDIAN)}</th>
                </tr></thead>
                <tbody>
                    {agents.into_iter().map(|row| view! {
                        <tr>
                            <th scope="row" class="font-normal">{row.agent}</th>
                            <td class="text-right tabular-nums">{row.decided}</td>
                            <td class="text-right tabular-nums">{or_dash(row.median_minutes)}</td>
                        </tr>
                    }).collect_view()}
                </tbody>
            </table>
        </details>
    }
}
