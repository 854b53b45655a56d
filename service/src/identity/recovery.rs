//! Forgotten passwords and unproven emails.

use super::{grants, link, password, session, token};
use crate::db::{Tx, new_id, transact};
use crate::event::{Event, emit};
use crate::{Actor, Ctx, Result};
use domain::id::LinkId;
use domain::identity::{EmailInput, LinkPurpose, LinkToken, PasswordReset, check_password};
use domain::validate::Checks;
use entity::user;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, ExprTrait, IntoActiveModel, PaginatorTrait, QueryFilter, Set};

/// Asks for a link to a new password. The answer and the work are the same whether the email has an
/// account or not.
pub async fn forgot_password(ctx: &Ctx, actor: &Actor, input: EmailInput) -> Result<()> {
    let email = input.key()?;
    ctx.limits.take_few(actor, &format!("forgot:{email}"))?;
    request(ctx, Event::PasswordResetRequested { link: new_id(), email }).await
}

/// Asks for a link that proves the email; nothing tells whether there is anything to prove.
pub async fn resend_verification(ctx: &Ctx, actor: &Actor, input: EmailInput) -> Result<()> {
    let email = input.key()?;
    ctx.limits.take_few(actor, &format!("verify:{email}"))?;
    request(ctx, Event::EmailVerificationRequested { link: new_id(), email }).await
}

async fn request(ctx: &Ctx, event: Event) -> Result<()> {
    let event = &event;
    transact(ctx, |tx| async move { emit(&*tx, ctx.now(), event.clone()).await.map(drop) }).await
}

/// Sets a new password by the link and ends every session. The second factor stays, nobody is signed in.
/// Whoever could read the mail owns the address: it counts as proven.
pub async fn reset_password(ctx: &Ctx, actor: &Actor, input: PasswordReset) -> Result<()> {
    ctx.limits.take(actor, None)?;
    let mut checks = Checks::new();
    check_password(&mut checks, "new_password", &input.new_password);
    checks.finish(())?;
    let owner = link::owner(ctx, LinkPurpose::ResetPassword, &input.token).await?;
    let mut checks = Checks::new();
    password::check_strength(&mut checks, "new_password", &input.new_password, &[&owner.name, &owner.email, "belanjain"]);
    checks.finish(())?;
    let password_hash = &password::hash(input.new_password).await?;
    let secret = &input.token;
    transact(ctx, |tx| async move {
        let id = link::spend(ctx, &tx, LinkPurpose::ResetPassword, secret).await?;
        let user = grants::active_user(&*tx, id).await?;
        let mut row = prove(ctx, &tx, user).await?;
        row.password_hash = Set(password_hash.clone());
        row.update(&*tx).await?;
        session::end_all(ctx, &tx, id).await?;
        emit(&*tx, ctx.now(), Event::PasswordChanged { user: id }).await.map(drop)
    })
    .await
}

/// Proves the email by the link.
pub async fn verify_email(ctx: &Ctx, actor: &Actor, input: LinkToken) -> Result<()> {
    ctx.limits.take(actor, None)?;
    let secret = &input.token;
    transact(ctx, |tx| async move {
        let id = link::spend(ctx, &tx, LinkPurpose::VerifyEmail, secret).await?;
        let user = grants::active_user(&*tx, id).await?;
        prove(ctx, &tx, user).await?.update(&*tx).await?;
        Ok(())
    })
    .await
}

/// Somebody registers with an email that has an account nobody has proven. Either of them may be a stranger
/// to the address: no password counts but the one that is chosen by mail.
pub(crate) async fn reopen(ctx: &Ctx, id: LinkId, email_key: &str) -> Result<()> {
    let unproven = user::Column::EmailKey.eq(email_key).and(user::Column::EmailVerifiedAt.is_null());
    if user::Entity::find().filter(unproven.clone()).count(&ctx.db).await? == 0 {
        return Ok(());
    }
    let of_nobody = password::hash(token::secret()).await?;
    let emptied = user::Entity::update_many().col_expr(user::Column::PasswordHash, Expr::value(of_nobody)).filter(unproven);
    emptied.exec(&ctx.db).await?;
    link::issue(ctx, LinkPurpose::ResetPassword, id, email_key).await
}

/// The user with an email that counts as proven; not written yet. The first proof opens the account, except
/// in a demo, where it was open before.
async fn prove(ctx: &Ctx, tx: &Tx, user: user::Model) -> Result<user::ActiveModel> {
    let (id, proven) = (user.id, user.email_verified_at);
    let mut row = user.into_active_model();
    row.email_verified_at = Set(proven.or_else(|| Some(ctx.now())));
    row.updated_at = Set(ctx.now());
    if proven.is_none() && !ctx.settings.demo {
        emit(&**tx, ctx.now(), Event::UserRegistered { user: id }).await?;
    }
    Ok(row)
}
