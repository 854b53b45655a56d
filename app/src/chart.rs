//! Charts, drawn by charming on ECharts, which is loaded only by pages that show one. Each stands
//! beside a table with the same figures.

#[cfg(feature = "hydrate")]
use leptos::prelude::*;

/// Only the browser draws.
#[cfg(not(feature = "hydrate"))]
pub fn draw(_id: &'static str, _name: &'static str, _labels: Vec<String>, _values: Vec<i64>, _is_line: bool) {}

/// Draws into the element of the id, once the page is live.
#[cfg(feature = "hydrate")]
pub fn draw(id: &'static str, name: &'static str, labels: Vec<String>, values: Vec<i64>, is_line: bool) {
    let locale = crate::i18n::locale();
    // Goes with the page: who has left it is not drawn anything on the next one.
    let page = StoredValue::new(());
    Effect::new(move |_| {
        let (labels, values) = (labels.clone(), values.clone());
        leptos::task::spawn_local(async move {
            if let Err(error) = load_echarts().await {
                leptos::logging::error!("charts could not be loaded: {error:?}");
                return;
            }
            // After a client navigation the element is in the document one frame later.
            request_animation_frame(move || {
                if !page.is_disposed() {
                    render(locale, id, name, labels, values, is_line);
                }
            });
        });
    });
}

#[cfg(feature = "hydrate")]
fn render(locale: domain::Locale, id: &str, name: &str, labels: Vec<String>, values: Vec<i64>, is_line: bool) {
    use charming::component::{Axis, DataZoom, DataZoomType, Grid};
    use charming::element::{AxisLabel, AxisType, LineStyle, SplitLine, Tooltip, Trigger};
    use charming::series::{Bar, Line};
    use charming::{Chart, WasmRenderer};
    let Colours { text, line, mark } = Colours::of_theme();
    let axis = || {
        let (label, split) = (AxisLabel::new().color(text), SplitLine::new().line_style(LineStyle::new().color(line)));
        Axis::new().axis_label(label).split_line(split)
    };
    let chart = Chart::new()
        .color(vec![mark])
        .tooltip(Tooltip::new().trigger(Trigger::Axis))
        .grid(Grid::new().left(90).right(20).top(20).bottom(60))
        .x_axis(axis().split_line(SplitLine::new().show(false)).type_(AxisType::Category).data(labels))
        .y_axis(axis().type_(AxisType::Value));
    let chart = if is_line {
        chart.data_zoom(DataZoom::new().type_(DataZoomType::Inside)).series(Line::new().name(name).smooth(true).data(values))
    } else {
        chart.series(Bar::new().name(name).data(values))
    };
    match WasmRenderer::new_opt(None, None).render(id, &chart) {
        Ok(drawn) => {
            if let Err(error) = write_figures(drawn.as_ref(), locale) {
                leptos::logging::error!("figures of chart {id} are written the English way: {error:?}");
            }
        }
        Err(error) => leptos::logging::error!("chart {id} could not be drawn: {error:?}"),
    }
}

/// Figures as the reader writes them. ECharts takes a function for that, which charming cannot hand
/// over.
#[cfg(feature = "hydrate")]
fn write_figures(chart: &wasm_bindgen::JsValue, locale: domain::Locale) -> Result<(), wasm_bindgen::JsValue> {
    use js_sys::{Function, Object, Reflect};
    use wasm_bindgen::prelude::Closure;
    use wasm_bindgen::{JsCast, JsValue};
    let object = |key: &str, value: &JsValue| -> Result<JsValue, JsValue> {
        let made = Object::new();
        Reflect::set(&made, &key.into(), value)?;
        Ok(made.into())
    };
    let figure = move |value: f64| domain::Money(value as i64).written(locale).replace("Rp ", "");
    // Lives as long as the chart, which may be redrawn at any time.
    let figure = Closure::<dyn Fn(f64) -> String>::new(figure).into_js_value();
    let option = object("yAxis", &object("axisLabel", &object("formatter", &figure)?)?)?;
    Reflect::set(&option, &"tooltip".into(), &object("valueFormatter", &figure)?)?;
    let set: Function = Reflect::get(chart, &"setOption".into())?.dyn_into()?;
    set.call1(chart, &option).map(drop)
}

/// The theme's colours once more: ECharts cannot read those of the style sheet (`oklch`).
#[cfg(feature = "hydrate")]
struct Colours {
    text: &'static str,
    line: &'static str,
    mark: &'static str,
}

#[cfg(feature = "hydrate")]
impl Colours {
    fn of_theme() -> Self {
        let theme = document().document_element().and_then(|root| root.get_attribute("data-theme"));
        if theme.as_deref() == Some("gelap") {
            Self { text: "#c3d0cc", line: "#34433f", mark: "#5fd3a8" }
        } else {
            Self { text: "#3b4a47", line: "#dbe4e1", mark: "#0b6e54" }
        }
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
