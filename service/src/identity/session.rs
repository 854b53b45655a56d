//! Sessions: log-in, refresh, revocation.

use crate::{Actor, Ctx, Error, Result};
use domain::id::SessionId;
use domain::identity::{Credentials, SessionView, TokenPair};

/// Outcome of a silent refresh in the browser.
pub struct BrowserSession {
    pub actor: Actor,
    pub access_token: String,
    /// `None`: another request of the same browser has just rotated it; keep the cookie.
    pub refresh_token: Option<String>,
}

/// Signs in and merges the guest's cart.
pub async fn login(_ctx: &Ctx, _actor: &Actor, _input: Credentials) -> Result<TokenPair> {
    Err(Error::fault("pending"))
}

/// Rotates a refresh token; a spent one kills its whole family.
pub async fn refresh(_ctx: &Ctx, _actor: &Actor, _refresh_token: &str) -> Result<TokenPair> {
    Err(Error::fault("pending"))
}

/// Silent refresh of a browser. Parallel requests of one page carry the same token: for a few
/// seconds the immediate predecessor is answered with a new access token only.
pub async fn refresh_browser(_ctx: &Ctx, _actor: &Actor, _refresh_token: &str) -> Result<BrowserSession> {
    Err(Error::fault("pending"))
}

/// The actor behind an access token, whose session must still be alive. `edge` brings language,
/// cart, device and address.
pub async fn authenticate(_ctx: &Ctx, _edge: Actor, _access_token: &str) -> Result<Actor> {
    Err(Error::fault("pending"))
}

/// Ends the session the actor is in, at once.
pub async fn logout(_ctx: &Ctx, _actor: &Actor) -> Result<()> {
    Err(Error::fault("pending"))
}

pub async fn sessions(_ctx: &Ctx, _actor: &Actor) -> Result<Vec<SessionView>> {
    Err(Error::fault("pending"))
}

pub async fn end_session(_ctx: &Ctx, _actor: &Actor, _id: SessionId) -> Result<()> {
    Err(Error::fault("pending"))
}
