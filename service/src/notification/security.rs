//! Letters about the account itself, in the language of its owner.

use super::compose::person;
use super::letter::Letter;
use crate::event::Event;
use crate::{Ctx, Result, identity};
use domain::Locale;
use domain::id::{LinkId, UserId};
use entity::user;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

/// What stands before a link's secret in its address.
const SECRET: &str = "?token=";

pub(super) async fn letters(ctx: &Ctx, event: &Event) -> Result<Vec<Letter>> {
    let letter = match event {
        Event::EmailVerificationRequested { link, .. } => verify(ctx, *link).await?,
        Event::PasswordResetRequested { link, .. } => reset(ctx, *link).await?,
        Event::RegistrationRepeated { email } => repeated(ctx, email).await?,
        Event::PasswordChanged { user } => Some(changed(ctx, *user).await?),
        _ => None,
    };
    Ok(letter.into_iter().collect())
}

async fn verify(ctx: &Ctx, link: LinkId) -> Result<Option<Letter>> {
    let Some((user, secret)) = identity::link_to_send(ctx, link).await? else { return Ok(None) };
    let url = format!("{}/verify-email{SECRET}{secret}", ctx.settings.public_url);
    let (subject, text, ignore, button) = match user.locale {
        Locale::Id => (
            "Konfirmasi alamat email kamu",
            "Tekan tombol di bawah dalam 24 jam untuk mengonfirmasi bahwa alamat ini milik kamu.",
            "Tidak mendaftar di Belanjain? Abaikan email ini.",
            "Konfirmasi alamat",
        ),
        Locale::En => (
            "Confirm your email address",
            "Press the button below within 24 hours to confirm that this address is yours.",
            "You did not register at Belanjain? Ignore this email.",
            "Confirm address",
        ),
    };
    Ok(Some(letter(user, subject, &[text, ignore], (button, url))))
}

async fn reset(ctx: &Ctx, link: LinkId) -> Result<Option<Letter>> {
    let Some((user, secret)) = identity::link_to_send(ctx, link).await? else { return Ok(None) };
    let url = format!("{}/reset-password{SECRET}{secret}", ctx.settings.public_url);
    let (subject, text, ignore, button) = match user.locale {
        Locale::Id => (
            "Atur ulang kata sandi",
            "Tekan tombol di bawah dalam 1 jam untuk membuat kata sandi baru. Tautan hanya berlaku sekali.",
            "Bukan kamu yang meminta? Abaikan email ini; kata sandi kamu tidak berubah.",
            "Buat kata sandi baru",
        ),
        Locale::En => (
            "Reset your password",
            "Press the button below within 1 hour to choose a new password. The link works once.",
            "It was not you? Ignore this email; your password stays as it is.",
            "Choose a new password",
        ),
    };
    Ok(Some(letter(user, subject, &[text, ignore], (button, url))))
}

async fn repeated(ctx: &Ctx, email: &str) -> Result<Option<Letter>> {
    let user = user::Entity::find().filter(user::Column::EmailKey.eq(email)).one(&ctx.db).await?;
    let Some(user) = user.filter(|u| u.is_active) else { return Ok(None) };
    let url = format!("{}/forgot-password", ctx.settings.public_url);
    let (subject, text, ignore, button) = match user.locale {
        Locale::Id => (
            "Kamu sudah punya akun",
            "Seseorang mendaftar dengan alamat ini, tetapi akunnya sudah ada. Masuk seperti biasa, atau buat kata sandi baru bila lupa.",
            "Bukan kamu? Tidak ada yang berubah; abaikan email ini.",
            "Lupa kata sandi",
        ),
        Locale::En => (
            "You already have an account",
            "Somebody registered with this address, but it has an account. Sign in as usual, or choose a new password if you forgot it.",
            "It was not you? Nothing has changed; ignore this email.",
            "Forgot password",
        ),
    };
    Ok(Some(letter(user, subject, &[text, ignore], (button, url))))
}

async fn changed(ctx: &Ctx, id: UserId) -> Result<Letter> {
    let user = person(ctx, id).await?;
    let url = format!("{}/forgot-password", ctx.settings.public_url);
    let (subject, text, warning, button) = match user.locale {
        Locale::Id => (
            "Kata sandi kamu diganti",
            "Kata sandi akun kamu baru saja diganti, dan perangkat lain sudah dikeluarkan.",
            "Bukan kamu? Segera buat kata sandi baru.",
            "Buat kata sandi baru",
        ),
        Locale::En => (
            "Your password was changed",
            "The password of your account has just been changed, and other devices were signed out.",
            "It was not you? Choose a new password at once.",
            "Choose a new password",
        ),
    };
    Ok(letter(user, subject, &[text, warning], (button, url)))
}

fn letter(user: user::Model, title: &str, paragraphs: &[&str], button: (&str, String)) -> Letter {
    Letter {
        to: user.email,
        subject: title.to_owned(),
        title: title.to_owned(),
        paragraphs: paragraphs.iter().map(|p| (*p).to_owned()).collect(),
        button: Some((button.0.to_owned(), button.1)),
        ..Letter::default()
    }
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
