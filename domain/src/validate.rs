//! Collects what is wrong with a form, field by field, so that a person is told everything at once.

use crate::{Error, FieldError, Money, Result, pan};

/// Accumulates field errors; `finish` turns them into one [`Error::Invalid`].
#[derive(Debug, Default)]
pub struct Checks(Vec<FieldError>);

impl Checks {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn add(&mut self, error: FieldError) {
        self.0.push(error);
    }

    pub fn require(&mut self, ok: bool, field: &str, code: &'static str) {
        if !ok {
            self.add(FieldError::new(field, code));
        }
    }

    /// Trimmed text of 1 to `max` characters. Control characters other than line breaks and tabs
    /// are refused: they have no business in a name and break emails and exports.
    pub fn text(&mut self, field: &str, value: &str, max: usize) -> String {
        let value = self.optional_text(field, value, max);
        self.require(!value.is_empty(), field, "required");
        value
    }

    /// As [`Self::text`], but may be empty. Card numbers are refused: they belong on the gateways'
    /// pages (adr/0016).
    pub fn optional_text(&mut self, field: &str, value: &str, max: usize) -> String {
        self.require(!pan::has_card_number(value), field, "card_number");
        self.free_text(field, value, max)
    }

    fn free_text(&mut self, field: &str, value: &str, max: usize) -> String {
        let value = value.trim();
        if value.chars().count() > max {
            self.add(FieldError::new(field, "too_long").limit(max as i64));
        }
        let odd = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
        self.require(!value.chars().any(odd), field, "invalid_characters");
        value.to_owned()
    }

    /// One line of text: no line breaks (CRLF must not reach an email header).
    pub fn line(&mut self, field: &str, value: &str, max: usize) -> String {
        let value = self.text(field, value, max);
        self.require(!value.contains(['\n', '\r']), field, "invalid_characters");
        value
    }

    /// A number or code that somebody else gave out, like a tracking number: one line that may look
    /// like a card number by chance.
    pub fn foreign_code(&mut self, field: &str, value: &str, max: usize) -> String {
        let value = self.free_text(field, value, max);
        self.require(!value.is_empty(), field, "required");
        self.require(!value.contains(['\n', '\r']), field, "invalid_characters");
        value
    }

    pub fn optional_line(&mut self, field: &str, value: &str, max: usize) -> String {
        let value = self.optional_text(field, value, max);
        self.require(!value.contains(['\n', '\r']), field, "invalid_characters");
        value
    }

    /// A whole number within bounds, both included.
    pub fn range(&mut self, field: &str, value: i64, min: i64, max: i64) -> i64 {
        if value < min {
            self.add(FieldError::new(field, "too_small").limit(min));
        } else if value > max {
            self.add(FieldError::new(field, "too_large").limit(max));
        }
        value
    }

    /// A selling price: 1 rupiah to [`Money::MAX_PRICE`].
    pub fn price(&mut self, field: &str, value: Money) -> Money {
        Money(self.range(field, value.0, 1, Money::MAX_PRICE.0))
    }

    /// Runs another validation whose fields belong under `prefix`.
    pub fn nested<T>(&mut self, prefix: &str, result: Result<T>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(Error::Invalid(fields)) => {
                for mut error in fields {
                    error.field = format!("{prefix}.{}", error.field);
                    self.add(error);
                }
                None
            }
            Err(_) => {
                self.add(FieldError::new(prefix, "invalid"));
                None
            }
        }
    }

    pub fn is_clean(&self) -> bool {
        self.0.is_empty()
    }

    pub fn finish<T>(self, value: T) -> Result<T> {
        if self.0.is_empty() { Ok(value) } else { Err(Error::Invalid(self.0)) }
    }
}

/// An email address good enough to try: one `@`, a dotted domain, no spaces or control characters.
/// Whether it exists only a delivered message can tell.
pub fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let clean = |part: &str| {
        !part.is_empty() && part.chars().all(|c| !c.is_whitespace() && !c.is_control() && !"@,;:<>()[]\"\\".contains(c))
    };
    text.len() <= 254
        && local.len() <= 64
        && clean(local)
        && clean(domain)
        && domain.contains('.')
        && domain.split('.').all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'))
}

/// Indonesian or international phone number: digits with the usual separators, 8–15 digits.
pub fn is_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    (8..=15).contains(&digits) && text.chars().all(|c| c.is_ascii_digit() || "+-() .".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_every_field_at_once() {
        let mut checks = Checks::new();
        checks.text("name", "  ", 10);
        checks.line("store", "a\r\nBcc: x@y.id", 40);
        checks.price("price", Money(0));
        let Err(Error::Invalid(errors)) = checks.finish(()) else { panic!("accepted") };
        let codes: Vec<_> = errors.iter().map(|e| (e.field.as_str(), e.code.as_ref())).collect();
        assert_eq!(codes, [("name", "required"), ("store", "invalid_characters"), ("price", "too_small")]);
    }

    #[test]
    fn card_numbers_are_refused_except_in_foreign_codes() {
        let mut checks = Checks::new();
        checks.optional_text("note", "kartu saya 4111 1111 1111 1111", 100);
        checks.foreign_code("tracking_number", "4111111111111111", 60);
        let Err(Error::Invalid(errors)) = checks.finish(()) else { panic!("accepted") };
        let codes: Vec<_> = errors.iter().map(|e| (e.field.as_str(), e.code.as_ref())).collect();
        assert_eq!(codes, [("note", "card_number")]);
    }

    #[test]
    fn counts_characters_not_bytes() {
        let mut checks = Checks::new();
        assert_eq!(checks.text("name", " ꦧꦠꦶꦏ ", 5), "ꦧꦠꦶꦏ");
        assert!(checks.is_clean());
    }

    #[test]
    fn tells_email_addresses_from_other_text() {
        for good in ["a@b.id", "nama.depan+toko@contoh.co.id"] {
            assert!(is_email(good), "{good}");
        }
        for bad in ["", "a@b", "a b@c.id", "a@b..id", "a@b.id\r\nBcc:x@y.id", "<a@b.id>", "@b.id", "a@-b.id"] {
            assert!(!is_email(bad), "{bad}");
        }
    }
}
