//! The cart: what a buyer means to buy, grouped by store.

use crate::id::{CartItemId, StoreId, VariantId};
use crate::macros::{states, view};
use crate::rate::Tax;
use crate::validate::Checks;
use crate::{Money, Result};
use std::collections::BTreeMap;

/// Units of one variant in one order.
pub const MAX_QUANTITY: i64 = 10_000;
/// Lines in one cart.
pub const MAX_LINES: usize = 100;

states! {
    /// What changed since a line was put into the cart; shown, never silently applied.
    pub enum Notice {
        PriceUp = "price_up",
        PriceDown = "price_down",
        /// Fewer units available than asked for.
        StockShort = "stock_short",
        OutOfStock = "out_of_stock",
        /// The product is no longer sold.
        Unavailable = "unavailable",
        /// The store does not take orders now.
        StoreClosed = "store_closed",
    }
}

view! {
    pub struct CartView {
        pub groups: Vec<CartGroup>,
        /// Lines put aside; not part of any sum.
        pub saved: Vec<CartLine>,
        /// Sum of the selected lines, with the tax that comes on top.
        pub total: Money,
        /// Units of all lines, for the badge.
        pub count: i64,
    }
    pub struct CartGroup {
        pub store: CartStore,
        pub items: Vec<CartLine>,
        /// Sum of the selected lines of this store.
        pub subtotal: Money,
        /// PPN of the selected lines.
        pub tax: Tax,
    }
    pub struct CartStore { pub id: StoreId, pub slug: String, pub name: String, pub location: String, pub is_open: bool }
    pub struct CartLine {
        pub id: CartItemId,
        pub variant_id: VariantId,
        pub product_slug: String,
        pub product_name: String,
        pub options: BTreeMap<String, String>,
        pub image_url: Option<String>,
        /// Price now.
        pub unit_price: Money,
        /// Price when the buyer last confirmed it.
        pub seen_price: Money,
        pub quantity: i64,
        pub available: i64,
        pub line_total: Money,
        pub selected: bool,
        pub notices: Vec<Notice>,
        /// Grams per unit.
        pub weight_grams: i64,
    }
    /// Body of `POST /cart/items`: adds to what is there.
    pub struct AddItem { pub variant_id: VariantId, pub quantity: i64 }
    /// Body of `PATCH /cart/items/{id}`.
    pub struct ChangeItem {
        #[serde(default)]
        pub quantity: Option<i64>,
        #[serde(default)]
        pub selected: Option<bool>,
        #[serde(default)]
        pub saved_for_later: Option<bool>,
        /// The buyer has seen the present price and agrees.
        #[serde(default)]
        pub accept_price: Option<bool>,
    }
}

impl AddItem {
    pub fn check(self) -> Result<Self> {
        let mut checks = Checks::new();
        checks.range("quantity", self.quantity, 1, MAX_QUANTITY);
        checks.finish(self)
    }
}

impl ChangeItem {
    pub fn check(self) -> Result<Self> {
        let mut checks = Checks::new();
        if let Some(quantity) = self.quantity {
            checks.range("quantity", quantity, 1, MAX_QUANTITY);
        }
        checks.finish(self)
    }
}

impl CartLine {
    /// Whether the line can be checked out as it stands.
    pub fn is_orderable(&self) -> bool {
        self.notices.is_empty()
    }
}
