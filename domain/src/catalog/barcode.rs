//! Codes that scanners read.

/// EAN-13 with its check digit, or EAN-8/other short codes of letters and digits.
pub fn is_barcode(text: &str) -> bool {
    if text.len() != 13 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return (4..=32).contains(&text.len())
            && text.len() != 13
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    }
    let sum: u32 = text.bytes().zip([1, 3].iter().cycle()).map(|(b, weight)| u32::from(b - b'0') * weight).sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::is_barcode;

    #[test]
    fn verifies_the_ean_13_check_digit() {
        assert!(is_barcode("4006381333931"));
        assert!(!is_barcode("4006381333932"));
        assert!(is_barcode("TOKO-0001"));
        assert!(!is_barcode("ab"));
    }
}
