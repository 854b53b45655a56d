//! The permission catalogue and the roles a new installation is seeded with.

use crate::macros::states;

states! {
    /// What an action needs. A role is a named set of these; the catalogue is code, roles are data.
    pub enum Permission {
        /// Buy, pay, review: what every signed-in person may do with their own data.
        Shop = "shop",
        StoreManage = "store.manage",
        ProductManage = "product.manage",
        InventoryView = "inventory.view",
        InventoryAdjust = "inventory.adjust",
        OrderView = "order.view",
        OrderFulfil = "order.fulfil",
        AnalyticsView = "analytics.view",
        PosSell = "pos.sell",
        PaymentVerify = "payment.verify",
        DeskFulfil = "desk.fulfil",
        ContentManage = "content.manage",
        PriceManage = "price.manage",
        FinanceView = "finance.view",
        RefundApprove = "refund.approve",
        PayoutApprove = "payout.approve",
        SystemManage = "system.manage",
        UserManage = "user.manage",
        RoleManage = "role.manage",
        CatalogManage = "catalog.manage",
        JobManage = "job.manage",
    }

    /// Where a role counts: on the whole platform or inside one store.
    pub enum RoleScope {
        Platform = "platform",
        Store = "store",
    }
}

/// A role every installation starts with (PRODUCT.md, "Who uses it").
#[derive(Clone, Copy, Debug)]
pub struct BuiltInRole {
    pub name: &'static str,
    pub scope: RoleScope,
    pub permissions: &'static [Permission],
}

use Permission as P;

/// The seeded roles. Guests have none.
pub const BUILT_IN_ROLES: &[BuiltInRole] = &[
    BuiltInRole { name: "customer", scope: RoleScope::Platform, permissions: &[P::Shop] },
    BuiltInRole {
        name: "seller",
        scope: RoleScope::Store,
        permissions: &[
            P::StoreManage,
            P::ProductManage,
            P::InventoryView,
            P::InventoryAdjust,
            P::OrderView,
            P::OrderFulfil,
            P::AnalyticsView,
            P::PosSell,
        ],
    },
    BuiltInRole { name: "cashier", scope: RoleScope::Store, permissions: &[P::PosSell, P::InventoryView] },
    BuiltInRole { name: "warehouse_staff", scope: RoleScope::Store, permissions: &[P::InventoryView, P::InventoryAdjust] },
    BuiltInRole { name: "cs1", scope: RoleScope::Platform, permissions: &[P::Shop, P::PaymentVerify] },
    BuiltInRole { name: "cs2", scope: RoleScope::Platform, permissions: &[P::Shop, P::DeskFulfil] },
    BuiltInRole { name: "business", scope: RoleScope::Platform, permissions: &[P::Shop, P::ContentManage, P::PriceManage] },
    BuiltInRole {
        name: "finance",
        scope: RoleScope::Platform,
        permissions: &[P::Shop, P::FinanceView, P::RefundApprove, P::PayoutApprove],
    },
    BuiltInRole { name: "sysadmin", scope: RoleScope::Platform, permissions: &[P::Shop, P::SystemManage, P::JobManage] },
    BuiltInRole { name: "admin", scope: RoleScope::Platform, permissions: Permission::ALL },
];
