//! The hosted payment page of all simulated gateways: a plain form.

use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use chrono::{DateTime, Utc};
use domain::Money;
use domain::analytics::WIB;
use minijinja::{Environment, context};
use std::sync::LazyLock;

static PAGE: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut pages = Environment::new();
    for (name, source) in [("page.html", include_str!("page.html")), ("index.html", include_str!("index.html"))] {
        if let Err(error) = pages.add_template(name, source) {
            tracing::error!(cause = %error, "payment page is broken");
        }
    }
    pages
});

/// What the page says.
pub struct Shown<'a> {
    pub title: &'a str,
    /// Where the form is sent to.
    pub action: String,
    pub id: &'a str,
    /// Rupiah.
    pub amount: i64,
    pub customer: &'a str,
    pub method: &'a str,
    pub expires_at: DateTime<Utc>,
    pub status: &'a str,
    pub return_url: &'a str,
    /// Whether an expired payment can still be paid.
    pub takes_late: bool,
    /// What may follow a payment: outcome and label.
    pub follow_ups: &'a [(&'static str, &'static str)],
}

/// What the page's form asks for.
#[derive(Clone, Copy)]
pub struct Outcome {
    /// `paid`, `failed` or `expired`.
    pub status: &'static str,
    is_partial: bool,
    /// Rupiah beside the amount.
    off_by: i64,
}

impl Outcome {
    pub fn read(text: &str, off_by: Option<i64>) -> Option<Self> {
        let (status, is_partial) = match text {
            "paid" => ("paid", false),
            "partial" => ("paid", true),
            "failed" => ("failed", false),
            "expired" => ("expired", false),
            _ => return None,
        };
        Some(Self { status, is_partial, off_by: off_by.unwrap_or(0) })
    }

    /// What is paid of `amount`, if anything: the half of it when only a part is.
    pub fn paid(self, amount: i64) -> Option<i64> {
        let asked = if self.is_partial { amount / 2 } else { amount };
        (self.status == "paid").then_some(asked + self.off_by)
    }
}

pub fn render(shown: &Shown<'_>) -> Response {
    let page = PAGE.get_template("page.html").and_then(|page| {
        page.render(context! {
            title => shown.title,
            action => shown.action,
            id => shown.id,
            amount => Money(shown.amount).to_string(),
            customer => shown.customer,
            method => shown.method,
            expires_at => shown.expires_at.with_timezone(&WIB).format("%d-%m-%Y %H.%M WIB").to_string(),
            status => shown.status,
            open => ["pending", "failed"].contains(&shown.status),
            late => shown.takes_late && shown.status == "expired",
            return_url => shown.return_url,
            follow_ups => shown.follow_ups.iter().filter(|_| shown.status == "paid").collect::<Vec<_>>(),
        })
    });
    answer(page)
}

/// Open bills: page, rupiah, customer, channel.
pub fn index(title: &str, rows: &[(String, i64, &str, &str)]) -> Response {
    let rows: Vec<_> = rows
        .iter()
        .map(|(url, amount, customer, method)| {
            context! { url => url, amount => Money(*amount).to_string(), customer => customer, method => method }
        })
        .collect();
    answer(PAGE.get_template("index.html").and_then(|page| page.render(context! { title => title, rows => rows })))
}

fn answer(page: Result<String, minijinja::Error>) -> Response {
    match page {
        Ok(page) => {
            let policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";
            ([(header::CONTENT_SECURITY_POLICY, policy)], Html(page)).into_response()
        }
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
