//! What was done, said on the page the reader comes to afterwards: the address carries it, so it
//! works without scripts.

use super::Alert;
use crate::i18n::{Text, t};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// What an address says of something that was tried, not of what is shown.
#[cfg(feature = "ssr")]
const SAID: [&str; 7] = ["done", "__path", "__err", "added", "known", "skipped", "upload_error"];

/// The page with what was done on it, in place of what was said there before.
#[cfg(feature = "ssr")]
pub fn done_on(page: &str, code: &str) -> String {
    let (path, query) = page.split_once('?').unwrap_or((page, ""));
    let is_kept = |pair: &&str| !pair.is_empty() && !SAID.contains(&pair.split('=').next().unwrap_or_default());
    let done = format!("done={code}");
    let pairs: Vec<&str> = query.split('&').filter(is_kept).chain([done.as_str()]).collect();
    format!("{path}?{}", pairs.join("&"))
}

/// `words`: the kind of alert and the text for what the address says. `turn` counts what was sent: each has an
/// element of its own, so that screen readers say the same words again. Nothing is said beside a refusal,
/// which is about something else.
#[component]
pub fn DoneAlert(
    words: fn(&str) -> Option<(&'static str, Text)>,
    #[prop(into)] turn: Signal<usize>,
    #[prop(into)] is_refused: Signal<bool>,
) -> impl IntoView {
    let query = use_query_map();
    let told = move || {
        let code = query.read().get("done").filter(|_| !is_refused.get())?;
        words(&code).map(|words| (turn.get(), code, words))
    };
    view! {
        <For each=told key=|(turn, code, _)| (*turn, code.clone()) let((_, _, (kind, words)))>
            <Alert kind><p data-testid="done">{t(words)}</p></Alert>
        </For>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::done_on;

    #[test]
    fn a_page_says_what_was_done_last() {
        assert_eq!(done_on("/finance/rates", "rate_set"), "/finance/rates?done=rate_set");
        let page = "/finance/payouts?status=sent&done=batch_made&__path=%2Fapi&__err=eyJ&page=2";
        assert_eq!(done_on(page, "payout_failed"), "/finance/payouts?status=sent&page=2&done=payout_failed");
        let page = "/desk/statements?state=unmatched&added=1&known=0&page=2&done=approved&__err=x";
        assert_eq!(done_on(page, "dismissed"), "/desk/statements?state=unmatched&page=2&done=dismissed");
        assert_eq!(done_on("/desk?payment=1", "short"), "/desk?payment=1&done=short");
    }
}
