//! The product editor: one form for all text, one for pictures. Works without scripts.

use super::api::{Editing, RemoveImage, SaveProduct, get_editing};
use super::frame::Frame;
use super::products::status_label;
use crate::i18n::{t, text, tf};
use crate::load::{Load, load};
use crate::ui::{Alert, ErrorSummary, Errors, FailureView, Field, HiddenField, PageTitle, SkeletonPage, SubmitButton};
use domain::catalog::{CategoryNode, ImageView, MAX_IMAGES, ProductStatus, SellerProductView};
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use leptos_router::{LazyRoute, lazy_route};

pub struct ProductEditor {
    editing: Load<Editing>,
}

#[lazy_route]
impl LazyRoute for ProductEditor {
    fn data() -> Self {
        let params = use_params_map();
        let source = move || params.read().get("id").unwrap_or_default();
        Self { editing: load(source, get_editing) }
    }

    fn view(this: Self) -> AnyView {
        let editing = this.editing;
        view! {
            <Frame>
                <Transition fallback=SkeletonPage>
                    {move || Suspend::new(async move {
                        match editing.await {
                            Ok(editing) => view! { <Content editing /> }.into_any(),
                            Err(failure) => view! { <FailureView failure /> }.into_any(),
                        }
                    })}
                </Transition>
            </Frame>
        }
        .into_any()
    }
}

#[component]
fn Content(editing: Editing) -> impl IntoView {
    let query = use_query_map();
    let title = if editing.product.is_some() { text::seller::EDIT_PRODUCT } else { text::seller::NEW_PRODUCT };
    let saved = query.read_untracked().get("saved").is_some();
    let public = editing.product.as_ref().filter(|p| p.status == ProductStatus::Active).map(|p| format!("/p/{}", p.product.slug));
    let pictures = editing.product.as_ref().map(|p| (p.product.id.to_string(), p.product.images.clone()));
    view! {
        <PageTitle title=t(title)>{public.map(|href| view! { <a class="btn" href=href>{t(text::seller::VIEW_IN_SHOP)}</a> })}</PageTitle>
        {saved.then(|| view! { <div class="mb-4"><Alert kind="success"><p>{t(text::ui::SAVED)}</p></Alert></div> })}
        <div class="grid gap-6">
            {pictures.map(|(id, images)| view! { <Pictures id images /> })}
            <Form editing />
        </div>
    }
}

/// The text of a product, as rows of the form.
struct Rows {
    options: [String; 2],
    specifications: Vec<(String, String)>,
    variants: Vec<[String; 5]>,
}

fn rows(product: Option<&SellerProductView>) -> Rows {
    let names: Vec<String> = product.map(|p| p.product.options.iter().map(|o| o.name.clone()).collect()).unwrap_or_default();
    let name = |i: usize| names.get(i).cloned().unwrap_or_default();
    let mut specifications: Vec<_> = product
        .map(|p| p.product.specifications.iter().map(|s| (s.label.clone(), s.value.clone())).collect())
        .unwrap_or_default();
    specifications.resize(specifications.len() + 3, Default::default());
    let mut variants: Vec<[String; 5]> = product
        .map(|p| {
            let row = |v: &domain::catalog::VariantView| {
                let value = |i: usize| v.options.get(&name(i)).cloned().unwrap_or_default();
                [v.sku.clone(), value(0), value(1), v.price.rupiah().to_string(), v.available.to_string()]
            };
            p.product.variants.iter().map(row).collect()
        })
        .unwrap_or_default();
    variants.resize(variants.len() + 4, Default::default());
    let options = if names.is_empty() && product.is_none() {
        [t(text::seller::COLOUR).to_owned(), t(text::seller::SIZE).to_owned()]
    } else {
        [name(0), name(1)]
    };
    Rows { options, specifications, variants }
}

