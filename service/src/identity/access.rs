//! Signed tokens: JWT, HMAC-SHA-256. Access lives for 15 minutes; the proof that a password was right
//! waits 10 minutes for the second factor.

use super::token;
use crate::{Ctx, Error, Result};
use chrono::TimeDelta;
use domain::id::{SessionId, UserId};
use entity::user;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

pub(super) const LIFE: TimeDelta = TimeDelta::minutes(15);
/// How long the second step of a sign-in may take.
pub const SECOND_STEP_LIFE: TimeDelta = TimeDelta::minutes(10);
const AUDIENCE: &str = "belanjain";
const SECOND_STEP: &str = "belanjain-second-step";

#[derive(Serialize, Deserialize)]
struct Claims {
    sub: UserId,
    sid: SessionId,
    aud: String,
    /// Seconds since 1970.
    iat: i64,
    exp: i64,
}

#[derive(Serialize, Deserialize)]
struct Challenge {
    sub: UserId,
    /// Of the password that was right: another one ends the sign-in that was begun.
    password: String,
    aud: String,
    exp: i64,
}

pub(super) fn sign(ctx: &Ctx, user: UserId, session: SessionId) -> Result<String> {
    let now = ctx.now();
    encode(ctx, &Claims { sub: user, sid: session, aud: AUDIENCE.into(), iat: now.timestamp(), exp: (now + LIFE).timestamp() })
}

/// User and session of a token that we signed and that has not expired.
pub(super) fn verify(ctx: &Ctx, token: &str) -> Result<(UserId, SessionId)> {
    let claims: Claims = decode(ctx, token, AUDIENCE)?;
    if claims.exp <= ctx.now().timestamp() {
        return Err(domain::Error::SessionEnded.into());
    }
    Ok((claims.sub, claims.sid))
}

/// Says that the user's password was right.
pub(super) fn sign_challenge(ctx: &Ctx, user: &user::Model) -> Result<String> {
    let exp = (ctx.now() + SECOND_STEP_LIFE).timestamp();
    encode(ctx, &Challenge { sub: user.id, password: token::hash(&user.password_hash), aud: SECOND_STEP.into(), exp })
}

/// Whose password was right, and a hash of that password's hash.
pub(super) fn verify_challenge(ctx: &Ctx, token: &str) -> Result<(UserId, String)> {
    let challenge: Challenge = decode(ctx, token, SECOND_STEP)?;
    if challenge.exp <= ctx.now().timestamp() {
        return Err(domain::Error::SessionEnded.into());
    }
    Ok((challenge.sub, challenge.password))
}

fn encode<T: Serialize>(ctx: &Ctx, claims: &T) -> Result<String> {
    let key = EncodingKey::from_secret(&ctx.settings.token_secret);
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &key).map_err(|e| Error::fault(format!("JWT: {e}")))
}

fn decode<T: DeserializeOwned>(ctx: &Ctx, token: &str, audience: &str) -> Result<T> {
    let mut rules = Validation::new(Algorithm::HS256);
    rules.set_audience(&[audience]);
    rules.set_required_spec_claims(&["exp", "aud", "sub"]);
    // Checked by the caller against our own clock.
    rules.validate_exp = false;
    let key = DecodingKey::from_secret(&ctx.settings.token_secret);
    Ok(jsonwebtoken::decode::<T>(token, &key, &rules).map_err(|_| domain::Error::SessionEnded)?.claims)
}
