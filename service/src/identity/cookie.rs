//! The shop's cookies. All HttpOnly: scripts never see a token.

use chrono::TimeDelta;

/// Access token.
pub const ACCESS: &str = "access";
/// Refresh token.
pub const REFRESH: &str = "refresh";
/// Secret of a guest's cart.
pub const CART: &str = "cart";
/// Password proven, second factor not yet.
pub const SECOND_STEP: &str = "second_step";
/// New recovery codes, sealed, on their way to the one page that shows them.
pub const RECOVERY_CODES: &str = "recovery_codes";
/// Chosen language.
pub const LOCALE: &str = "locale";
/// Chosen theme.
pub const THEME: &str = "theme";

/// Kept beyond the token's 15 minutes, so that an expired one is noticed and renewed.
pub const ACCESS_DAYS: i64 = 1;
pub const REFRESH_DAYS: i64 = 30;
pub const CART_DAYS: i64 = 60;
/// Language and theme.
pub const CHOICE_DAYS: i64 = 365;

/// A `Set-Cookie` value; `Secure` behind TLS.
pub fn build(name: &str, value: &str, days: i64, is_secure: bool) -> String {
    build_for(name, value, TimeDelta::days(days), is_secure)
}

/// As [`build`], for any time.
pub fn build_for(name: &str, value: &str, life: TimeDelta, is_secure: bool) -> String {
    let secure = if is_secure { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; Max-Age={}; HttpOnly; SameSite=Lax{secure}", life.num_seconds())
}

/// Removes a cookie.
pub fn expire(name: &str, is_secure: bool) -> String {
    build(name, "", 0, is_secure)
}
