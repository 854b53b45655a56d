//! The product's pictures: upload, order, description. Plain forms; with scripts the rest of the page
//! keeps what was typed.

use super::api::{ChangeImage, RemoveImage};
use crate::failure::Answer;
use crate::i18n::{t, text, tf};
use crate::ui::{Alert, ErrorSummary, Errors, HiddenField};
use domain::catalog::{ImageView, MAX_IMAGES};
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

#[component]
pub fn Pictures(id: String, images: Vec<ImageView>) -> impl IntoView {
    let change = ServerAction::<ChangeImage>::new();
    let remove = ServerAction::<RemoveImage>::new();
    let shown = RwSignal::new(images);
    let follow = move |answer: Option<Answer<Vec<ImageView>>>| {
        if let Some(Ok(images)) = answer {
            shown.set(images);
        }
    };
    Effect::new(move |_| follow(change.value().get()));
    Effect::new(move |_| follow(remove.value().get()));
    let refused = RwSignal::new(use_query_map().read_untracked().get("upload_error"));
    let product = StoredValue::new(id);
    let dragged = RwSignal::new(None::<usize>);
    let drop_at = move |place: usize| {
        if let Some(image) = dragged.get().and_then(|from| shown.with(|all| all.get(from).map(|i| i.id.to_string()))) {
            change.dispatch(ChangeImage { product: product.get_value(), image, alt: None, position: Some(place as i64) });
        }
        dragged.set(None);
    };
    view! {
        <section class="card bg-base-100 p-5" data-testid="pictures">
            <h2 class="mb-3 text-lg font-bold">{t(text::seller::PICTURES)}</h2>
            <div aria-live="polite">
                {move || refused.get().map(|message| view! { <div class="mb-3"><Alert kind="error"><p>{message}</p></Alert></div> })}
                <ErrorSummary errors=Errors::of(change) />
            </div>
            <ol class="mb-4 grid grid-cols-2 gap-3 sm:grid-cols-3 lg:grid-cols-5">
                {move || {
                    let images = shown.get();
                    let last = images.len().saturating_sub(1);
                    images.into_iter().enumerate().map(|(place, image)| view! {
                        <li draggable="true" class="border-base-300 rounded-box grid content-start gap-2 border p-2"
                            on:dragstart=move |_| dragged.set(Some(place)) on:dragover=move |ev| ev.prevent_default()
                            on:drop=move |ev| { ev.prevent_default(); drop_at(place); }>
                            <PictureCard product=product.get_value() image place is_last=place == last change remove />
                        </li>
                    }).collect_view()
                }}
            </ol>
            {move || (shown.with(Vec::len) < MAX_IMAGES).then(|| view! { <Upload product=product.get_value() shown refused /> })}
        </section>
    }
}

#[component]
fn PictureCard(
    product: String,
    image: ImageView,
    place: usize,
    is_last: bool,
    change: ServerAction<ChangeImage>,
    remove: ServerAction<RemoveImage>,
) -> impl IntoView {
    let n = place + 1;
    let id = image.id.to_string();
    let ids = StoredValue::new((product, id));
    let hidden = move || {
        let (product, image) = ids.get_value();
        view! { <HiddenField name="product" value=product /><HiddenField name="image" value=image /> }
    };
    let step = move |label: &'static str, arrow: &'static str, to: Option<usize>| {
        view! {
            <ActionForm action=change>{hidden()}<HiddenField name="position" value=to.unwrap_or(place).to_string() />
                <button class="btn btn-sm btn-square" aria-label=label.replace("{n}", &n.to_string()) disabled=to.is_none()>{arrow}</button></ActionForm>
        }
    };
    view! {
        <img class="rounded-field aspect-square w-full object-cover" src=image.small_url alt=image.alt.clone() width="160" height="160" />
        <ActionForm action=change attr:class="grid gap-1">
            {hidden()}
            <label class="grid gap-1"><span class="text-sm">{tf(text::seller::ALT, &[("n", &n)])}</span>
                <input class="input input-sm w-full" name="alt" maxlength="200" value=image.alt /></label>
            <button class="btn btn-sm">{t(text::seller::SAVE_ALT)}</button>
        </ActionForm>
        <div class="flex gap-1">
            {step(t(text::seller::MOVE_EARLIER), "\u{2190}", place.checked_sub(1))}
            {step(t(text::seller::MOVE_LATER), "\u{2192}", (!is_last).then_some(n))}
            <ActionForm action=remove attr:class="ms-auto">{hidden()}<button class="btn btn-sm">{t(text::ui::REMOVE)}</button></ActionForm>
        </div>
    }
}

