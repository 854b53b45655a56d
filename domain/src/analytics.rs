//! Figures of a store. One definition of revenue everywhere (PRODUCT.md ANA-2): goods and shipping
//! of delivered orders, minus refunds, by the day of delivery in the store's time zone.

use crate::Money;
use crate::id::ProductId;
use crate::macros::view;
use chrono::{DateTime, Datelike, Days, FixedOffset, NaiveDate, Utc, Weekday};

view! {
    pub struct SalesSummary { pub today: PeriodFigures, pub last_7_days: PeriodFigures, pub last_30_days: PeriodFigures }
    pub struct PeriodFigures {
        pub revenue: Money,
        /// Delivered orders.
        pub orders: i64,
        /// Units in them.
        pub items: i64,
        /// Change of revenue against the period before, in whole percent; `None` when that was zero.
        pub change_percent: Option<i64>,
    }
    /// One day in the store's time zone.
    pub struct TrendPoint { pub date: NaiveDate, pub revenue: Money, pub orders: i64 }
    pub struct TopProduct {
        pub product_id: ProductId,
        pub slug: String,
        pub name: String,
        pub image_url: Option<String>,
        pub quantity: i64,
        pub revenue: Money,
    }
    /// How many orders stand in each status.
    pub struct StatusCount { pub status: crate::order::OrderStatus, pub count: i64 }
    /// The weekly report of a store, also what its email says.
    pub struct WeeklyReport {
        pub store: String,
        /// Monday to Sunday, both included.
        pub from: NaiveDate,
        pub to: NaiveDate,
        pub figures: PeriodFigures,
        /// Paid but not yet delivered, now.
        pub booked: Money,
        pub top_products: Vec<TopProduct>,
        pub low_stock: Vec<String>,
    }
}

/// Indonesian time zones have no daylight saving: a fixed offset says it all.
pub const WIB: FixedOffset = match FixedOffset::east_opt(7 * 3_600) {
    Some(offset) => offset,
    None => panic!("seven hours is a valid offset"),
};

/// The day a moment falls on in the store's zone.
pub fn local_day(at: DateTime<Utc>, zone: FixedOffset) -> NaiveDate {
    at.with_timezone(&zone).date_naive()
}

/// The last full week (Monday to Sunday) before `today`.
pub fn last_full_week(today: NaiveDate) -> (NaiveDate, NaiveDate) {
    let monday = today.week(Weekday::Mon).first_day();
    (monday - Days::new(7), monday - Days::new(1))
}

/// Whole percent of change, rounded half away from zero.
pub fn change_percent(now: Money, before: Money) -> Option<i64> {
    if before.0 == 0 {
        return None;
    }
    let difference = i128::from(now.0) - i128::from(before.0);
    let base = i128::from(before.0).abs();
    let percent = (difference.abs() * 200 + base) / (base * 2);
    i64::try_from(percent * difference.signum()).ok()
}

/// ISO week, `2026-W47`, the key under which a weekly report is sent once.
pub fn week_key(day: NaiveDate) -> String {
    let week = day.iso_week();
    format!("{}-W{:02}", week.year(), week.week())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_at_midnight_in_jakarta() {
        let at: DateTime<Utc> = "2026-11-21T17:30:00Z".parse().unwrap();
        assert_eq!(local_day(at, WIB).to_string(), "2026-11-22");
    }

    #[test]
    fn the_last_full_week_ends_on_sunday() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(last_full_week(day("2026-11-23")), (day("2026-11-16"), day("2026-11-22")));
        assert_eq!(last_full_week(day("2026-11-22")), (day("2026-11-09"), day("2026-11-15")));
        assert_eq!(week_key(day("2026-11-16")), "2026-W47");
    }

    #[test]
    fn change_is_whole_percent() {
        assert_eq!(change_percent(Money(150), Money(100)), Some(50));
        assert_eq!(change_percent(Money(0), Money(100)), Some(-100));
        assert_eq!(change_percent(Money(100), Money(0)), None);
    }
}
