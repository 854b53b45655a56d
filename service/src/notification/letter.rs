//! The one layout of all emails, as HTML and as text.

use crate::{Error, Result};
use minijinja::Environment;
use serde::Serialize;
use std::sync::LazyLock;

/// What an email says.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Letter {
    pub to: String,
    pub subject: String,
    pub title: String,
    pub paragraphs: Vec<String>,
    /// Label and value.
    pub rows: Vec<(String, String)>,
    /// Label and URL.
    pub button: Option<(String, String)>,
}

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut templates = Environment::new();
    // Names decide on escaping: .html is escaped, .txt is not. Both are compiled in and tested.
    for (name, source) in
        [("layout.html", include_str!("../../templates/layout.html")), ("layout.txt", include_str!("../../templates/layout.txt"))]
    {
        if let Err(error) = templates.add_template(name, source) {
            tracing::error!(template = name, cause = %error, "email template is broken");
        }
    }
    templates
});

impl Letter {
    pub fn html(&self) -> Result<String> {
        self.render("layout.html")
    }

    pub fn text(&self) -> Result<String> {
        self.render("layout.txt")
    }

    fn render(&self, name: &str) -> Result<String> {
        let template = TEMPLATES.get_template(name).map_err(|e| Error::fault(e.to_string()))?;
        template.render(self).map_err(|e| Error::fault(e.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::Letter;

    #[test]
    fn hostile_names_are_inert() {
        let letter = Letter { title: "<script>alert(1)</script>".into(), ..Letter::default() };
        assert!(!letter.html().unwrap_or_default().contains("<script>"));
        assert!(letter.text().unwrap_or_default().contains("<script>"));
    }
}
