//! What buyers call the gateways' channels.

pub use domain::payment::ChannelKind;

use domain::payment::Channel;

/// A channel by our code; the bank's or wallet's name is part of it.
pub fn of(code: &'static str, kind: ChannelKind) -> Channel {
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
    Channel { code, name, kind }
}
