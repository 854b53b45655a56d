//! Letters as staff see them before they are sent, and the click that unsubscribes.

use crate::api::{Caller, Problem};
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use bytes::Bytes;
use domain::letter::LetterKind;
use domain::{Error, Locale, Noun};
use service::{Ctx, notification};

/// What a letter may do in the frame it is shown in: nothing but look as it does.
const POLICY: &str =
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/// The HTML of a letter with sample values, for the frame on `/admin/mail`.
pub async fn preview(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Path((kind, locale)): Path<(String, String)>,
) -> Result<Response, Problem> {
    actor.require(domain::identity::Permission::SystemManage)?;
    let unknown = |()| Error::NotFound(Noun::Email);
    let kind: LetterKind = kind.parse().map_err(unknown)?;
    let locale: Locale = locale.parse().map_err(unknown)?;
    let preview = notification::preview(&ctx, &actor, kind, locale).await?;
    let headers = [(header::CONTENT_SECURITY_POLICY, POLICY), (header::X_FRAME_OPTIONS, "SAMEORIGIN")];
    Ok((headers, Html(preview.html)).into_response())
}

/// Unsubscribes: mail programs post `List-Unsubscribe=One-Click` and want no page (RFC 8058), the
/// button of our page leads back to it.
pub async fn unsubscribe(State(ctx): State<Ctx>, Path(token): Path<String>, body: Bytes) -> Result<Response, Problem> {
    notification::unsubscribe(&ctx, &token).await?;
    let is_one_click = std::str::from_utf8(&body).is_ok_and(|text| text.contains("List-Unsubscribe=One-Click"));
    if is_one_click {
        return Ok(StatusCode::OK.into_response());
    }
    // The token was read: it is of letters, digits, dots, dashes and underscores.
    Ok(Redirect::to(&format!("/unsubscribe/{token}")).into_response())
}
