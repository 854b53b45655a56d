//! Order numbers: short enough to read over the phone, silent about volume.

use chrono::{DateTime, Datelike, Utc};

/// Letters and digits that are not mistaken for each other.
const ALPHABET: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";

/// `BLJ-261121-7KQ2M9XA`: the day (WIB) and 8 random letters (8.5 × 10¹¹ per day). Uniqueness is
/// enforced by the database; the caller draws again on the rare clash.
pub fn order_number(at: DateTime<Utc>, random: [u8; 8]) -> String {
    document_number("BLJ", at, random)
}

/// The same for another kind of document.
pub fn document_number(prefix: &str, at: DateTime<Utc>, random: [u8; 8]) -> String {
    let day = crate::analytics::local_day(at, crate::analytics::WIB);
    let tail: String = random.iter().map(|b| char::from(ALPHABET[usize::from(*b) % ALPHABET.len()])).collect();
    format!("{prefix}-{:02}{:02}{:02}-{tail}", day.year().rem_euclid(100), day.month(), day.day())
}

#[cfg(test)]
mod tests {
    #[test]
    fn says_the_day_and_nothing_else() {
        let at = "2026-11-21T03:00:00Z".parse().unwrap();
        assert_eq!(super::order_number(at, [0, 1, 2, 3, 4, 5, 6, 255]), "BLJ-261121-23456789");
    }
}
