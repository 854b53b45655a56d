//! Card numbers (primary account numbers). They are entered on the gateways' own pages and must
//! never stand in our database or logs, whatever people type where (adr/0016).
//!
//! A card number is 14 to 19 digits that begin as an issuer's do and have the right check digit
//! (Luhn), in one piece or in the groups that are printed on cards. About one in ten long numbers
//! that begin like a card's passes the check by chance: fields that hold other people's numbers
//! (tracking numbers, barcodes) are not searched.

use std::borrow::Cow;

const SHORTEST: usize = 14;
const LONGEST: usize = 19;
/// Characters between two groups; more of them are a gap.
const MAX_GAP: usize = 3;

/// A digit and where it stands.
#[derive(Clone, Copy)]
struct Digit {
    at: usize,
    bytes: usize,
    value: u8,
}

/// Digits without anything in between.
#[derive(Default)]
struct Group {
    digits: Vec<Digit>,
    /// Only separators between it and the group before.
    follows: bool,
}

/// Whether a card number stands anywhere in the text.
pub fn has_card_number(text: &str) -> bool {
    !find(text, true).is_empty()
}

/// The text with all but the first six and last four digits of card numbers replaced: what may be
/// kept of them (PCI DSS 3.4).
pub fn mask(text: &str) -> Cow<'_, str> {
    let found = find(text, false);
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut masked = String::with_capacity(text.len());
    let mut copied = 0;
    for digit in found.iter().flat_map(|number| &number[6..number.len() - 4]) {
        masked.push_str(&text[copied..digit.at]);
        masked.push('*');
        copied = digit.at + digit.bytes;
    }
    masked.push_str(&text[copied..]);
    Cow::Owned(masked)
}

/// Card numbers in the order they stand in, or only the first.
fn find(text: &str, only_first: bool) -> Vec<Vec<Digit>> {
    // Nearly every text has too few digits to look any closer.
    if text.chars().filter(|c| digit(*c).is_some()).count() < SHORTEST {
        return vec![];
    }
    let groups = groups(text);
    let mut found = vec![];
    let mut start = 0;
    while start < groups.len() {
        match longest_from(&groups[start..]) {
            Some((number, used)) => {
                found.push(number);
                if only_first {
                    return found;
                }
                start += used;
            }
            None => start += 1,
        }
    }
    found
}

/// A card number that begins with the first group, and how many groups it takes.
fn longest_from(groups: &[Group]) -> Option<(Vec<Digit>, usize)> {
    let mut number: Vec<Digit> = vec![];
    let mut best = None;
    for (n, group) in groups.iter().enumerate() {
        if n > 0 && !group.follows || number.len() + group.digits.len() > LONGEST {
            break;
        }
        number.extend(&group.digits);
        if is_printed_so(&groups[..=n]) && is_card_number(&number) {
            best = Some((number.clone(), n + 1));
        }
    }
    best
}

/// In one piece, digit by digit, or in groups of at least four, the last of at least three: lists of
/// sizes and prices are not taken for cards.
fn is_printed_so(groups: &[Group]) -> bool {
    let [first @ .., last] = groups else { return false };
    let lengths = |min: usize| first.iter().all(|g| g.digits.len() >= min);
    first.is_empty() || (lengths(4) && last.digits.len() >= 3) || groups.iter().all(|g| g.digits.len() == 1)
}

fn groups(text: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = vec![];
    // None: no digit yet, or something that is no separator since.
    let mut gap: Option<usize> = None;
    for (at, c) in text.char_indices() {
        match (digit(c), gap) {
            (Some(value), known) => {
                if known != Some(0) {
                    groups.push(Group { digits: vec![], follows: known.is_some_and(|n| n <= MAX_GAP) });
                }
                if let Some(group) = groups.last_mut() {
                    group.digits.push(Digit { at, bytes: c.len_utf8(), value });
                }
                gap = Some(0);
            }
            (None, Some(n)) if is_separator(c) => gap = Some(n + 1),
            (None, _) => gap = None,
        }
    }
    groups
}

/// Also as other keyboards write them: Arabic, Persian, full width.
fn digit(c: char) -> Option<u8> {
    let zero = match c {
        '0'..='9' => '0',
        '\u{660}'..='\u{669}' => '\u{660}',
        '\u{6f0}'..='\u{6f9}' => '\u{6f0}',
        '\u{ff10}'..='\u{ff19}' => '\u{ff10}',
        _ => return None,
    };
    u8::try_from(u32::from(c) - u32::from(zero)).ok()
}