#[component]
fn Form(editing: Editing) -> impl IntoView {
    let action = ServerAction::<SaveProduct>::new();
    let errors = Errors::of(action);
    let product = editing.product;
    let Rows { options: [one, two], specifications, variants } = rows(product.as_ref());
    let known = product.as_ref().map_or(0, |p| p.product.variants.len());
    let text_of = |f: fn(&SellerProductView) -> String| product.as_ref().map(f).unwrap_or_default();
    let (id, name, description) =
        (text_of(|p| p.product.id.to_string()), text_of(|p| p.product.name.clone()), text_of(|p| p.description.clone()));
    let chosen = text_of(|p| p.product.category.slug.clone());
    let status = product.as_ref().map_or(ProductStatus::Active, |p| p.status);
    let mut categories = vec![];
    flatten(&editing.categories, 0, &mut categories);
    let weight = product.as_ref().map_or_else(|| "500".to_owned(), |p| p.product.weight_grams.to_string());
    view! {
        <ActionForm action attr:class="card bg-base-100 grid gap-4 p-5">
            <ErrorSummary errors />
            <HiddenField name="form[id]" value=id />
            <Field label=t(text::seller::NAME) name="form[name]" maxlength=150 value=name errors />
            <label class="grid gap-1"><span class="text-sm font-semibold">{t(text::seller::DESCRIPTION)}</span>
                <textarea class="textarea w-full" name="form[description]" rows="6" maxlength="10000">{description}</textarea></label>
            <div class="grid gap-4 sm:grid-cols-3">
                <label class="grid gap-1"><span class="text-sm font-semibold">{t(text::shop::CATEGORY)}</span>
                    <select class="select w-full" name="form[category]" required>
                        {categories.into_iter().map(|(slug, name)| view! { <option value=slug.clone() selected=slug == chosen>{name}</option> }).collect_view()}
                    </select></label>
                <Field label=t(text::seller::WEIGHT) name="form[weight_grams]" kind="number" value=weight errors />
                <label class="grid gap-1"><span class="text-sm font-semibold">{t(text::seller::STATUS)}</span>
                    <select class="select w-full" name="form[status]">
                        {ProductStatus::ALL.iter().map(|s| view! { <option value=s.as_str() selected=*s == status>{t(status_label(*s))}</option> }).collect_view()}
                    </select></label>
            </div>
            <fieldset class="grid gap-2"><legend class="mb-1 font-bold">{t(text::seller::VARIANTS)}</legend>
                <p class="text-sm">{t(text::seller::VARIANTS_HELP)}</p>
                <div class="overflow-x-auto"><table class="table-sm w-full">
                    <thead><tr>
                        <th class="text-left">{t(text::seller::SKU)}</th>
                        <th><input class="input input-sm w-28" name="form[option_one]" value=one aria-label=t(text::seller::OPTION_ONE) /></th>
                        <th><input class="input input-sm w-28" name="form[option_two]" value=two aria-label=t(text::seller::OPTION_TWO) /></th>
                        <th class="text-left">{t(text::shop::PRICE)}</th><th class="text-left">{t(text::seller::STOCK)}</th></tr></thead>
                    <tbody>{variants.into_iter().enumerate().map(|(i, [sku, one, two, price, stock])| {
                        let name = |field: &str| format!("form[variants][{i}][{field}]");
                        let label = |text| tf(text::seller::ROW_LABEL, &[("label", &t(text)), ("n", &(i + 1))]);
                        view! { <tr>
                            <td><input class="input input-sm w-32" name=name("sku") value=sku aria-label=label(text::seller::SKU) /></td>
                            <td><input class="input input-sm w-28" name=name("one") value=one aria-label=label(text::seller::OPTION_ONE) /></td>
                            <td><input class="input input-sm w-28" name=name("two") value=two aria-label=label(text::seller::OPTION_TWO) /></td>
                            <td><input class="input input-sm w-28 tabular-nums" type="number" min="1" name=name("price") value=price aria-label=label(text::shop::PRICE) /></td>
                            // Stock of a known variant is changed in the stock table, with a reason.
                            <td><input class="input input-sm w-24 tabular-nums" type="number" min="0" name=name("stock") value=stock aria-label=label(text::seller::STOCK) readonly={i < known} /></td>
                        </tr> }
                    }).collect_view()}</tbody>
                </table></div>
            </fieldset>
            <fieldset class="grid gap-2"><legend class="mb-1 font-bold">{t(text::shop::SPECIFICATIONS)}</legend>
                {specifications.into_iter().enumerate().map(|(i, (label, value))| view! {
                    <div class="grid grid-cols-2 gap-2">
                        <input class="input input-sm w-full" name=format!("form[specifications][{i}][label]") value=label maxlength="60" aria-label=tf(text::seller::SPEC_LABEL, &[("n", &(i + 1))]) placeholder=t(text::seller::SPEC_LABEL_HINT) />
                        <input class="input input-sm w-full" name=format!("form[specifications][{i}][value]") value=value maxlength="300" aria-label=tf(text::seller::SPEC_VALUE, &[("n", &(i + 1))]) placeholder=t(text::seller::SPEC_VALUE_HINT) />
                    </div>
                }).collect_view()}
            </fieldset>
            <SubmitButton label=t(text::ui::SAVE) pending=action.pending() />
        </ActionForm>
    }
}

fn flatten(nodes: &[CategoryNode], depth: usize, options: &mut Vec<(String, String)>) {
    for node in nodes {
        options.push((node.slug.clone(), format!("{}{}", "\u{2003}".repeat(depth), node.name)));
        flatten(&node.children, depth + 1, options);
    }
}

/// Uploads are plain multipart posts to the server; it comes back here.
#[component]
fn Pictures(id: String, images: Vec<ImageView>) -> impl IntoView {
    let remove = ServerAction::<RemoveImage>::new();
    let query = use_query_map();
    let upload_error = query.read_untracked().get("upload_error");
    let room = MAX_IMAGES.saturating_sub(images.len());
    let product = StoredValue::new(id.clone());
    view! {
        <section class="card bg-base-100 p-5">
            <h2 class="mb-3 text-lg font-bold">{t(text::seller::PICTURES)}</h2>
            {upload_error.map(|message| view! { <div class="mb-3"><Alert kind="error"><p>{message}</p></Alert></div> })}
            <ul class="mb-3 flex flex-wrap gap-3">
                {images.into_iter().map(|image| view! {
                    <li class="grid gap-1"><img class="rounded-field size-24 object-cover" src=image.small_url alt=image.alt width="96" height="96" />
                        <ActionForm action=remove><HiddenField name="product" value=product.get_value() /><HiddenField name="image" value=image.id.to_string() /><button class="btn btn-xs w-full">{t(text::ui::REMOVE)}</button></ActionForm></li>
                }).collect_view()}
            </ul>
            {(room > 0).then(|| view! {
                <form action=format!("/seller/products/{id}/pictures") method="post" enctype="multipart/form-data" class="flex flex-wrap items-end gap-2">
                    <label class="grid gap-1"><span class="text-sm font-semibold">{t(text::seller::ADD_PICTURES)}</span><input class="file-input" type="file" name="image" accept="image/jpeg,image/png,image/webp" multiple required /></label>
                    <button class="btn">{t(text::seller::UPLOAD)}</button>
                    <p class="w-full text-sm">{t(text::seller::PICTURES_HELP)}</p>
                </form>
            })}
        </section>
    }
}
