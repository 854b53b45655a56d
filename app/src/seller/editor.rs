//! The product editor: one form for all text, one for pictures. Works without scripts.

mod api;
mod form;
mod input;
mod pictures;
#[cfg(feature = "ssr")]
mod read;
mod variants;

use self::api::{Editing, get_editing};
use self::form::Form;
use self::pictures::Pictures;
use super::frame::Frame;
use crate::i18n::{t, text};
use crate::load::{Load, load};
use crate::ui::{FailureView, PageTitle, SkeletonPage};
use domain::catalog::ProductStatus;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

#[component]
pub fn ProductEditor() -> impl IntoView {
    let params = use_params_map();
    let source = move || params.read().get("id").unwrap_or_default();
    let editing = load(source, get_editing);
    view! {
        <Frame>
            <Transition fallback=SkeletonPage>
                {move || Suspend::new(async move {
                    match editing.await {
                        Ok(loaded) => view! { <Content loaded editing /> }.into_any(),
                        Err(failure) => view! { <FailureView failure /> }.into_any(),
                    }
                })}
            </Transition>
        </Frame>
    }
    .into_any()
}

#[component]
fn Content(loaded: Editing, editing: Load<Editing>) -> impl IntoView {
    let title = if loaded.product.is_some() { text::seller::EDIT_PRODUCT } else { text::seller::NEW_PRODUCT };
    let public = loaded.product.as_ref().filter(|p| p.status == ProductStatus::Active).map(|p| format!("/p/{}", p.product.slug));
    let pictures = loaded.product.as_ref().map(|p| (p.product.id.to_string(), p.product.images.clone()));
    view! {
        <PageTitle title=t(title)>{public.map(|href| view! { <a class="btn" href=href>{t(text::seller::VIEW_IN_SHOP)}</a> })}</PageTitle>
        <div class="grid gap-6">
            {pictures.map(|(id, images)| view! { <Pictures id images /> })}
            <Form loaded editing />
        </div>
    }
}
