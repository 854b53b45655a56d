//! Document and routes.

use crate::account::{
    AccountPage, CodePage, ForgotPasswordPage, LoginPage, RecoveryCodesPage, RegisterPage, ResetPasswordPage, TwoFactorPage,
    UnsubscribePage, VerifyEmailPage,
};
use crate::admin::{AdminAudit, AdminJobs, AdminMail, AdminOutbox, AdminSent};
use crate::buying::{CartPage, CheckoutPage, InvoicePage, OrderPage, OrdersPage, PayPage};
use crate::desk::{DeskOrder, DeskOrders, DeskQueue, DeskStatements};
use crate::finance::{
    FinanceAccounts, FinanceDisputes, FinanceLedger, FinancePayouts, FinanceRates, FinanceReconciliation, FinanceRefund,
    FinanceRefunds, FinanceReports, FinanceStatement, FinanceTransaction, FinanceTransactions, FinanceWebhook, FinanceWebhooks,
};
use crate::i18n::{locale, t, text};
use crate::seller::{
    AnalyticsPage, Dashboard, Inventory, ProductEditor, ProductList, SellerMoney, SellerOrder, SellerOrders, SellerStatement,
};
use crate::session::SessionResource;
use crate::shell::Layout;
use crate::shop::{HomePage, ProductPage, SearchPage, StorePage};
use crate::ui::NotFound;
use domain::Locale;
use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags, Title, provide_meta_context};
use leptos_router::components::{Redirect, Route, Router, Routes};
use leptos_router::{Lazy, LazyRoute, SsrMode, path};

/// The document around the app. Server only.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    provide_locale();
    let theme = theme();
    view! {
        <!DOCTYPE html>
        <html lang=locale().as_str() data-theme=theme>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="preload" href="/fonts/plus-jakarta-sans.woff2" r#as="font" type="font/woff2" crossorigin="anonymous" />
                <HashedStylesheet options=options.clone() id="leptos" />
                // What is seen comes first: every form works before the scripts do.
                <HydrationScripts options=options.clone() defer=true />
                <MetaTags />
            </head>
            <body class="bg-base-200 text-base-content min-h-dvh font-sans">
                <App />
            </body>
        </html>
    }
}

fn theme() -> &'static str {
    #[cfg(feature = "ssr")]
    if crate::server::cookie_value(service::identity::cookie::THEME).as_deref() == Some("gelap") {
        return "gelap";
    }
    "terang"
}

/// From the request on the server, from the document in the browser: both sides write the same text.
fn provide_locale() {
    #[cfg(feature = "ssr")]
    let locale = crate::server::actor().locale;
    #[cfg(not(feature = "ssr"))]
    let locale =
        document().document_element().and_then(|e| e.get_attribute("lang")).and_then(|l| l.parse().ok()).unwrap_or_default();
    provide_context::<Locale>(locale);
}

/// Areas of the shop whose code is loaded when one of their pages is opened: a visitor does not pay
/// for what others do. What a page asks the server for is its code too, so that nothing of it stands
/// in `data`. Few areas, because code that some share becomes a file of its own for every such set
/// (docs/adr/0017).
macro_rules! areas {
    ($($area:ident, $preload:ident, $pages:ident { $($route:ident: $page:ident),* $(,)? })*) => {
        $(
            #[allow(clippy::enum_variant_names, reason = "pages are called pages")]
            enum $pages {
                $($page),*
            }

            #[leptos::lazy]
            fn $area(page: $pages) -> AnyView {
                match page {
                    $($pages::$page => view! { <$page /> }.into_any()),*
                }
            }

            $(
                struct $route;
                impl LazyRoute for $route {
                    fn data() -> Self {
                        Self
                    }

                    async fn view(_this: Self) -> AnyView {
                        $area($pages::$page).await
                    }

                    async fn preload() {
                        #[cfg(target_arch = "wasm32")]
                        $preload().await;
                    }
                }
            )*
        )*
    };
}

areas! {
    buying_area, __preload_buying_area, BuyingPages {
        CartRoute: CartPage,
        CheckoutRoute: CheckoutPage,
        PayRoute: PayPage,
        OrdersRoute: OrdersPage,
        OrderRoute: OrderPage,
        InvoiceRoute: InvoicePage,
    }
    account_area, __preload_account_area, AccountPages {
        LoginRoute: LoginPage,
        RegisterRoute: RegisterPage,
        AccountRoute: AccountPage,
        CodeRoute: CodePage,
        ForgotPasswordRoute: ForgotPasswordPage,
        ResetPasswordRoute: ResetPasswordPage,
        VerifyEmailRoute: VerifyEmailPage,
        TwoFactorRoute: TwoFactorPage,
        RecoveryCodesRoute: RecoveryCodesPage,
        UnsubscribeRoute: UnsubscribePage,
    }
    seller_area, __preload_seller_area, SellerPages {
        InventoryRoute: Inventory,
        ProductEditorRoute: ProductEditor,
        SellerStatementRoute: SellerStatement,
        ProductListRoute: ProductList,
        DashboardRoute: Dashboard,
        SellerMoneyRoute: SellerMoney,
        AnalyticsPageRoute: AnalyticsPage,
        SellerOrdersRoute: SellerOrders,
        SellerOrderRoute: SellerOrder,
    }
    staff_area, __preload_staff_area, StaffPages {
        AdminJobsRoute: AdminJobs,
        AdminSentRoute: AdminSent,
        AdminMailRoute: AdminMail,
        AdminOutboxRoute: AdminOutbox,
        AdminAuditRoute: AdminAudit,
        FinanceTransactionsRoute: FinanceTransactions,
        FinanceReportsRoute: FinanceReports,
        FinanceRefundsRoute: FinanceRefunds,
        FinanceLedgerRoute: FinanceLedger,
        FinanceAccountsRoute: FinanceAccounts,
        FinanceStatementRoute: FinanceStatement,
        FinanceTransactionRoute: FinanceTransaction,
        FinanceRefundRoute: FinanceRefund,
        FinanceDisputesRoute: FinanceDisputes,
        FinanceReconciliationRoute: FinanceReconciliation,
        FinancePayoutsRoute: FinancePayouts,
        FinanceRatesRoute: FinanceRates,
        FinanceWebhooksRoute: FinanceWebhooks,
        FinanceWebhookRoute: FinanceWebhook,
        DeskQueueRoute: DeskQueue,
        DeskStatementsRoute: DeskStatements,
        DeskOrdersRoute: DeskOrders,
        DeskOrderRoute: DeskOrder,
    }
}

