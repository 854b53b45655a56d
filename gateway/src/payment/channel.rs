//! What buyers call the gateways' channels.

pub use domain::payment::{ChannelKind, Refunds};

use domain::Money;
use domain::payment::Channel;

/// What QRIS takes, by rule of Bank Indonesia.
const QRIS_MOST: Money = Money(10_000_000);
/// What banks' virtual accounts take.
const ACCOUNT_LEAST: Money = Money(10_000);

/// A channel by our code; the bank's or wallet's name is part of it. With the bounds of its kind, which
/// an adapter may narrow.
pub fn of(code: &'static str, kind: ChannelKind, refunds: Refunds) -> Channel {
    let name = match code {
        "qris" => "QRIS",
        "gopay" => "GoPay",
        "ovo" => "OVO",
        "dana" => "DANA",
        "shopeepay" => "ShopeePay",
        "card" => "Kartu kredit / debit",
        "bca_va" => "BCA Virtual Account",
        "bni_va" => "BNI Virtual Account",
        "bri_va" => "BRI Virtual Account",
        "mandiri_va" => "Mandiri Virtual Account",
        "mandiri_bill" => "Mandiri Bill Payment",
        "permata_va" => "Permata Virtual Account",
        "alfamart" => "Alfamart",
        "indomaret" => "Indomaret",
        other => other,
    };
    let least = (kind == ChannelKind::VirtualAccount).then_some(ACCOUNT_LEAST);
    let most = (kind == ChannelKind::Qris).then_some(QRIS_MOST);
    Channel { code, name, kind, least, most, refunds }
}
