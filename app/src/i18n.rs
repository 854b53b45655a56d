//! Texts in the reader's language. The language is fixed while a page lives; switching it loads the
//! page anew.

mod error;
mod field;
mod letter;
mod note;

pub use error::{
    changed_price, error_message, error_title, field_message, payout_status_text, refund_status_text, short_line, status_text,
};
pub use field::field_label;
pub use letter::letter_text;
pub use note::note_text;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, Timelike, Utc};
use domain::Locale;
use domain::analytics::WIB;
use leptos::prelude::use_context;

/// A text in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text(&'static str, &'static str);

/// The catalogue, one module per feature.
pub mod text {
    use super::Text;
    include!(concat!(env!("OUT_DIR"), "/texts.rs"));
}

impl Text {
    pub const fn get(self, locale: Locale) -> &'static str {
        match locale {
            Locale::Id => self.0,
            Locale::En => self.1,
        }
    }

    /// With `{name}` replaced.
    pub fn fill(self, locale: Locale, values: &[(&str, &dyn std::fmt::Display)]) -> String {
        values
            .iter()
            .fold(self.get(locale).to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), &value.to_string()))
    }
}

/// The page's language.
pub fn locale() -> Locale {
    use_context::<Locale>().unwrap_or_default()
}

/// The text in the page's language.
pub fn t(text: Text) -> &'static str {
    text.get(locale())
}

/// The text in the page's language, with `{name}` replaced.
pub fn tf(text: Text, values: &[(&str, &dyn std::fmt::Display)]) -> String {
    text.fill(locale(), values)
}

const MONTHS: [Text; 12] = [
    Text("Jan", "Jan"),
    Text("Feb", "Feb"),
    Text("Mar", "Mar"),
    Text("Apr", "Apr"),
    Text("Mei", "May"),
    Text("Jun", "Jun"),
    Text("Jul", "Jul"),
    Text("Agu", "Aug"),
    Text("Sep", "Sep"),
    Text("Okt", "Oct"),
    Text("Nov", "Nov"),
    Text("Des", "Dec"),
];

/// `21 Nov 2026`.
pub fn day(date: NaiveDate) -> String {
    day_in(date, locale())
}

fn day_in(date: NaiveDate, locale: Locale) -> String {
    format!("{} {} {}", date.day(), MONTHS[date.month0() as usize].get(locale), date.year())
}

/// `Nov 2026`.
pub fn month(date: NaiveDate) -> String {
    format!("{} {}", t(MONTHS[date.month0() as usize]), date.year())
}

/// `21 Nov 2026, 14.05 WIB`.
pub fn moment(at: DateTime<Utc>) -> String {
    moment_in(at, locale())
}

fn moment_in(at: DateTime<Utc>, locale: Locale) -> String {
    let local: DateTime<FixedOffset> = at.with_timezone(&WIB);
    format!("{}, {:02}.{:02} WIB", day_in(local.date_naive(), locale), local.hour(), local.minute())
}