/// Spaces of all kinds, dashes, dots, and what cannot be seen.
fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '-' | '.' | '_' | '/' | '+' | '·' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

fn is_card_number(digits: &[Digit]) -> bool {
    (SHORTEST..=LONGEST).contains(&digits.len()) && is_issued(digits) && has_check_digit(digits)
}

/// Beginning and length as the card schemes give them out. Thirteen digits, which Visa once had, are
/// barcodes today.
fn is_issued(digits: &[Digit]) -> bool {
    let begins = |n: usize| digits[..n].iter().fold(0_u32, |sum, d| sum * 10 + u32::from(d.value));
    let (two, three, four) = (begins(2), begins(3), begins(4));
    match digits.len() {
        // Diners.
        14 => matches!(three, 300..=305) || matches!(two, 36 | 38 | 39),
        // American Express.
        15 => matches!(two, 34 | 37),
        length => {
            let visa = begins(1) == 4 && matches!(length, 16 | 19);
            let mastercard = length == 16 && (matches!(two, 51..=55) || matches!(four, 2221..=2720));
            // Discover, JCB, UnionPay, Maestro.
            let others = four == 6011 || matches!(three, 644..=649) || matches!(two, 65 | 62) || matches!(four, 3528..=3589);
            let maestro = matches!(four, 5018 | 5020 | 5038 | 5893 | 6304 | 6759 | 6761..=6763);
            visa || mastercard || others || maestro
        }
    }
}

/// Luhn: every second digit from the right counts twice.
fn has_check_digit(digits: &[Digit]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(n, digit)| {
            let value = u32::from(digit.value) * if n % 2 == 1 { 2 } else { 1 };
            if value > 9 { value - 9 } else { value }
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The numbers that gateways give out for trying.
    const CARDS: [&str; 9] = [
        "4111111111111111",
        "4811111111111114",
        "5555555555554444",
        "2223003122003222",
        "378282246310005",
        "6011111111111117",
        "3530111333300000",
        "30569309025904",
        "6200000000000005",
    ];

    #[test]
    fn finds_cards_however_they_are_typed() {
        for card in CARDS {
            for text in [
                card.to_owned(),
                format!("kartu saya {card}, 12/29"),
                format!("nomor:{card}"),
                format!("{card} 12 29 123"),
                format!("081234567890 {card}"),
            ] {
                assert!(has_card_number(&text), "{text}");
            }
        }
        for text in [
            "4111 1111 1111 1111",
            "4111-1111-1111-1111",
            "4111.1111.1111.1111",
            "4111 – 1111 – 1111 – 1111",
            "4111\u{200b}1111\u{a0}1111\n1111",
            "3782 822463 10005",
            "3056 930902 5904",
            "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
            "٤١١١١١١١١١١١١١١١",
            "４１１１１１１１１１１１１１１１",
            "RT 05 4111 1111 1111 1111",
        ] {
            assert!(has_card_number(text), "{text}");
        }
    }

    #[test]
    fn leaves_ordinary_numbers_alone() {
        for text in [
            "",
            "081234567890",
            "+62 812-3456-7890-123",
            // Virtual accounts, tracking numbers, barcodes, amounts, dates.
            "8077 7000 1234 5678",
            "9881234567890123",
            "88608 0812 3456 7890",
            "JX0123456789012",
            "8991234567890",
            "4006381333931",
            "Rp 4.111.111.111.111.111",
            "2026-11-21 14:00:00 s.d. 2026-11-22 14:00:00",
            "Ukuran 36 37 38 39 40 41 42 43 44 45",
            "4111111111111112",
            "41111111111111111111111111",
            "0199a0b0-0000-7000-8000-000000000000",
            "0000000000000000",
        ] {
            assert!(!has_card_number(text), "{text}");
        }
    }

    #[test]
    fn keeps_what_may_be_kept() {
        assert_eq!(mask("kartu 4111-1111-1111-1111."), "kartu 4111-11**-****-1111.");
        assert_eq!(mask("5555555555554444 dan 378282246310005"), "555555******4444 dan 378282*****0005");
        assert!(matches!(mask("tanpa kartu 081234567890"), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn masked_text_has_no_card_number(before in "\\PC{0,12}", after in "\\PC{0,12}", card in prop::sample::select(&CARDS[..])) {
            let text = format!("{before} {card} {after}");
            let masked = mask(&text).into_owned();
            prop_assert!(!masked.contains(card), "{}", masked);
            prop_assert!(!has_card_number(&masked), "{}", masked);
        }
    }
}
