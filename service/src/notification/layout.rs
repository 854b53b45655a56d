//! The one layout of all emails. MJML makes the tables and conditional comments that Outlook and
//! Gmail need; it is compiled once, what it becomes is a template that escapes what is filled in.

use crate::{Error, Result};
use minijinja::Environment;
use mrml::prelude::parser::ParserOptions;
use mrml::prelude::render::RenderOptions;
use serde::Serialize;
use std::sync::LazyLock;

const HTML: &str = "letter.html";
const TEXT: &str = "letter.txt";

/// What the layout shows.
#[derive(Serialize)]
pub(super) struct Page<'a> {
    pub locale: &'a str,
    pub subject: &'a str,
    pub preheader: String,
    pub title: String,
    pub paragraphs: Vec<String>,
    /// Label and value.
    pub rows: Vec<(String, String)>,
    pub button: String,
    pub link: &'a str,
    /// Why the reader gets it.
    pub why: &'a str,
    pub automatic: &'a str,
    pub unsubscribe_label: &'a str,
    pub unsubscribe_url: Option<&'a str>,
    pub postal_address: &'a str,
    pub home: &'a str,
}

static TEMPLATES: LazyLock<std::result::Result<Environment<'static>, String>> = LazyLock::new(|| {
    let mut templates = Environment::new();
    // Names decide on escaping: .html is escaped, .txt is not.
    // Made once and needed as long as the program runs.
    let html: &'static str = Box::leak(compile(include_str!("../../templates/letter.mjml"))?.into_boxed_str());
    templates.add_template(HTML, html).map_err(|e| e.to_string())?;
    templates.add_template(TEXT, include_str!("../../templates/letter.txt")).map_err(|e| e.to_string())?;
    Ok(templates)
});

fn compile(mjml: &str) -> std::result::Result<String, String> {
    let parsed = mrml::parse_with_options(mjml, &ParserOptions::default()).map_err(|e| e.to_string())?;
    // No fonts from elsewhere: a letter must not tell others that it is read.
    let options = RenderOptions { fonts: Default::default(), ..RenderOptions::default() };
    parsed.element.render(&options).map_err(|e| e.to_string())
}

/// HTML and text.
pub(super) fn render(page: &Page<'_>) -> Result<(String, String)> {
    let templates = TEMPLATES.as_ref().map_err(|e| Error::fault(format!("letter layout: {e}")))?;
    let one = |name: &str| {
        let template = templates.get_template(name).map_err(|e| Error::fault(e.to_string()))?;
        template.render(page).map_err(|e| Error::fault(e.to_string()))
    };
    Ok((one(HTML)?, one(TEXT)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(title: &str) -> Page<'_> {
        Page {
            locale: "id",
            subject: title,
            preheader: title.into(),
            title: title.into(),
            paragraphs: vec![title.into(), "Kedua".into()],
            rows: vec![(title.into(), title.into())],
            button: title.into(),
            link: "http://127.0.0.1:3000/orders",
            why: "why",
            automatic: "automatic",
            unsubscribe_label: "Berhenti",
            unsubscribe_url: Some("http://127.0.0.1:3000/unsubscribe/x"),
            postal_address: "Jl. Contoh 1, Jakarta",
            home: "http://127.0.0.1:3000",
        }
    }

    #[test]
    fn hostile_names_are_inert() {
        let (html, text) = render(&page(r#""><script>alert(1)</script><img src=x onerror=alert(2)>"#)).unwrap();
        assert!(!html.contains("<script") && !html.contains("<img"), "{html}");
        assert!(text.contains("<script>"));
        let (html, _) = render(&page("{{ home }} {% if rows %}")).unwrap();
        assert!(html.contains("{{ home }} {% if rows %}"), "values are no template");
    }

    #[test]
    fn holds_in_outlook_and_loads_nothing() {
        let (html, text) = render(&page("Judul")).unwrap();
        assert!(html.contains("<!--[if mso") && html.contains("role=\"presentation\"") && html.contains("lang=\"id\""));
        assert!(!html.contains("{{") && !html.contains("{%") && !html.contains("fonts.googleapis"));
        assert_eq!(html.matches("Kedua").count(), 1);
        assert!(html.matches("<table").count() == html.matches("</table>").count());
        for part in [&html, &text] {
            assert!(part.contains("Jl. Contoh 1, Jakarta") && part.contains("Berhenti"), "{part}");
        }
        let (html, text) = render(&Page { unsubscribe_url: None, rows: vec![], ..page("Judul") }).unwrap();
        assert!(!html.contains("Berhenti") && !text.contains("Berhenti"));
    }
}
