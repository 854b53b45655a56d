//! Header, main area, footer, phone bar.

use crate::i18n::{locale, t, text};
use crate::session::{ChooseLocale, ChooseTheme, LogOut, Session, use_session};
use crate::ui::Icon;
use domain::Locale;
use domain::identity::Permission;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::{use_location, use_query_map};

#[component]
pub fn Layout(children: Children) -> impl IntoView {
    view! {
        <a href="#main" class="btn btn-primary sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50">{t(text::shell::SKIP)}</a>
        <Suspense>
            <Header />
        </Suspense>
        <main id="main" tabindex="-1" class="mx-auto w-full max-w-6xl px-4 pt-4 pb-28 lg:pb-12 print:p-0 outline-none">{children()}</main>
        <Footer />
        <Suspense>
            <PhoneBar />
        </Suspense>
    }
}

fn with_session<V: IntoView + 'static>(view: impl Fn(Session) -> V + Copy + Send + Sync + 'static) -> impl IntoView {
    let session = use_session();
    move || Suspend::new(async move { view(session.resource.await.unwrap_or_default()) })
}

#[component]
fn Header() -> impl IntoView {
    view! {
        <header class="print:hidden bg-base-100 border-base-300 sticky top-0 z-40 border-b">
            <div class="mx-auto flex max-w-6xl items-center gap-2 px-4 py-3 sm:gap-4">
                <a href="/" class="text-primary text-xl font-extrabold tracking-tight">"Belanjain"</a>
                <SearchBox />
                <a href="/cart" class="btn btn-ghost btn-square relative hidden sm:inline-flex" aria-label=t(text::shell::CART)>
                    <Icon name="shopping-cart" />
                    {with_session(|session| view! { <CartBadge count=session.cart /> })}
                </a>
                {with_session(|session| view! { <AccountMenu session /> })}
            </div>
        </header>
    }
}

#[component]
fn CartBadge(count: i64) -> impl IntoView {
    (count > 0).then(|| view! { <span class="badge badge-accent badge-sm absolute -top-1 -right-1 tabular-nums" data-testid="cart-count">{count}</span> })
}

/// A plain GET form: works before and without scripts.
#[component]
fn SearchBox() -> impl IntoView {
    let query = use_query_map();
    view! {
        <form action="/search" method="get" role="search" class="min-w-0 flex-1">
            <label class="input w-full">
                <Icon name="search" />
                <span class="sr-only">{t(text::shell::SEARCH)}</span>
                <input type="search" name="q" maxlength="200" placeholder=t(text::shell::SEARCH_HINT) value=move || query.read().get("q").unwrap_or_default() />
            </label>
        </form>
    }
}

#[component]
fn AccountMenu(session: Session) -> impl IntoView {
    let logout = ServerAction::<LogOut>::new();
    let is_seller = session.store.is_some();
    let name = session.name.clone();
    let can = |permission| session.permissions.contains(&permission);
    let staff = [
        (can(Permission::PaymentVerify), "/desk", text::shell::DESK),
        (can(Permission::DeskFulfil), "/desk/orders", text::desk::FULFILMENT),
        (can(Permission::FinanceView), "/finance", text::shell::FINANCE),
        // Of finance, who sets prices sees only the rates.
        (can(Permission::PriceManage) && !can(Permission::FinanceView), "/finance/rates", text::finance::RATES),
        (can(Permission::JobManage) || can(Permission::SystemManage), "/admin/jobs", text::shell::ADMIN),
    ];
    let staff = staff.into_iter().filter(|entry| entry.0).map(|(_, href, label)| (href, label));
    view! {
        <details class="dropdown dropdown-end">
            <summary class="btn btn-ghost btn-square" aria-label=t(text::shell::ACCOUNT_MENU)>
                <Icon name="user" />
            </summary>
            <ul class="menu dropdown-content bg-base-100 rounded-box z-50 mt-2 w-64 p-2 shadow-lg">
                {match name {
                    None => view! {
                        <li><a href="/login">{t(text::shell::LOGIN)}</a></li>
                        <li><a href="/register">{t(text::shell::REGISTER)}</a></li>
                    }.into_any(),
                    Some(name) => view! {
                        <li class="menu-title">{name}</li>
                        <li><a href="/orders">{t(text::shell::ORDERS)}</a></li>
                        <li><a href="/account">{t(text::shell::ACCOUNT)}</a></li>
                        {staff.map(|(href, label)| view! { <li><a href=href rel="external">{t(label)}</a></li> }).collect_view()}
                        {is_seller.then(|| view! { <li><a href="/seller" rel="external">{t(text::shell::SELLER_CENTRE)}</a></li> })}
                        <li>
                            <ActionForm action=logout attr:class="block p-0">
                                <button class="w-full px-3 py-2 text-left">{t(text::shell::LOGOUT)}</button>
                            </ActionForm>
                        </li>
                    }.into_any(),
                }}
                <li class="border-base-300 mt-2 border-t pt-2"><Preferences is_dark=session.is_dark /></li>
            </ul>
        </details>
    }
}

/// Language and theme; plain forms, so that the page comes back in its new shape.
#[component]
fn Preferences(is_dark: bool) -> impl IntoView {
    let (other, label) = match locale() {
        Locale::Id => ("en", "English"),
        Locale::En => ("id", "Bahasa Indonesia"),
    };
    let (theme, theme_label, icon) =
        if is_dark { ("terang", text::shell::LIGHT, "sun") } else { ("gelap", text::shell::DARK, "moon") };
    view! {
        <div class="grid gap-1 p-0">
            <form action=ChooseLocale::PATH method="post">
                <input type="hidden" name="locale" value=other />
                <button class="flex w-full items-center gap-2 px-3 py-2 text-left" lang=other><Icon name="languages" />{label}</button>
            </form>
            <form action=ChooseTheme::PATH method="post">
                <input type="hidden" name="theme" value=theme />
                <button class="flex w-full items-center gap-2 px-3 py-2 text-left"><Icon name=icon />{t(theme_label)}</button>
            </form>
        </div>
    }
}

#[component]
fn PhoneBar() -> impl IntoView {
    let location = use_location();
    let entry = move |href: &'static str, icon: &'static str, label: crate::i18n::Text| {
        let current = move || (location.pathname.get() == href).then_some("page");
        view! {
            <a href=href class="aria-[current]:text-primary flex min-h-14 flex-1 flex-col items-center justify-center gap-1 text-xs font-semibold" aria-current=current>
                <Icon name=icon />
                {t(label)}
            </a>
        }
    };
    view! {
        <nav aria-label=t(text::shell::PHONE_NAV) class="bg-base-100 border-base-300 fixed inset-x-0 bottom-0 z-40 flex border-t sm:hidden print:hidden">
            {entry("/", "house", text::shell::HOME)}
            {entry("/cart", "shopping-cart", text::shell::CART)}
            {entry("/orders", "package", text::shell::ORDERS_SHORT)}
            {with_session(move |session| {
                let href = if session.is_signed_in() { "/account" } else { "/login" };
                entry(href, "user", text::shell::ACCOUNT)
            })}
        </nav>
    }
}

#[component]
fn Footer() -> impl IntoView {
    view! {
        <footer class="print:hidden border-base-300 bg-base-100 border-t pb-20 sm:pb-0">
            <div class="mx-auto flex max-w-6xl flex-wrap justify-between gap-4 px-4 py-6 text-sm">
                <p>"© 2026 Belanjain"</p>
                <p><a class="link" href="/api/docs/" rel="external">"API"</a></p>
            </div>
        </footer>
    }
}
