//! What is shown of an order, and what is entered for it.

use crate::id::{GroupId, OrderId, OrderLineId, PaymentId, VariantId};
use crate::identity::{Address, StoreRef};
use crate::macros::view;
use crate::order::{OrderStatus, Party};
use crate::payment::PaymentStatus;
use crate::rate::Tax;
use crate::validate::Checks;
use crate::{FieldError, Money, PageRequest, Result};
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::BTreeMap;

view! {
    /// An order in full.
    pub struct OrderView {
        pub id: OrderId,
        pub number: String,
        pub group_id: GroupId,
        pub status: OrderStatus,
        pub store: StoreRef,
        /// Name of the buyer.
        pub buyer: String,
        pub items: Vec<OrderItem>,
        pub address: Address,
        pub shipping: Shipment,
        pub payment: OrderPayment,
        pub totals: Totals,
        /// The buyer's note to the seller.
        pub note: String,
        pub timeline: Vec<TimelineEntry>,
        pub placed_at: DateTime<Utc>,
        /// What the reader may do now.
        pub actions: Vec<crate::order::OrderAction>,
    }
    /// A line as it was sold.
    pub struct OrderItem {
        pub id: OrderLineId,
        pub variant_id: VariantId,
        pub product_slug: String,
        pub product_name: String,
        pub sku: String,
        pub options: BTreeMap<String, String>,
        pub image_url: Option<String>,
        pub unit_price: Money,
        pub quantity: i64,
        pub line_total: Money,
        /// PPN on top of `line_total`; zero where prices contain it.
        #[serde(default)]
        pub added_tax: Money,
        /// The buyer has reviewed it.
        pub reviewed: bool,
    }
    pub struct Shipment {
        pub service: String,
        pub courier: String,
        pub name: String,
        pub eta_days: String,
        pub cost: Money,
        pub tracking_number: Option<String>,
    }
    pub struct OrderPayment {
        pub id: PaymentId,
        pub method: String,
        pub status: PaymentStatus,
        /// This order's share of the payment.
        pub amount: Money,
        pub refunded: Money,
    }
    pub struct Totals {
        pub items_total: Money,
        pub shipping_cost: Money,
        pub discount: Money,
        /// PPN as at the sale; part of the total when it was added.
        pub tax: Tax,
        pub total: Money,
    }
    pub struct TimelineEntry {
        pub status: OrderStatus,
        pub at: DateTime<Utc>,
        pub by: Party,
        /// What somebody wrote, or a code: `#completed`, `#unpaid`, `#sold_out`, `#short_transfer`.
        pub note: Option<String>,
    }
    /// An order in a list.
    pub struct OrderRow {
        pub id: OrderId,
        pub number: String,
        pub status: OrderStatus,
        pub store: StoreRef,
        pub buyer: String,
        pub total: Money,
        pub item_count: i64,
        /// The first line, for a picture and a name.
        pub first_item: String,
        pub image_url: Option<String>,
        pub payment_id: PaymentId,
        pub placed_at: DateTime<Utc>,
    }
    /// Orders per status, for the tabs.
    pub struct OrderCounts { pub all: i64, pub by_status: BTreeMap<OrderStatus, i64> }
    /// Body of `POST …/cancel`.
    pub struct CancelInput {
        #[serde(default)]
        pub reason: Option<String>,
    }
    /// Body of `POST …/ship`.
    pub struct ShipInput { pub courier: String, pub tracking_number: String }
}

/// Filter of an order list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderQuery {
    pub status: Option<OrderStatus>,
    /// Number, product or (for sellers) buyer.
    pub keywords: String,
    /// Days in WIB, both included.
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    pub page: PageRequest,
}

impl OrderQuery {
    /// Reads URL parameters; empty ones count as absent.
    pub fn parse(status: Option<&str>, q: Option<&str>, from: Option<&str>, to: Option<&str>, page: PageRequest) -> Result<Self> {
        let mut checks = Checks::new();
        let present = |v: Option<&str>| v.map(str::trim).filter(|v| !v.is_empty()).map(str::to_owned);
        let keywords = checks.optional_line("q", q.unwrap_or_default(), 100);
        let status = present(status)
            .and_then(|text| text.parse().map_err(|()| checks.add(FieldError::new("status", "unknown_value"))).ok());
        let mut day = |field: &str, value: Option<&str>| {
            present(value).and_then(|text| text.parse().map_err(|_| checks.add(FieldError::new(field, "invalid_date"))).ok())
        };
        let (from, to) = (day("from", from), day("to", to));
        checks.finish(Self { status, keywords, from, to, page })
    }
}

impl CancelInput {
    pub fn check(self) -> Result<Option<String>> {
        let mut checks = Checks::new();
        let reason = self.reason.as_deref().map(|r| checks.optional_text("reason", r, 300)).filter(|r| !r.is_empty());
        checks.finish(reason)
    }
}

impl ShipInput {
    pub fn check(self) -> Result<Self> {
        let mut checks = Checks::new();
        let courier = checks.line("courier", &self.courier, 60);
        let tracking_number = checks.foreign_code("tracking_number", &self.tracking_number, 60);
        let plain = |c: char| c.is_ascii_alphanumeric() || "-/.".contains(c);
        checks.require(tracking_number.chars().all(plain), "tracking_number", "invalid_characters");
        checks.finish(Self { courier, tracking_number })
    }
}
