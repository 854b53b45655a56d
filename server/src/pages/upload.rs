//! Uploads as plain multipart forms: they work without scripts.

use crate::api::{Caller, Problem, multipart};
use crate::api::{bank as bank_api, books as books_api, desk as desk_api};
use app::i18n::{error_message, field_label, field_message};
use axum::extract::{Multipart, Path, State};
use axum::response::Redirect;
use domain::bank::UploadView;
use domain::id::{PaymentId, ProductId, RefundId};
use domain::identity::Permission;
use domain::refund::RefundProof;
use domain::{Error, Locale, Noun};
use service::{Actor, Ctx, bank, catalog, desk, identity, payment, picture, refund, settlement};

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

async fn add_all(ctx: &Ctx, actor: &Actor, product: ProductId, form: Multipart) -> Result<(), Error> {
    for image in multipart::read(form, "image", picture::MAX_BYTES).await?.files {
        catalog::add_image(ctx, actor, product, image, "").await.map_err(service::Error::into_domain)?;
    }
    Ok(())
}

/// Shows a new picture of oneself.
pub async fn avatar(State(ctx): State<Ctx>, Caller(actor): Caller, form: Multipart) -> Result<Redirect, Problem> {
    actor.account()?;
    match set_avatar(&ctx, &actor, form).await {
        Ok(()) => Ok(Redirect::to("/account?saved=1")),
        Err(error) => Ok(Redirect::to(&format!("/account?upload_error={}", encode(&sentence(&error, actor.locale))))),
    }
}

async fn set_avatar(ctx: &Ctx, actor: &Actor, form: Multipart) -> Result<(), Error> {
    let image = multipart::read(form, "image", picture::MAX_BYTES).await?.file("image")?;
    identity::set_avatar(ctx, actor, image).await.map_err(service::Error::into_domain)?;
    Ok(())
}

/// Takes a proof of transfer and goes back to the payment; what was refused is said there.
pub async fn prove(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Path(id): Path<String>,
    form: Multipart,
) -> Result<Redirect, Problem> {
    let payment: PaymentId = id.parse().map_err(|_| Error::NotFound(Noun::Payment))?;
    payment::find(&ctx, &actor, payment).await?;
    let page = format!("/pay/{payment}");
    match submit(&ctx, &actor, payment, form).await {
        Ok(()) => Ok(Redirect::to(&page)),
        Err(error) => Ok(Redirect::to(&format!("{page}?upload_error={}", encode(&sentence(&error, actor.locale))))),
    }
}

async fn submit(ctx: &Ctx, actor: &Actor, id: PaymentId, form: Multipart) -> Result<(), Error> {
    let (input, file) = desk_api::proof(form).await?;
    desk::submit(ctx, actor, id, input, file).await.map_err(service::Error::into_domain)?;
    Ok(())
}

/// Imports a gateway's report and goes on to what came of it; what was refused is said on the page.
pub async fn settlement(State(ctx): State<Ctx>, Caller(actor): Caller, form: Multipart) -> Result<Redirect, Problem> {
    actor.require(Permission::PayoutApprove)?;
    let imported = async {
        let report = books_api::upload(form).await?;
        settlement::import(&ctx, &actor, report).await.map_err(service::Error::into_domain)
    };
    let page = "/finance/reconciliation";
    match imported.await {
        Ok(import) if import.is_repeat => Ok(Redirect::to(&format!("{page}?import={}&repeat=1", import.id))),
        Ok(import) => Ok(Redirect::to(&format!("{page}?import={}", import.id))),
        Err(error) => Ok(Redirect::to(&format!("{page}?upload_error={}", encode(&sentence(&error, actor.locale))))),
    }
}

/// A refund was sent by bank transfer: its reference, and a file if there is one.
pub async fn complete_refund(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Path(id): Path<String>,
    form: Multipart,
) -> Result<Redirect, Problem> {
    let id: RefundId = id.parse().map_err(|_| Error::NotFound(Noun::Refund))?;
    refund::find(&ctx, &actor, id).await?;
    let page = format!("/finance/refunds/{id}");
    match complete(&ctx, &actor, id, form).await {
        Ok(()) => Ok(Redirect::to(&format!("{page}?done=refund_sent"))),
        Err(error) => Ok(Redirect::to(&format!("{page}?upload_error={}", encode(&sentence(&error, actor.locale))))),
    }
}

/// The file first: one that is refused leaves the refund open.
async fn complete(ctx: &Ctx, actor: &Actor, id: RefundId, form: Multipart) -> Result<(), Error> {
    let mut form = multipart::read(form, "evidence", desk::MAX_BYTES).await?;
    let reference = RefundProof { reference: form.text("reference").to_owned() };
    reference.clone().check()?;
    // A browser sends an empty file for a field that was left alone.
    if let Some(file) = form.files.pop().filter(|file| !file.is_empty()) {
        refund::attach(ctx, actor, id, file).await.map_err(service::Error::into_domain)?;
    }
    refund::complete(ctx, actor, id, reference).await.map_err(service::Error::into_domain)?;
    Ok(())
}

/// Takes a bank statement and goes back to the lines; what came of it is said there.
pub async fn statement(State(ctx): State<Ctx>, Caller(actor): Caller, form: Multipart) -> Result<Redirect, Problem> {
    actor.require(Permission::PaymentVerify)?;
    let page = "/desk/statements";
    match take_statement(&ctx, &actor, form).await {
        Ok(UploadView { added, known, skipped, .. }) => {
            Ok(Redirect::to(&format!("{page}?added={added}&known={known}&skipped={skipped}")))
        }
        Err(error) => Ok(Redirect::to(&format!("{page}?upload_error={}", encode(&sentence(&error, actor.locale))))),
    }
}

async fn take_statement(ctx: &Ctx, actor: &Actor, form: Multipart) -> Result<UploadView, Error> {
    bank::upload(ctx, actor, bank_api::form_of(form).await?).await.map_err(service::Error::into_domain)
}

/// The refusal with its fields, in one line.
fn sentence(error: &Error, locale: Locale) -> String {
    let field = |f: &domain::FieldError| format!("{}{}", field_label(&f.field, locale), field_message(f, locale));
    let fields: Vec<String> = error.fields().iter().map(field).collect();
    if fields.is_empty() { error_message(error, locale) } else { fields.join(" ") }
}

fn encode(text: &str) -> String {
    let byte = |b: u8| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") };
    text.bytes().map(byte).collect()
}