/// Page and shop. `leptos_meta` writes the title into the document as it is: on the server it is
/// escaped here.
fn document_title(title: String) -> String {
    let title = if title.is_empty() { "Belanjain".to_owned() } else { format!("{title} – Belanjain") };
    if cfg!(feature = "ssr") { title.replace('&', "&amp;").replace('<', "&lt;") } else { title }
}

#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_locale();
    SessionResource::provide();
    // Tests and enhanced widgets wait for this.
    Effect::new(|_| {
        if let Some(body) = document().body() {
            let _ = body.set_attribute("data-hydrated", "true");
        }
    });
    view! {
        <Title formatter=document_title text=t(text::shell::SLOGAN) />
        <Router>
            <Layout>
                <Routes fallback=NotFound>
                    <Route path=path!("/") view=HomePage ssr=SsrMode::Async />
                    <Route path=path!("/search") view=SearchPage ssr=SsrMode::Async />
                    <Route path=path!("/p/:slug") view=ProductPage ssr=SsrMode::Async />
                    <Route path=path!("/s/:slug") view=StorePage ssr=SsrMode::Async />
                    <Route path=path!("/cart") view={Lazy::<CartRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/checkout") view={Lazy::<CheckoutRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/pay/:id") view={Lazy::<PayRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/orders") view={Lazy::<OrdersRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/orders/:number") view={Lazy::<OrderRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/orders/:number/invoice") view={Lazy::<InvoiceRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/login") view={Lazy::<LoginRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/register") view={Lazy::<RegisterRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/account") view={Lazy::<AccountRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/login/code") view={Lazy::<CodeRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/forgot-password") view={Lazy::<ForgotPasswordRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/reset-password") view={Lazy::<ResetPasswordRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/verify-email") view={Lazy::<VerifyEmailRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/account/two-factor") view={Lazy::<TwoFactorRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/account/two-factor/codes") view={Lazy::<RecoveryCodesRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/unsubscribe/:token") view={Lazy::<UnsubscribeRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/seller") view={Lazy::<DashboardRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/seller/products") view={Lazy::<ProductListRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/seller/products/:id") view={Lazy::<ProductEditorRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/seller/inventory") view={Lazy::<InventoryRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/seller/orders") view={Lazy::<SellerOrdersRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/seller/orders/:number") view={Lazy::<SellerOrderRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/seller/analytics") view={Lazy::<AnalyticsPageRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/seller/payouts") view={Lazy::<SellerMoneyRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/seller/statement") view={Lazy::<SellerStatementRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/desk") view={Lazy::<DeskQueueRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/desk/statements") view={Lazy::<DeskStatementsRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/desk/orders") view={Lazy::<DeskOrdersRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/desk/orders/:number") view={Lazy::<DeskOrderRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/admin") view={|| view! { <Redirect path="/admin/jobs" /> }} />
                    <Route path=path!("/admin/jobs") view={Lazy::<AdminJobsRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/admin/outbox") view={Lazy::<AdminOutboxRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/admin/mail") view={Lazy::<AdminMailRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/admin/sent") view={Lazy::<AdminSentRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/admin/audit") view={Lazy::<AdminAuditRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/finance") view={Lazy::<FinanceRefundsRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/finance/refunds/:id") view={Lazy::<FinanceRefundRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/finance/disputes") view={Lazy::<FinanceDisputesRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/finance/ledger") view={Lazy::<FinanceLedgerRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/finance/ledger/accounts") view={Lazy::<FinanceAccountsRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/finance/ledger/stores/:slug") view={Lazy::<FinanceStatementRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/finance/payouts") view={Lazy::<FinancePayoutsRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/finance/transactions") view={Lazy::<FinanceTransactionsRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/finance/transactions/:id") view={Lazy::<FinanceTransactionRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/finance/reports") view={Lazy::<FinanceReportsRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/finance/reconciliation") view={Lazy::<FinanceReconciliationRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/finance/webhooks") view={Lazy::<FinanceWebhooksRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/finance/webhooks/:id") view={Lazy::<FinanceWebhookRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/finance/rates") view={Lazy::<FinanceRatesRoute>::new()} ssr=SsrMode::Async />
                </Routes>
            </Layout>
        </Router>
    }
}
