//! Reviews of delivered purchases.

use crate::Result;
use crate::id::ReviewId;
use crate::macros::view;
use crate::validate::Checks;
use chrono::{DateTime, Utc};

view! {
    /// Body of `POST /products/{slug}/reviews`.
    pub struct ReviewInput {
        pub order_number: String,
        /// 1–5 stars.
        pub rating: i64,
        #[serde(default)]
        pub comment: String,
    }
    pub struct ReviewView {
        pub id: ReviewId,
        /// First name and initial: reviews are public, full names are not.
        pub author: String,
        pub rating: i32,
        pub comment: String,
        /// Variant bought, `Merah, 40`.
        pub variant: String,
        /// Always true: only buyers can review.
        pub verified_purchase: bool,
        pub created_at: DateTime<Utc>,
    }
    /// How many reviews gave each number of stars.
    pub struct RatingSummary {
        #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>))]
        pub average: Option<Rating>,
        pub count: i64,
        /// Index 0 is one star.
        pub histogram: Vec<i64>,
    }
}

impl ReviewInput {
    pub fn check(self) -> Result<Self> {
        let mut checks = Checks::new();
        let order_number = checks.line("order_number", &self.order_number, 40);
        let rating = checks.range("rating", self.rating, 1, 5);
        let comment = checks.optional_text("comment", &self.comment, 2_000);
        checks.finish(Self { order_number, rating, comment })
    }
}

/// An average of stars, kept in hundredths; a plain number on the wire (`4.67`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rating(pub i32);

impl Rating {
    /// Average of `count` reviews whose stars sum to `sum`, rounded; `None` without reviews.
    pub fn average(sum: i64, count: i64) -> Option<Self> {
        if count <= 0 {
            return None;
        }
        i32::try_from((sum * 200 + count) / (count * 2)).ok().map(Self)
    }
}

impl std::fmt::Display for Rating {
    /// One decimal, with the Indonesian comma: `4,7`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let tenths = (self.0 + 5) / 10;
        write!(f, "{},{}", tenths / 10, tenths % 10)
    }
}

impl serde::Serialize for Rating {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_f64(f64::from(self.0) / 100.0)
    }
}

impl<'de> serde::Deserialize<'de> for Rating {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let stars = f64::deserialize(deserializer)?;
        Ok(Self((stars * 100.0).round() as i32))
    }
}

/// `Siti Rahma Putri` is shown as `Siti R.`.
pub fn public_name(name: &str) -> String {
    let mut words = name.split_whitespace();
    let first = words.next().unwrap_or_default();
    match words.next().and_then(|w| w.chars().next()) {
        Some(initial) => format!("{first} {initial}."),
        None => first.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn averages_are_plain_numbers_on_the_wire() {
        let rating = Rating::average(14, 3).unwrap();
        assert_eq!((rating, rating.to_string().as_str()), (Rating(467), "4,7"));
        assert_eq!(serde_json::to_string(&rating).unwrap(), "4.67");
        assert_eq!(serde_json::from_str::<Rating>("4.67").unwrap(), rating);
        assert_eq!(Rating::average(0, 0), None);
    }

    #[test]
    fn hides_family_names() {
        assert_eq!(public_name("Siti Rahma Putri"), "Siti R.");
        assert_eq!(public_name("Budi"), "Budi");
        assert_eq!(public_name(""), "");
    }
}
