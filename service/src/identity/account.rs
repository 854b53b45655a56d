//! Registration and profile.

use super::{grants, link, password, role, session};
use crate::audit::{self, Deed};
use crate::db::{Tx, new_id, transact};
use crate::event::{Event, emit};
use crate::{Actor, Ctx, Result, cart, store};
use chrono::{DateTime, Utc};
use domain::Conflict;
use domain::id::UserId;
use domain::identity::{AccountView, PasswordChange, ProfileInput, Registration, RegistrationInput, TokenPair, check_password};
use domain::validate::Checks;
use entity::user;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, Set};
use serde_json::json;

/// What a registration led to.
pub enum Registered {
    SignedIn(Box<TokenPair>),
    /// A letter is on its way: the account opens when its email is proven. The same whether the email had an
    /// account already or not.
    ConfirmEmail,
}

/// Creates the account (and store). In a demo it takes over the guest's cart and signs in; otherwise the
/// email has to be proven first, and nothing tells whether it was taken.
pub async fn register(ctx: &Ctx, actor: &Actor, input: RegistrationInput) -> Result<Registered> {
    // Each may write to the owner of the address.
    ctx.limits.take_few(actor, &format!("register:{}", input.email.trim().to_lowercase()))?;
    let input = &check(input)?;
    let password_hash = &password::hash(input.password.clone()).await?;
    if !ctx.settings.demo {
        return register_unproven(ctx, actor, input, password_hash).await;
    }
    let (user, issued) = transact(ctx, |tx| async move {
        let user = open_account(ctx, &tx, actor, input, password_hash).await?;
        if let Some(token) = &actor.cart_token {
            cart::merge(ctx, &tx, user.id, token).await?;
        }
        let issued = session::open(ctx, &tx, user.id, actor).await?;
        Ok((user, issued))
    })
    .await?;
    let account = grants::load(ctx, user).await?;
    Ok(Registered::SignedIn(Box::new(session::pair(ctx, &account, issued)?)))
}

/// The owner of a taken email is told by mail. The statements are the same ones then, taken back: the time
/// tells nothing either.
async fn register_unproven(ctx: &Ctx, actor: &Actor, input: &Registration, password_hash: &str) -> Result<Registered> {
    let email = &input.email.to_lowercase();
    let opened = transact(ctx, |tx| async move { open_account(ctx, &tx, actor, input, password_hash).await.map(drop) }).await;
    match opened {
        Err(crate::Error::Domain(domain::Error::Conflict(Conflict::EmailTaken))) => {}
        other => return other.map(|()| Registered::ConfirmEmail),
    }
    transact(ctx, |tx| async move {
        let nobody = Registration { email: format!("{}@invalid.invalid", super::token::secret()), ..input.clone() };
        tx.take_back(|tx| async move { open_account(ctx, &tx, actor, &nobody, password_hash).await.map(drop) }).await?;
        emit(&*tx, ctx.now(), Event::RegistrationRepeated { email: email.clone() }).await.map(drop)
    })
    .await?;
    Ok(Registered::ConfirmEmail)
}

async fn open_account(ctx: &Ctx, tx: &Tx, actor: &Actor, input: &Registration, password_hash: &str) -> Result<user::Model> {
    let user = create(ctx, tx, input, password_hash, actor.locale, None).await?;
    role::assign(&**tx, user.id, "customer", None).await?;
    if let Some((name, location)) = &input.store {
        let store = store::open(ctx, tx, user.id, name, location).await?;
        role::assign(&**tx, user.id, "seller", Some(store)).await?;
    }
    // One letter: the account is open, or how to open it.
    let event = if ctx.settings.demo {
        Event::UserRegistered { user: user.id }
    } else {
        Event::EmailVerificationRequested { link: new_id(), email: user.email_key.clone() }
    };
    emit(&**tx, ctx.now(), event).await?;
    Ok(user)
}

/// Creates a member of the staff with every permission. For the command line, not for requests.
pub async fn create_staff(ctx: &Ctx, role: &str, name: &str, email: &str, password: &str) -> Result<UserId> {
    let input = RegistrationInput {
        name: name.to_owned(),
        email: email.to_owned(),
        password: password.to_owned(),
        role: domain::identity::NewAccount::Customer,
        store_name: None,
        store_location: None,
    };
    let input = &check(input)?;
    let password_hash = &password::hash(input.password.clone()).await?;
    transact(ctx, |tx| async move {
        // The operator vouches for the address.
        let user = create(ctx, &tx, input, password_hash, domain::Locale::Id, Some(ctx.now())).await?;
        role::assign(&*tx, user.id, role, None).await?;
        let after = json!({ "email": user.email, "role": role, "by": "command line" });
        let deed = Deed { action: "user.create", subject: "user", subject_id: user.id.to_string(), before: json!({}), after };
        audit::record_for(ctx, &tx, user.id, deed).await?;
        Ok(user.id)
    })
    .await
}

