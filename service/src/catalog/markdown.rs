//! Sellers' Markdown, made safe.

use ammonia::Builder;
use pulldown_cmark::{Options, Parser, html};
use std::collections::HashSet;

/// HTML with text formatting, lists, tables and links; no scripts, styles, frames or pictures.
pub fn to_html(markdown: &str) -> String {
    let mut raw = String::with_capacity(markdown.len() * 2);
    html::push_html(&mut raw, Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH));
    Builder::default()
        .tags(HashSet::from([
            "a",
            "blockquote",
            "br",
            "code",
            "del",
            "em",
            "h2",
            "h3",
            "h4",
            "hr",
            "li",
            "ol",
            "p",
            "pre",
            "strong",
            "table",
            "tbody",
            "td",
            "th",
            "thead",
            "tr",
            "ul",
        ]))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .link_rel(Some("nofollow noopener noreferrer"))
        .clean(&raw)
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::to_html;

    #[test]
    fn keeps_formatting_and_drops_the_rest() {
        assert_eq!(to_html("**kuat** <script>alert(1)</script>"), "<p><strong>kuat</strong> </p>\n");
        let html = to_html("[klik](javascript:alert(1)) <img src=x onerror=alert(1)> <a href=\"https://a.id\" onclick=x>a</a>");
        assert!(!html.contains("javascript") && !html.contains("onerror") && !html.contains("onclick"), "{html}");
    }
}