/// A plain multipart form; with scripts it is sent in the background.
#[component]
fn Upload(product: String, shown: RwSignal<Vec<ImageView>>, refused: RwSignal<Option<String>>) -> impl IntoView {
    let sending = RwSignal::new(false);
    let action = format!("/seller/products/{product}/pictures");
    let product = StoredValue::new(product);
    let send = move |ev: leptos::ev::SubmitEvent| {
        #[cfg(feature = "hydrate")]
        background::send(&ev, product.get_value(), shown, refused, sending);
        #[cfg(not(feature = "hydrate"))]
        let _ = (ev, product, shown, refused);
    };
    view! {
        <form action=action method="post" enctype="multipart/form-data" class="flex flex-wrap items-end gap-2" on:submit=send>
            <label class="grid gap-1"><span class="text-sm font-semibold">{t(text::seller::ADD_PICTURES)}</span><input class="file-input" type="file" name="image" accept="image/jpeg,image/png,image/webp" multiple required /></label>
            <button class="btn" disabled=sending>
                {move || sending.get().then(|| view! { <span class="loading loading-spinner loading-sm" aria-hidden="true"></span> })}
                {t(text::seller::UPLOAD)}
            </button>
            <p class="w-full text-sm">{t(text::seller::PICTURES_HELP)}</p>
        </form>
    }
}

#[cfg(feature = "hydrate")]
mod background {
    use super::super::api::get_images;
    use crate::failure::Answer;
    use crate::i18n::{error_message, locale};
    use domain::Error;
    use domain::catalog::ImageView;
    use leptos::prelude::*;
    use wasm_bindgen::JsCast;
    use wasm_bindgen_futures::{JsFuture, spawn_local};
    use web_sys::{FormData, HtmlFormElement, RequestInit, Response, Url};

    pub fn send(
        ev: &leptos::ev::SubmitEvent,
        product: String,
        shown: RwSignal<Vec<ImageView>>,
        refused: RwSignal<Option<String>>,
        sending: RwSignal<bool>,
    ) {
        let Some(form) = ev.target().and_then(|t| t.dyn_into::<HtmlFormElement>().ok()) else { return };
        ev.prevent_default();
        let locale = locale();
        sending.set(true);
        spawn_local(async move {
            let outcome = match post(&form).await {
                None => Some(error_message(&Error::Transport, locale)),
                Some(refusal) => refusal,
            };
            form.reset();
            refused.set(outcome);
            sending.set(false);
            let images: Answer<Vec<ImageView>> = get_images(product).await;
            if let Ok(images) = images {
                shown.set(images);
            }
        });
    }

    /// The server answers by going back to the editor; what it refused stands in the address.
    /// `None`: the server was not reached.
    async fn post(form: &HtmlFormElement) -> Option<Option<String>> {
        let init = RequestInit::new();
        init.set_method("POST");
        init.set_body(FormData::new_with_form(form).ok()?.as_ref());
        let answer = JsFuture::from(window().fetch_with_str_and_init(&form.action(), &init)).await.ok()?;
        let url = answer.dyn_into::<Response>().ok().filter(Response::ok)?.url();
        Some(Url::new(&url).ok()?.search_params().get("upload_error"))
    }
}
