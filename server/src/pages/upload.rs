//! Picture upload as a plain multipart form: works without scripts.

use crate::api::{Caller, Problem};
use app::i18n::error_message;
use axum::extract::{Multipart, Path, State};
use axum::response::Redirect;
use bytes::Bytes;
use domain::id::ProductId;
use domain::{Error, Noun};
use service::{Actor, Ctx, catalog, picture};

/// Adds every chosen picture and goes back to the editor; what was refused is said there.
pub async fn add(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Path(id): Path<String>,
    form: Multipart,
) -> Result<Redirect, Problem> {
    let product: ProductId = id.parse().map_err(|_| Error::NotFound(Noun::Product))?;
    catalog::own_product(&ctx, &actor, product).await?;
    let editor = format!("/seller/products/{product}");
    match add_all(&ctx, &actor, product, form).await {
        Ok(()) => Ok(Redirect::to(&format!("{editor}?saved=1"))),
        Err(error) => Ok(Redirect::to(&format!("{editor}?upload_error={}", encode(&error_message(&error, actor.locale))))),
    }
}

async fn add_all(ctx: &Ctx, actor: &Actor, product: ProductId, mut form: Multipart) -> Result<(), Error> {
    let broken = |_| Error::Malformed("multipart body".into());
    while let Some(mut field) = form.next_field().await.map_err(broken)? {
        if field.name() != Some("image") {
            continue;
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = field.chunk().await.map_err(|_| Error::TooLarge { limit: picture::MAX_BYTES })? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() as u64 > picture::MAX_BYTES {
                return Err(Error::TooLarge { limit: picture::MAX_BYTES });
            }
        }
        catalog::add_image(ctx, actor, product, Bytes::from(bytes), "").await.map_err(service::Error::into_domain)?;
    }
    Ok(())
}

fn encode(text: &str) -> String {
    let byte = |b: u8| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") };
    text.bytes().map(byte).collect()
}
