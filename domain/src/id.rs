//! Identifiers. All are UUIDv7 made on the server: ordered by time, never a secret.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {
        $(
            $(#[$meta])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
            #[serde(transparent)]
            #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
            #[cfg_attr(feature = "database", derive(sea_orm::DeriveValueType))]
            pub struct $name(pub Uuid);

            impl std::fmt::Display for $name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    self.0.fmt(f)
                }
            }

            impl std::str::FromStr for $name {
                type Err = uuid::Error;
                fn from_str(text: &str) -> Result<Self, Self::Err> {
                    text.parse().map(Self)
                }
            }

            // Required of primary keys; ours never come from an auto-increment.
            #[cfg(feature = "database")]
            impl sea_orm::TryFromU64 for $name {
                fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
                    Err(sea_orm::DbErr::ConvertFromU64(stringify!($name)))
                }
            }

            impl From<Uuid> for $name {
                fn from(id: Uuid) -> Self { Self(id) }
            }

        )+
    };
}

ids! {
    /// A person with an account.
    UserId,
    /// A single-use link sent by email.
    LinkId,
    /// One sign-in on one device; the family of its refresh tokens.
    SessionId,
    /// A named set of permissions.
    RoleId,
    /// An entry of a buyer's address book.
    AddressId,
    /// A seller's store.
    StoreId,
    /// A node of the category tree.
    CategoryId,
    /// A product of one store.
    ProductId,
    /// What is actually bought and counted: one combination of a product's options.
    VariantId,
    /// A picture of a product.
    ImageId,
    /// A place where a store keeps stock.
    WarehouseId,
    /// One entry of the append-only stock ledger.
    MovementId,
    /// Stock held for one order line.
    ReservationId,
    /// A cart, of a user or of a guest.
    CartId,
    /// A line of a cart.
    CartItemId,
    /// One checkout: the orders of several stores under one payment.
    GroupId,
    /// One order, of one store.
    OrderId,
    /// A line of an order.
    OrderLineId,
    /// What a buyer pays for one checkout.
    PaymentId,
    /// A proof of a bank transfer.
    ProofId,
    /// One line of the audit trail.
    AuditId,
    /// Money to be given back to a buyer.
    RefundId,
    /// Money a gateway or bank took away again.
    DisputeId,
    /// A bank statement that was uploaded.
    BankStatementId,
    /// A line of a bank statement.
    BankLineId,
    /// A balanced set of ledger entries.
    LedgerTransactionId,
    /// Money a store asks for.
    PayoutId,
    /// A file of payouts for the bank.
    BatchId,
    /// An imported report of a gateway.
    ImportId,
    /// A buyer's review of one order line.
    ReviewId,
    /// A domain event waiting in, or delivered from, the outbox.
    EventId,
    /// An email written by the platform.
    EmailId,
    /// What a gateway sent.
    WebhookId,
}
