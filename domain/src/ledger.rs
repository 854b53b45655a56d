//! The money trail: double entry, append-only. An entry's amount is positive for debit, negative
//! for credit; every transaction sums to zero.

mod balanced;
mod sale;

pub use balanced::{Balanced, Entry};
pub use sale::Sale;

use crate::Money;
use crate::id::StoreId;
use crate::macros::states;

states! {
    /// Kinds of account. One account exists per kind and, where it concerns them, per store or gateway.
    pub enum AccountKind {
        /// Asset: money a gateway holds for us, per gateway.
        GatewayClearing = "gateway_clearing",
        /// Asset: our own bank account.
        Bank = "bank",
        /// Expense: what gateways keep, per gateway.
        GatewayFee = "gateway_fee",
        /// Expense: discounts the platform pays.
        VoucherFunding = "voucher_funding",
        /// Liability: buyers' money for orders not yet delivered.
        Escrow = "escrow",
        /// Liability: what a store may draw; negative when refunds were more than sales.
        SellerPayable = "seller_payable",
        /// Liability: on its way to a store's bank.
        PayoutTransit = "payout_transit",
        /// Liability: couriers' money, which goes to the store that pays them.
        Shipping = "shipping",
        /// Liability: PPN on goods, withheld for the tax office.
        Tax = "tax",
        /// Liability: PPN on our commission.
        CommissionTax = "commission_tax",
        /// Income of the platform.
        Commission = "commission",
        /// Liability: money that must go back to buyers.
        RefundPayable = "refund_payable",
        /// Income: suffixes of transfers that stay in the house.
        Rounding = "rounding",
        /// Asset: cash a store's courier took at the door (per store).
        CodReceivable = "cod_receivable",
        /// Expense: chargebacks of money that had gone back already.
        ChargebackLoss = "chargeback_loss",
    }
    /// What a ledger transaction records.
    pub enum LedgerKind {
        /// Buyer paid: clearing ↔ escrow.
        Charge = "charge",
        /// Order delivered: escrow ↔ seller, shipping, tax and commission.
        Release = "release",
        /// Money of an order must go back: escrow, or seller and commission ↔ refund payable.
        RefundDue = "refund_due",
        /// Money nobody waited for: clearing ↔ refund payable.
        UnexpectedMoney = "unexpected_money",
        /// Suffix of a transfer that stays in the house: clearing ↔ rounding.
        Surplus = "surplus",
        /// Refund carried out: refund payable ↔ clearing, or our bank when a person sent it.
        RefundPaid = "refund_paid",
        /// A store asks for its money: payable ↔ transit.
        PayoutRequested = "payout_requested",
        /// The payout was refused or failed: transit ↔ payable.
        PayoutReturned = "payout_returned",
        /// The bank has sent it: transit ↔ bank.
        PayoutSettled = "payout_settled",
        /// A buyer's bank took money back: refund payable, or our loss ↔ clearing.
        Chargeback = "chargeback",
        /// A gateway paid out to us, or took a refund off that: clearing ↔ bank and fee.
        Settlement = "settlement",
        /// Cash taken at the door: owed by the store ↔ escrow.
        CodCollected = "cod_collected",
        /// The store keeps that cash as its share of the sale: seller ↔ owed by the store.
        CodOffset = "cod_offset",
    }
}

impl AccountKind {
    /// Assets and expenses stand on the debit side, what we owe and earn on the credit side.
    pub const fn is_debit(self) -> bool {
        matches!(
            self,
            Self::GatewayClearing
                | Self::Bank
                | Self::GatewayFee
                | Self::VoucherFunding
                | Self::CodReceivable
                | Self::ChargebackLoss
        )
    }

    /// Whether a balance (debit positive) is on the wrong side.
    pub const fn is_negative(self, balance: Money) -> bool {
        if self.is_debit() { balance.0 < 0 } else { balance.0 > 0 }
    }
}

/// An account: its kind, and whose or where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub kind: AccountKind,
    pub store: Option<StoreId>,
    /// Name of the gateway, for clearing and fees.
    pub gateway: Option<String>,
}

impl Account {
    /// Money at a gateway, or its fees.
    pub fn at_gateway(kind: AccountKind, gateway: &str) -> Self {
        Self { kind, store: None, gateway: Some(gateway.to_owned()) }
    }
}

impl From<AccountKind> for Account {
    fn from(kind: AccountKind) -> Self {
        Self { kind, store: None, gateway: None }
    }
}

impl From<(AccountKind, Option<StoreId>)> for Account {
    fn from((kind, store): (AccountKind, Option<StoreId>)) -> Self {
        Self { kind, store, gateway: None }
    }
}
