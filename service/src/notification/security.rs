//! Letters about the account itself.

use super::compose::person;
use super::letter::{Letter, Reader};
use crate::event::Event;
use crate::{Ctx, Result, identity};
use domain::id::{EventId, LinkId};
use domain::letter::LetterKind;
use entity::user;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

/// What stands before a link's secret in its address.
const SECRET: &str = "?token=";

pub(super) async fn letters(ctx: &Ctx, id: EventId, event: &Event) -> Result<Vec<Letter>> {
    let letter = match event {
        Event::EmailVerificationRequested { link, .. } => verification(ctx, *link).await?,
        Event::PasswordResetRequested { link, .. } => with_link(ctx, LetterKind::ResetPassword, "/reset-password", *link).await?,
        Event::RegistrationRepeated { email } => repeated(ctx, LinkId(id.0), email).await?,
        Event::PasswordChanged { user } => {
            Some(Letter::new(ctx, LetterKind::PasswordChanged, person(ctx, *user).await?, "/forgot-password"))
        }
        Event::TwoFactorChanged { user, is_on } => {
            let kind = if *is_on { LetterKind::TwoFactorOn } else { LetterKind::TwoFactorOff };
            Some(Letter::new(ctx, kind, person(ctx, *user).await?, "/account/two-factor"))
        }
        _ => None,
    };
    Ok(letter.into_iter().collect())
}

async fn with_link(ctx: &Ctx, kind: LetterKind, page: &str, link: LinkId) -> Result<Option<Letter>> {
    let Some((user, secret)) = identity::link_to_send(ctx, link).await? else { return Ok(None) };
    Ok(Some(Letter::new(ctx, kind, Reader::from(&user), &format!("{page}{SECRET}{secret}"))))
}

async fn verification(ctx: &Ctx, link: LinkId) -> Result<Option<Letter>> {
    with_link(ctx, LetterKind::VerifyEmail, "/verify-email", link).await
}

/// Whose email is not proven cannot sign in "as usual". Nor would the link that proves it be safe: whoever
/// registered first knows the password. Theirs is a link to a password of their own.
async fn repeated(ctx: &Ctx, link: LinkId, email: &str) -> Result<Option<Letter>> {
    let user = user::Entity::find().filter(user::Column::EmailKey.eq(email)).one(&ctx.db).await?;
    let Some(user) = user.filter(|u| u.is_active) else { return Ok(None) };
    if user.email_verified_at.is_none() {
        return with_link(ctx, LetterKind::OpenAccount, "/reset-password", link).await;
    }
    Ok(Some(Letter::new(ctx, LetterKind::RegistrationRepeated, Reader::from(&user), "/forgot-password")))
}

pub(super) fn has_secret(text: &str) -> bool {
    text.contains(SECRET)
}

/// The text with every link's secret blanked.
pub(super) fn without_secrets(text: &str) -> String {
    let mut parts = text.split(SECRET);
    let head = parts.next().unwrap_or_default().to_owned();
    let is_secret = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    parts.fold(head, |text, part| format!("{text}{SECRET}…{}", part.trim_start_matches(is_secret)))
}

#[cfg(test)]
mod tests {
    use super::without_secrets;

    #[test]
    fn blanks_every_secret_and_nothing_else() {
        let text =
            "<a href=\"https://t.id/reset-password?token=Ab-_9\">x</a> https://t.id/reset-password?token=Ab-_9\nTerima kasih";
        let blank = "<a href=\"https://t.id/reset-password?token=…\">x</a> https://t.id/reset-password?token=…\nTerima kasih";
        assert_eq!(without_secrets(text), blank);
        assert_eq!(without_secrets("Halo"), "Halo");
    }
}
