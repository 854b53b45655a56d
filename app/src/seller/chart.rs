//! Charts, each with the table behind it. Drawn by charming on ECharts, which is loaded only here.

use crate::i18n::{day, t, text};
use crate::ui::Money;
use domain::analytics::{TopProduct, TrendPoint};
use leptos::prelude::*;

#[component]
pub fn TrendChart(points: Vec<TrendPoint>) -> impl IntoView {
    let labels: Vec<String> = points.iter().map(|p| day(p.date)).collect();
    let revenue: Vec<i64> = points.iter().map(|p| p.revenue.rupiah()).collect();
    draw("trend", t(text::seller::REVENUE), labels, revenue, true);
    let rows = points.into_iter().map(|p| {
        view! { <tr><td>{day(p.date)}</td><td class="text-right"><Money amount=p.revenue /></td><td class="text-right tabular-nums">{p.orders}</td></tr> }
    });
    view! {
        <section class="card bg-base-100 mb-6 p-5">
            <h2 class="mb-3 text-lg font-bold">{t(text::seller::TREND)}</h2>
            <div id="trend" class="h-72 w-full" aria-hidden="true"></div>
            <details><summary class="btn btn-sm">{t(text::seller::TABLE)}</summary>
                <div class="mt-2 overflow-x-auto"><table class="table" data-testid="trend-table">
                    <thead><tr><th>{t(text::seller::DATE)}</th><th class="text-right">{t(text::seller::REVENUE)}</th><th class="text-right">{t(text::seller::ORDERS)}</th></tr></thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table></div>
            </details>
        </section>
    }
}

#[component]
pub fn TopChart(products: Vec<TopProduct>) -> impl IntoView {
    let labels: Vec<String> = products.iter().map(|p| p.name.chars().take(24).collect()).collect();
    let revenue: Vec<i64> = products.iter().map(|p| p.revenue.rupiah()).collect();
    let is_empty = products.is_empty();
    if !is_empty {
        draw("top", t(text::seller::REVENUE), labels, revenue, false);
    }
    let rows = products.into_iter().map(|p| {
        view! { <tr><td><a class="link" href=format!("/p/{}", p.slug)>{p.name}</a></td><td class="text-right tabular-nums">{p.quantity}</td><td class="text-right"><Money amount=p.revenue /></td></tr> }
    });
    view! {
        <section class="card bg-base-100 mb-6 p-5">
            <h2 class="mb-3 text-lg font-bold">{t(text::seller::TOP_PRODUCTS)}</h2>
            {if is_empty {
                view! { <p>{t(text::seller::NO_SALES)}</p> }.into_any()
            } else {
                view! {
                    <div id="top" class="h-72 w-full" aria-hidden="true"></div>
                    <div class="overflow-x-auto"><table class="table" data-testid="top-table">
                        <thead><tr><th>{t(text::seller::PRODUCT)}</th><th class="text-right">{t(text::seller::SOLD)}</th><th class="text-right">{t(text::seller::REVENUE)}</th></tr></thead>
                        <tbody>{rows.collect_view()}</tbody>
                    </table></div>
                }.into_any()
            }}
        </section>
    }
}

#[cfg(not(feature = "hydrate"))]
fn draw(_id: &'static str, _name: &'static str, _labels: Vec<String>, _values: Vec<i64>, _is_line: bool) {}

#[cfg(feature = "hydrate")]
fn draw(id: &'static str, name: &'static str, labels: Vec<String>, values: Vec<i64>, is_line: bool) {
    Effect::new(move |_| {
        let (labels, values) = (labels.clone(), values.clone());
        leptos::task::spawn_local(async move {
            if let Err(error) = load_echarts().await {
                leptos::logging::error!("charts could not be loaded: {error:?}");
                return;
            }
            // After a client navigation the element is in the document one frame later.
            request_animation_frame(move || render(id, name, labels, values, is_line));
        });
    });
}

#[cfg(feature = "hydrate")]
fn render(id: &str, name: &str, labels: Vec<String>, values: Vec<i64>, is_line: bool) {
    use charming::component::{Axis, DataZoom, DataZoomType, Grid};
    use charming::element::{AxisType, Tooltip, Trigger};
    use charming::series::{Bar, Line};
    use charming::{Chart, WasmRenderer};
    let chart = Chart::new()
        .tooltip(Tooltip::new().trigger(Trigger::Axis))
        .grid(Grid::new().left(90).right(20).top(20).bottom(60))
        .x_axis(Axis::new().type_(AxisType::Category).data(labels))
        .y_axis(Axis::new().type_(AxisType::Value));
    let chart = if is_line {
        chart.data_zoom(DataZoom::new().type_(DataZoomType::Inside)).series(Line::new().name(name).smooth(true).data(values))
    } else {
        chart.series(Bar::new().name(name).data(values))
    };
    if let Err(error) = WasmRenderer::new_opt(None, None).render(id, &chart) {
        leptos::logging::error!("chart {id} could not be drawn: {error:?}");
    }
}

/// Not `echarts`: an element with that id would be `window.echarts`.
#[cfg(feature = "hydrate")]
const SCRIPT: &str = "chart-script";

/// Adds the script once and waits for it.
#[cfg(feature = "hydrate")]
async fn load_echarts() -> Result<(), wasm_bindgen::JsValue> {
    use wasm_bindgen::{JsCast, JsValue};
    if js_sys::Reflect::has(&js_sys::global(), &JsValue::from_str("echarts"))? {
        return Ok(());
    }
    let loaded = js_sys::Promise::new(&mut |resolve, reject| {
        let document = document();
        let add = || -> Result<(), JsValue> {
            // Two charts on one page wait for one script.
            let script: web_sys::HtmlScriptElement = match document.get_element_by_id(SCRIPT) {
                Some(present) => present.unchecked_into(),
                None => {
                    let made: web_sys::HtmlScriptElement = document.create_element("script")?.unchecked_into();
                    made.set_id(SCRIPT);
                    made.set_src("/vendor/echarts.min.js");
                    document.body().ok_or(JsValue::NULL)?.append_child(&made)?;
                    made
                }
            };
            script.add_event_listener_with_callback("load", &resolve)?;
            script.add_event_listener_with_callback("error", &reject)
        };
        if let Err(error) = add() {
            let _ = reject.call1(&JsValue::NULL, &error);
        }
    });
    wasm_bindgen_futures::JsFuture::from(loaded).await.map(drop)
}
