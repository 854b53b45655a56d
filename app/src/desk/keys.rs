//! Keys of the desk: an element with `data-key` is clicked when its key is pressed outside a field.
//! While a decision is being answered its buttons are disabled and keys fall on nothing: none must
//! decide about the next proof before it was seen.

use leptos::prelude::*;

/// Whether keys pressed in an element of this kind are text, or its own. An unknown kind of input is a field.
#[cfg(any(feature = "hydrate", test))]
fn takes_text(tag: &str, kind: Option<&str>) -> bool {
    match tag {
        "INPUT" => {
            let kind = kind.unwrap_or_default();
            !["radio", "checkbox", "button", "submit"].iter().any(|plain| kind.eq_ignore_ascii_case(plain))
        }
        "TEXTAREA" | "SELECT" => true,
        _ => false,
    }
}

#[component]
pub fn Keys() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    Effect::new(|_| {
        let handle = window_event_listener(leptos::ev::keydown, |ev| {
            use wasm_bindgen::JsCast;
            let with_others = ev.ctrl_key() || ev.alt_key() || ev.meta_key() || ev.repeat() || ev.is_composing();
            let target = ev.target().and_then(|t| t.dyn_into::<web_sys::HtmlElement>().ok());
            let is_typing =
                target.is_some_and(|t| t.is_content_editable() || takes_text(&t.tag_name(), t.get_attribute("type").as_deref()));
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

#[cfg(test)]
mod tests {
    use super::takes_text;

    #[test]
    fn only_what_takes_no_text_leaves_keys_to_the_desk() {
        for kind in [None, Some("text"), Some("search"), Some("email"), Some("number"), Some("file"), Some("date"), Some("xyz")] {
            assert!(takes_text("INPUT", kind), "{kind:?}");
        }
        for kind in ["radio", "checkbox", "button", "submit", "CHECKBOX"] {
            assert!(!takes_text("INPUT", Some(kind)), "{kind}");
        }
        assert!(takes_text("TEXTAREA", None) && takes_text("SELECT", None));
        assert!(!takes_text("BUTTON", Some("submit")) && !takes_text("BODY", None) && !takes_text("A", None));
    }
}
