//! Stock: three numbers, one writer (ARCHITECTURE.md, "money and stock core").

use crate::id::{ProductId, StoreId, VariantId, WarehouseId};
use crate::macros::{states, view};
use crate::validate::Checks;
use crate::{Money, Result};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// Low-stock threshold of a new stock level: at or below it a seller is warned.
pub const DEFAULT_LOW_STOCK_THRESHOLD: i64 = 10;

states! {
    /// Why stock changed.
    pub enum MovementKind {
        /// Goods came in (opening stock included).
        Receive = "receive",
        /// A count or correction by hand.
        Adjust = "adjust",
        TransferOut = "transfer_out",
        TransferIn = "transfer_in",
        /// Held for an order: `reserved` up.
        Reserve = "reserve",
        /// The hold was given back: `reserved` down.
        Release = "release",
        /// Handed to the courier: `on_hand` and `reserved` down.
        Sale = "sale",
        /// Came back from a buyer: `on_hand` up.
        Return = "return",
        /// Stock-take difference.
        Count = "count",
    }
    /// State of the stock held for an order line.
    pub enum ReservationState {
        Held = "held",
        /// Given back: cancelled or expired.
        Released = "released",
        /// Left the warehouse.
        Dispatched = "dispatched",
    }
}

view! {
    /// A row of the seller's stock table: one variant in one warehouse.
    pub struct StockRow {
        pub variant_id: VariantId,
        pub product_id: ProductId,
        pub sku: String,
        pub product_name: String,
        pub options: BTreeMap<String, String>,
        pub image_url: Option<String>,
        pub price: Money,
        pub warehouse: String,
        pub on_hand: i64,
        pub reserved: i64,
        pub available: i64,
        pub low_stock_threshold: i64,
        /// At or below the threshold (a variant that is out is low, too).
        pub low_stock: bool,
    }
    /// Body of `PATCH /seller/inventory/{variant_id}`.
    pub struct StockCount {
        /// What is really on the shelf.
        pub on_hand: i64,
        #[serde(default)]
        pub reason: Option<String>,
        /// Code of the warehouse; the default one when absent.
        #[serde(default)]
        pub warehouse: Option<String>,
        #[serde(default)]
        pub low_stock_threshold: Option<i64>,
    }
    /// One entry of the stock ledger.
    pub struct MovementView {
        pub at: DateTime<Utc>,
        pub kind: MovementKind,
        /// Change of `on_hand` (0 for a reservation).
        pub quantity: i64,
        /// Change of `reserved`.
        pub reserved_change: i64,
        /// `on_hand` after this entry.
        pub balance_after: i64,
        pub reason: Option<String>,
        /// Order number or the like.
        pub reference: Option<String>,
        /// Name of the person; `None` for the system.
        pub actor: Option<String>,
    }
    pub struct WarehouseView {
        pub id: WarehouseId,
        pub store_id: StoreId,
        pub code: String,
        pub name: String,
        pub location: String,
        pub is_default: bool,
    }
}

impl StockCount {
    pub fn check(self) -> Result<Self> {
        let mut checks = Checks::new();
        checks.range("on_hand", self.on_hand, 0, crate::catalog::MAX_STOCK);
        if let Some(threshold) = self.low_stock_threshold {
            checks.range("low_stock_threshold", threshold, 0, 1_000_000);
        }
        let reason = self.reason.as_deref().map(|r| checks.optional_line("reason", r, 200)).filter(|r| !r.is_empty());
        checks.finish(Self { reason, ..self })
    }
}

/// Whether a change of available stock crossed the threshold downwards: the moment to warn, once.
pub fn crossed_low(before: i64, after: i64, threshold: i64) -> bool {
    before > threshold && after <= threshold
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warns_once_per_crossing() {
        assert!(crossed_low(11, 10, 10));
        assert!(!crossed_low(10, 9, 10));
        assert!(!crossed_low(9, 12, 10));
    }

    #[test]
    fn refuses_a_negative_count() {
        let count = StockCount { on_hand: -1, reason: None, warehouse: None, low_stock_threshold: None };
        assert!(count.check().is_err());
    }
}
