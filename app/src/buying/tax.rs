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
    Some((tf(label, &[("rate", &tax.percent())]), tax.amount))
}
