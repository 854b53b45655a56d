//! PPN as buyers see it.

use crate::i18n::{text, tf};
use domain::Money;
use domain::rate::{Tax, TaxMode};

/// What the tax is called, and how much it is; nothing where there is none.
pub fn tax_row(tax: &Tax) -> Option<(String, Money)> {
    let label = match tax.mode {
        TaxMode::None => return None,
        TaxMode::Included => text::buying::TAX_INCLUDED,
        TaxMode::Added => text::buying::TAX_ADDED,
    };
    // 1100 is 11, 1150 is 11,5.
    let (whole, rest) = (tax.basis_points / 100, tax.basis_points % 100);
    let rate = if rest == 0 { whole.to_string() } else { format!("{whole},{rest:02}").trim_end_matches('0').to_owned() };
    Some((tf(label, &[("rate", &rate)]), tax.amount))
}
