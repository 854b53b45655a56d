//! Ways to pay, and what each of them takes.

use super::ChannelKind;
use crate::macros::view;
use crate::validate::Checks;
use crate::{Error, FieldError, Locale, Money, Result};

view! {
    /// Body of `POST /payments/{id}/method`.
    pub struct MethodInput {
        /// As listed by `/payment-methods`.
        pub payment_method: String,
    }
    /// A way to pay.
    pub struct PaymentMethod {
        /// Sent back at checkout.
        pub code: String,
        pub name: String,
        pub description: String,
        pub kind: ChannelKind,
        /// Who handles it.
        pub gateway: String,
        /// The most that can be paid this way.
        #[serde(default)]
        pub limit: Option<Money>,
        /// The least that can be paid this way.
        #[serde(default)]
        pub least: Option<Money>,
    }
}

/// A way to pay at a gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Channel {
    pub code: &'static str,
    pub name: &'static str,
    pub kind: ChannelKind,
    /// The least and the most it takes.
    pub least: Option<Money>,
    pub most: Option<Money>,
    pub refunds: Refunds,
}

/// What a gateway sends back by itself; the rest goes by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refunds {
    Nothing,
    /// The whole payment only.
    Whole,
    /// Any part of it.
    Parts,
}

impl MethodInput {
    pub fn check(self) -> Result<String> {
        let mut checks = Checks::new();
        let method = checks.line("payment_method", &self.payment_method, 60);
        checks.finish(method)
    }
}

/// Code of the method, and its name where gateways have theirs.
pub const MANUAL_TRANSFER: &str = "manual_transfer";
/// Cash on delivery: code of the method, and its name where gateways have theirs.
pub const COD: &str = "cod";

impl PaymentMethod {
    /// Whether it takes such an amount.
    pub fn takes(&self, amount: Money) -> bool {
        self.check(amount).is_ok()
    }

    /// Fails when it does not take such an amount, with the bound.
    pub fn check(&self, amount: Money) -> Result<()> {
        let (code, bound) = match (self.least, self.limit) {
            (Some(least), _) if amount < least => ("amount_below", least),
            (_, Some(most)) if amount > most => ("amount_above", most),
            _ => return Ok(()),
        };
        Err(Error::Invalid(vec![FieldError::new("payment_method", code).limit(bound.0)]))
    }

    /// The sandbox gateway of demos and tests.
    pub fn sandbox(locale: Locale) -> Self {
        let (name, description) = match locale {
            Locale::Id => ("Gateway Sandbox", "Pembayaran uji coba; tidak ada uang sungguhan."),
            Locale::En => ("Sandbox gateway", "Test payments; no real money moves."),
        };
        let (code, gateway) = ("sandbox".into(), "sandbox".into());
        Self {
            code,
            name: name.into(),
            description: description.into(),
            kind: ChannelKind::Sandbox,
            gateway,
            limit: None,
            least: None,
        }
    }

    /// Bank transfer, proven by a picture and verified by the desk.
    pub fn manual_transfer(locale: Locale) -> Self {
        let (name, description) = match locale {
            Locale::Id => ("Transfer bank", "Transfer ke rekening kami, lalu unggah buktinya."),
            Locale::En => ("Bank transfer", "Transfer to our account, then upload the proof."),
        };
        let (code, gateway) = (MANUAL_TRANSFER.into(), MANUAL_TRANSFER.into());
        Self {
            code,
            name: name.into(),
            description: description.into(),
            kind: ChannelKind::BankTransfer,
            gateway,
            limit: None,
            least: None,
        }
    }

    /// Cash, handed over when the goods arrive.
    pub fn cod(limit: Money, locale: Locale) -> Self {
        let (name, description) = match locale {
            Locale::Id => ("Bayar di tempat (COD)", format!("Bayar tunai saat barang tiba, hingga {limit}.")),
            Locale::En => ("Cash on delivery", format!("Pay cash when the goods arrive, up to {limit}.")),
        };
        let (code, gateway) = (COD.into(), COD.into());
        Self { code, name: name.into(), description, kind: ChannelKind::Cash, gateway, limit: Some(limit), least: None }
    }

    /// A channel of a gateway; its code is `<gateway>:<channel>`.
    pub fn of_channel(gateway: &str, channel: Channel, locale: Locale) -> Self {
        let description = match (channel.kind, locale) {
            (ChannelKind::Qris, Locale::Id) => "Pindai dengan aplikasi bank atau dompet digital apa pun.",
            (ChannelKind::Qris, Locale::En) => "Scan with any banking or wallet app.",
            (ChannelKind::VirtualAccount, Locale::Id) => "Bayar lewat ATM, internet, atau mobile banking.",
            (ChannelKind::VirtualAccount, Locale::En) => "Pay by ATM, internet or mobile banking.",
            (ChannelKind::Wallet, Locale::Id) => "Bayar dari saldo dompet digital.",
            (ChannelKind::Wallet, Locale::En) => "Pay from your wallet's balance.",
            (ChannelKind::Card, Locale::Id) => "Data kartu diisi di halaman gateway, tidak pernah di sini.",
            (ChannelKind::Card, Locale::En) => "The card is entered on the gateway's page, never here.",
            (ChannelKind::Retail, Locale::Id) => "Bayar tunai di kasir.",
            (ChannelKind::Retail, Locale::En) => "Pay cash at the counter.",
            (ChannelKind::BankTransfer | ChannelKind::Sandbox | ChannelKind::Cash, _) => "",
        };
        Self {
            code: format!("{gateway}:{}", channel.code),
            name: channel.name.into(),
            description: description.into(),
            kind: channel.kind,
            gateway: gateway.into(),
            limit: channel.most,
            least: channel.least,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_takes_amounts_within_its_bounds() {
        let channel = Channel {
            code: "bca_va",
            name: "BCA",
            kind: ChannelKind::VirtualAccount,
            least: Some(Money(10_000)),
            most: Some(Money(50_000_000)),
            refunds: Refunds::Nothing,
        };
        let method = PaymentMethod::of_channel("xendit", channel, Locale::Id);
        assert!(method.takes(Money(10_000)) && method.takes(Money(50_000_000)));
        let refused = method.check(Money(9_999)).unwrap_err();
        assert_eq!((&*refused.fields()[0].code, refused.fields()[0].limit), ("amount_below", Some(10_000)));
        let refused = method.check(Money(50_000_001)).unwrap_err();
        assert_eq!((&*refused.fields()[0].code, refused.fields()[0].limit), ("amount_above", Some(50_000_000)));
    }
}
