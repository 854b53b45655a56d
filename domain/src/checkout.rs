//! Checkout: one payment, one order per store, all or nothing.

use crate::cart::CartView;
use crate::id::{AddressId, CartItemId, GroupId, StoreId};
use crate::identity::Address;
use crate::macros::view;
use crate::order::OrderStatus;
use crate::payment::PaymentView;
use crate::shipping::ShippingChoice;
use crate::validate::Checks;
use crate::{FieldError, Money, Result};
use std::collections::BTreeMap;

view! {
    /// Body of `POST /checkout`.
    pub struct CheckoutInput {
        /// An address of the address book …
        #[serde(default)]
        pub address_id: Option<AddressId>,
        /// … or a new one.
        #[serde(default)]
        pub address: Option<Address>,
        /// Lines to buy; the selected ones when absent.
        #[serde(default)]
        pub item_ids: Option<Vec<CartItemId>>,
        /// A service for every store in the checkout.
        pub shipping: Vec<ShippingChoice>,
        #[serde(default)]
        pub vouchers: Option<Vec<String>>,
        /// Note to the seller, by store id.
        #[serde(default)]
        pub notes: Option<BTreeMap<String, String>>,
        /// `sandbox`, … as listed by `/payment-methods`.
        pub payment_method: String,
    }
    /// Answer of `POST /checkout`.
    pub struct CheckoutView { pub group_id: GroupId, pub payment: PaymentView, pub orders: Vec<PlacedOrder> }
    /// An order as it was just placed.
    pub struct PlacedOrder {
        pub number: String,
        pub store: crate::identity::StoreRef,
        pub status: OrderStatus,
        pub items_total: Money,
        pub shipping_cost: Money,
        pub discount: Money,
        #[serde(default)]
        pub tax: crate::rate::Tax,
        pub total: Money,
        pub items: Vec<crate::order::OrderItem>,
    }
    /// Everything the checkout page shows before the buyer confirms.
    pub struct CheckoutQuote {
        pub cart: CartView,
        pub addresses: Vec<crate::identity::AddressView>,
        pub rates: Vec<crate::shipping::StoreRates>,
        pub methods: Vec<crate::payment::PaymentMethod>,
        /// Ways to pay that do not take the amount.
        #[serde(default)]
        pub unfit: Vec<crate::payment::PaymentMethod>,
        /// One-time token of the form; the idempotency key of a page without scripts.
        pub form_token: String,
    }
}

/// A checkout whose form is right; whether it can be fulfilled only the service knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkout {
    pub address: Destination,
    pub item_ids: Option<Vec<CartItemId>>,
    pub shipping: BTreeMap<StoreId, String>,
    pub notes: BTreeMap<StoreId, String>,
    pub vouchers: Vec<String>,
    pub payment_method: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    Saved(AddressId),
    New(Address),
}

impl CheckoutInput {
    pub fn check(self) -> Result<Checkout> {
        let mut checks = Checks::new();
        let address = match (self.address_id, self.address) {
            (Some(id), _) => Some(Destination::Saved(id)),
            (None, Some(address)) => checks.nested("address", address.check()).map(Destination::New),
            (None, None) => {
                checks.add(FieldError::new("address", "required"));
                None
            }
        };
        let mut notes = BTreeMap::new();
        for (store, note) in self.notes.unwrap_or_default() {
            let field = format!("notes.{store}");
            match store.parse() {
                Ok(id) => {
                    notes.insert(id, checks.optional_text(&field, &note, 500));
                }
                Err(_) => checks.add(FieldError::new(field, "invalid")),
            }
        }
        let payment_method = checks.line("payment_method", &self.payment_method, 60);
        checks.require(self.shipping.len() <= 100, "shipping", "too_many");
        checks.require(self.item_ids.as_ref().is_none_or(|ids| ids.len() <= crate::cart::MAX_LINES), "item_ids", "too_many");
        let shipping = self.shipping.into_iter().map(|c| (c.store_id, c.service)).collect();
        let vouchers = self.vouchers.unwrap_or_default();
        match (checks.is_clean(), address) {
            (true, Some(address)) => Ok(Checkout { address, item_ids: self.item_ids, shipping, notes, vouchers, payment_method }),
            _ => checks.finish(()).and(Err(crate::Error::invalid("address", "required"))),
        }
    }
}
