//! Server functions of links by email and of the second factor.

use crate::failure::Answer;
use domain::identity::{RecoveryCodes, TwoFactorSetup, TwoFactorView};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::GetUrl;

#[server(endpoint = "password/forgot")]
pub async fn forgot_password(email: String) -> Answer<()> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    service::identity::forgot_password(&ctx, &actor, domain::identity::EmailInput { email }).await?;
    leptos_axum::redirect("/forgot-password?sent=1");
    Ok(())
}

#[server(endpoint = "password/reset")]
pub async fn reset_password(token: String, new_password: String) -> Answer<()> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    service::identity::reset_password(&ctx, &actor, domain::identity::PasswordReset { token, new_password }).await?;
    leptos_axum::redirect("/login?done=reset");
    Ok(())
}

#[server(endpoint = "email/verify")]
pub async fn verify_email(token: String) -> Answer<()> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    service::identity::verify_email(&ctx, &actor, domain::identity::LinkToken { token }).await?;
    leptos_axum::redirect(if actor.user.is_some() { "/account?saved=1" } else { "/login?done=verified" });
    Ok(())
}

#[server(endpoint = "email/resend")]
pub async fn resend_verification(email: String) -> Answer<()> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    service::identity::resend_verification(&ctx, &actor, domain::identity::EmailInput { email }).await?;
    leptos_axum::redirect("/verify-email?sent=1");
    Ok(())
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TwoFactor {
    pub state: TwoFactorView,
    /// Begun, and waiting for the first code.
    pub setup: Option<TwoFactorSetup>,
}

#[server(endpoint = "two-factor", input = GetUrl)]
pub async fn get_two_factor() -> Answer<TwoFactor> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    Ok(TwoFactor {
        state: service::identity::two_factor(&ctx, &actor).await?,
        setup: service::identity::two_factor_setup(&ctx, &actor).await?,
    })
}

#[server(endpoint = "two-factor/begin")]
pub async fn begin_two_factor(password: String) -> Answer<()> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    service::identity::begin_two_factor(&ctx, &actor, domain::identity::PasswordProof { password }).await?;
    leptos_axum::redirect("/account/two-factor");
    Ok(())
}

#[server(endpoint = "two-factor/confirm")]
pub async fn confirm_two_factor(code: String) -> Answer<()> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let codes = service::identity::confirm_two_factor(&ctx, &actor, domain::identity::CodeInput { code }).await?;
    crate::server::show_codes(&ctx, &service::identity::seal_codes(&ctx, &actor, &codes)?);
    Ok(())
}

#[server(endpoint = "two-factor/disable")]
pub async fn disable_two_factor(password: String, code: String) -> Answer<()> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    service::identity::disable_two_factor(&ctx, &actor, domain::identity::TwoFactorProof { password, code }).await?;
    leptos_axum::redirect("/account/two-factor");
    Ok(())
}

#[server(endpoint = "two-factor/codes/renew")]
pub async fn renew_recovery_codes(password: String, code: String) -> Answer<()> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let proof = domain::identity::TwoFactorProof { password, code };
    let codes = service::identity::renew_recovery_codes(&ctx, &actor, proof).await?;
    crate::server::show_codes(&ctx, &service::identity::seal_codes(&ctx, &actor, &codes)?);
    Ok(())
}

/// New recovery codes, the one time they are shown.
#[server(endpoint = "two-factor/codes", input = GetUrl)]
pub async fn get_recovery_codes() -> Answer<Option<RecoveryCodes>> {
    use service::identity::cookie::RECOVERY_CODES;
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    actor.account()?;
    let Some(sealed) = crate::server::cookie_value(RECOVERY_CODES) else { return Ok(None) };
    crate::server::drop_cookie(&ctx, RECOVERY_CODES);
    Ok(service::identity::open_codes(&ctx, &actor, &sealed)?)
}
