//! Keys of the desk: an element with `data-key` is clicked when its key is pressed outside a field.
//! While a decision is being answered its buttons are disabled and keys fall on nothing: none must
//! decide about the next proof before it was seen.

use leptos::prelude::*;

#[component]
pub fn Keys() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    Effect::new(|_| {
        let handle = window_event_listener(leptos::ev::keydown, |ev| {
            use wasm_bindgen::JsCast;
            let with_others = ev.ctrl_key() || ev.alt_key() || ev.meta_key() || ev.repeat();
            let target = ev.target().and_then(|t| t.dyn_into::<web_sys::Element>().ok());
            let is_typing = target.as_ref().is_some_and(|t| {
                let is_text = t.tag_name() == "INPUT" && t.get_attribute("type").is_none_or(|kind| kind == "text");
                is_text || matches!(t.tag_name().as_str(), "TEXTAREA" | "SELECT")
            });
            let key = ev.key().to_lowercase();
            let is_plain = key.len() == 1 && key.bytes().all(|b| b.is_ascii_alphanumeric());
            if with_others || is_typing || !is_plain {
                return;
            }
            let found = document().query_selector(&format!("[data-key='{key}']")).ok().flatten();
            if let Some(element) = found.and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok()) {
                ev.prevent_default();
                element.click();
            }
        });
        on_cleanup(move || handle.remove());
    });
}
