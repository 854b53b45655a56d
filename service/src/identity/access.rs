//! Access tokens: JWT, HMAC-SHA-256, 15 minutes.

use crate::{Ctx, Error, Result};
use chrono::TimeDelta;
use domain::id::{SessionId, UserId};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

pub(super) const LIFE: TimeDelta = TimeDelta::minutes(15);
const AUDIENCE: &str = "belanjain";

#[derive(Serialize, Deserialize)]
struct Claims {
    sub: UserId,
    sid: SessionId,
    aud: String,
    /// Seconds since 1970.
    iat: i64,
    exp: i64,
}

pub(super) fn sign(ctx: &Ctx, user: UserId, session: SessionId) -> Result<String> {
    let now = ctx.now();
    let claims = Claims { sub: user, sid: session, aud: AUDIENCE.into(), iat: now.timestamp(), exp: (now + LIFE).timestamp() };
    let key = EncodingKey::from_secret(&ctx.settings.token_secret);
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key).map_err(|e| Error::fault(format!("JWT: {e}")))
}

/// User and session of a token that we signed and that has not expired.
pub(super) fn verify(ctx: &Ctx, token: &str) -> Result<(UserId, SessionId)> {
    let mut rules = Validation::new(Algorithm::HS256);
    rules.set_audience(&[AUDIENCE]);
    rules.set_required_spec_claims(&["exp", "aud", "sub"]);
    // Checked below against our own clock.
    rules.validate_exp = false;
    let key = DecodingKey::from_secret(&ctx.settings.token_secret);
    let claims = jsonwebtoken::decode::<Claims>(token, &key, &rules).map_err(|_| domain::Error::SessionEnded)?.claims;
    if claims.exp <= ctx.now().timestamp() {
        return Err(domain::Error::SessionEnded.into());
    }
    Ok((claims.sub, claims.sid))
}
