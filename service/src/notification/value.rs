//! Values in letters, written the way of the reader's language.

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use domain::analytics::WIB;
use domain::{Locale, Money};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    Money(Money),
    Number(i64),
    /// `21 Nov 2026, 14.05 WIB`.
    Moment(DateTime<Utc>),
    /// `21 Nov 2026`.
    Day(NaiveDate),
    /// A sentence of the catalogue.
    Phrase(&'static str),
    Nothing,
}

impl Value {
    /// In words; a phrase is filled by the letter, which knows its values.
    pub fn written(&self, locale: Locale) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Money(amount) => amount.written(locale),
            Self::Number(number) => number.to_string(),
            Self::Moment(at) => moment(*at, locale),
            Self::Day(date) => day(*date, locale),
            Self::Phrase(_) | Self::Nothing => String::new(),
        }
    }
}

fn moment(at: DateTime<Utc>, locale: Locale) -> String {
    let local = at.with_timezone(&WIB);
    let dot = if locale == Locale::Id { '.' } else { ':' };
    format!("{}, {:02}{dot}{:02} WIB", day(local.date_naive(), locale), local.hour(), local.minute())
}

fn day(date: NaiveDate, locale: Locale) -> String {
    const ID: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"];
    const EN: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let months = if locale == Locale::Id { ID } else { EN };
    format!("{} {} {}", date.day(), months[date.month0() as usize], date.year())
}

macro_rules! value_from {
    ($($from:ty: $value:ident => $made:expr),+ $(,)?) => {
        $(impl From<$from> for Value {
            fn from($value: $from) -> Self {
                $made
            }
        })+
    };
}

value_from! {
    String: text => Self::Text(text),
    &String: text => Self::Text(text.clone()),
    &str: text => Self::Text(text.to_owned()),
    Money: amount => Self::Money(amount),
    i64: number => Self::Number(number),
    DateTime<Utc>: at => Self::Moment(at),
    NaiveDate: date => Self::Day(date),
    Option<String>: text => text.map_or(Self::Nothing, Self::Text),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_and_dates_follow_the_language() {
        let at: DateTime<Utc> = "2026-05-21T07:05:00Z".parse().unwrap();
        assert_eq!(Value::from(at).written(Locale::Id), "21 Mei 2026, 14.05 WIB");
        assert_eq!(Value::from(at).written(Locale::En), "21 May 2026, 14:05 WIB");
        assert_eq!(Value::from(Money(132_000)).written(Locale::En), "Rp 132,000");
    }
}
