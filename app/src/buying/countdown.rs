//! The time left to pay: right without scripts, ticking with them.

use crate::i18n::{t, text, tf};
use leptos::prelude::*;

/// `seconds` as the server counts them; `on_end` runs once when they are over, which is announced too.
#[component]
pub fn Countdown(seconds: i64, on_end: Callback<()>) -> impl IntoView {
    let left = RwSignal::new(seconds);
    tick(seconds, left, on_end);
    view! {
        <p class="text-sm">{t(text::buying::TIME_LEFT)}" "
            // Read on demand, not every second.
            <span class="font-bold tabular-nums" role="timer" aria-live="off" data-testid="countdown">{move || words(left.get())}</span></p>
        <p class="sr-only" role="status">{move || (left.get() == 0).then(|| t(text::buying::TIME_OVER))}</p>
    }
}

/// Counts by the clock, not by the ticks: a browser tab in the background is given few of them.
fn tick(seconds: i64, left: RwSignal<i64>, on_end: Callback<()>) {
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| {
        let started = js_sys::Date::now();
        let is_over = StoredValue::new(seconds == 0);
        let ticking = set_interval_with_handle(
            move || {
                let passed = ((js_sys::Date::now() - started) / 1_000.0) as i64;
                let now = (seconds - passed).max(0);
                if left.get_untracked() != now {
                    left.set(now);
                }
                if now == 0 && !is_over.get_value() {
                    is_over.set_value(true);
                    on_end.run(());
                }
            },
            std::time::Duration::from_secs(1),
        );
        on_cleanup(move || {
            if let Ok(ticking) = ticking {
                ticking.clear();
            }
        });
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = (seconds, left, on_end);
}

fn words(seconds: i64) -> String {
    let (d, h, m, s) = (seconds / 86_400, seconds / 3_600, seconds / 60 % 60, seconds % 60);
    match h {
        0 => tf(text::buying::LEFT_MINUTES, &[("m", &m), ("s", &s)]),
        1..48 => tf(text::buying::LEFT_HOURS, &[("h", &h), ("m", &m), ("s", &s)]),
        _ => tf(text::buying::LEFT_DAYS, &[("d", &d), ("h", &(h % 24)), ("m", &m)]),
    }
}