fn check(input: RegistrationInput) -> Result<Registration> {
    let mut strength = Checks::new();
    password::check_strength(&mut strength, "password", &input.password, &[&input.name, &input.email, "belanjain"]);
    match (input.check(), strength.finish(())) {
        (Ok(input), Ok(())) => Ok(input),
        (Err(domain::Error::Invalid(mut fields)), Err(domain::Error::Invalid(weak))) => {
            fields.extend(weak);
            Err(domain::Error::Invalid(fields).into())
        }
        (Err(error), _) | (_, Err(error)) => Err(error.into()),
    }
}

async fn create(
    ctx: &Ctx,
    tx: &Tx,
    input: &Registration,
    password_hash: &str,
    locale: domain::Locale,
    proven: Option<DateTime<Utc>>,
) -> Result<user::Model> {
    let email_key = input.email.to_lowercase();
    let taken = user::Entity::find().filter(user::Column::EmailKey.eq(&email_key)).count(&**tx).await?;
    if taken > 0 {
        return Err(Conflict::EmailTaken.into());
    }
    let now = ctx.now();
    let row = user::ActiveModel {
        id: Set(new_id()),
        email: Set(input.email.clone()),
        email_key: Set(email_key),
        name: Set(input.name.clone()),
        phone: Set(None),
        avatar_key: Set(None),
        password_hash: Set(password_hash.to_owned()),
        locale: Set(locale),
        is_active: Set(true),
        created_at: Set(now),
        updated_at: Set(now),
        email_verified_at: Set(proven),
        two_factor_at: Set(None),
    };
    row.insert(&**tx).await.map_err(|error| match error.sql_err() {
        // Two registrations at once: the schema decides.
        Some(sea_orm::SqlErr::UniqueConstraintViolation(_)) => Conflict::EmailTaken.into(),
        _ => error.into(),
    })
}

pub async fn me(ctx: &Ctx, actor: &Actor) -> Result<AccountView> {
    let user = grants::active_user(&ctx.db, actor.account()?.id).await?;
    Ok(grants::load(ctx, user).await?.view())
}

pub async fn update_profile(ctx: &Ctx, actor: &Actor, input: ProfileInput) -> Result<AccountView> {
    let id = actor.account()?.id;
    let input = &input.check()?;
    transact(ctx, |tx| async move {
        let mut row = grants::active_user(&*tx, id).await?.into_active_model();
        if let Some(name) = &input.name {
            row.name = Set(name.clone());
        }
        if let Some(phone) = &input.phone {
            row.phone = Set(Some(phone.clone()).filter(|p| !p.is_empty()));
        }
        if let Some(locale) = input.locale {
            row.locale = Set(locale);
        }
        row.updated_at = Set(ctx.now());
        row.update(&*tx).await?;
        Ok(())
    })
    .await?;
    me(ctx, actor).await
}

/// Ends every other session.
pub async fn change_password(ctx: &Ctx, actor: &Actor, input: PasswordChange) -> Result<()> {
    let signed_in = actor.account()?;
    ctx.limits.take(actor, Some(&signed_in.email))?;
    let mut checks = Checks::new();
    check_password(&mut checks, "new_password", &input.new_password);
    password::check_strength(&mut checks, "new_password", &input.new_password, &[&signed_in.name, &signed_in.email, "belanjain"]);
    checks.finish(())?;
    let user = grants::active_user(&ctx.db, signed_in.id).await?;
    if !password::verify(input.current_password, Some(user.password_hash)).await? {
        return Err(domain::Error::invalid("current_password", "wrong_password").into());
    }
    let password_hash = &password::hash(input.new_password).await?;
    transact(ctx, |tx| async move {
        let mut row = grants::active_user(&*tx, signed_in.id).await?.into_active_model();
        row.password_hash = Set(password_hash.clone());
        row.updated_at = Set(ctx.now());
        row.update(&*tx).await?;
        link::end_resets(&tx, signed_in.id).await?;
        session::end_others(ctx, &tx, signed_in).await?;
        emit(&*tx, ctx.now(), Event::PasswordChanged { user: signed_in.id }).await.map(drop)
    })
    .await
}
