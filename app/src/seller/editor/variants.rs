//! The variants of a product: a block of fields each, so that a phone shows them whole.

use super::form::AddRow;
use crate::i18n::{t, text, tf};
use crate::ui::{Errors, Field, HiddenField};
use domain::catalog::{ImageView, MAX_OPTIONS, MAX_VARIANTS, SellerProductView, VariantView};
use leptos::prelude::*;

#[component]
pub fn Variants(product: Option<SellerProductView>, errors: Errors) -> impl IntoView {
    let (variants, images, mut names) = match product {
        None => (vec![], vec![], vec![t(text::seller::COLOUR).to_owned(), t(text::seller::SIZE).to_owned()]),
        Some(p) => (p.product.variants, p.product.images, p.product.options.into_iter().map(|o| o.name).collect()),
    };
    names.resize(MAX_OPTIONS, String::new());
    let shown = RwSignal::new(variants.len() + if variants.is_empty() { 3 } else { 1 });
    // The column titles follow the option names as they are typed.
    let names: Vec<RwSignal<String>> = names.into_iter().map(RwSignal::new).collect();
    let known = StoredValue::new((variants, images, names.clone()));
    view! {
        <fieldset class="grid gap-2"><legend class="mb-2 text-lg font-bold">{t(text::seller::VARIANTS)}</legend>
            <p class="text-sm">{t(text::seller::VARIANTS_HELP)}</p>
            <div role="group" aria-label=t(text::seller::OPTION_NAMES) class="grid grid-cols-3 gap-2 sm:max-w-lg">
                {names.into_iter().enumerate().map(|(i, name)| view! {
                    <label class="grid gap-1"><span class="text-sm font-semibold">{tf(text::seller::OPTION, &[("n", &(i + 1))])}</span>
                        <input class="input input-sm w-full" name=format!("form[options][{i}]") maxlength="30" prop:value=name value=name.get_untracked() on:input=move |ev| name.set(event_target_value(&ev)) /></label>
                }).collect_view()}
            </div>
            <For each=move || 0..shown.get() key=|i| *i let(i)>
                {known.with_value(|(variants, images, names)| view! { <Row i variant=variants.get(i).cloned() images=images.clone() names=names.clone() errors /> })}
            </For>
            <AddRow shown limit=MAX_VARIANTS />
        </fieldset>
    }
}

#[component]
fn Row(
    i: usize,
    variant: Option<VariantView>,
    images: Vec<ImageView>,
    names: Vec<RwSignal<String>>,
    errors: Errors,
) -> impl IntoView {
    let at = |field: &str| format!("form[variants][{i}][{field}]");
    let known = variant.is_some();
    let of = |f: fn(&VariantView) -> String| variant.as_ref().map(f).unwrap_or_default();
    let chosen = variant.as_ref().and_then(|v| v.image_url.clone());
    let values = names.into_iter().enumerate().map(|(column, name)| {
        let value = variant.as_ref().and_then(|v| v.options.get(&name.get_untracked()).cloned()).unwrap_or_default();
        let title = move || Some(name.get()).filter(|n| !n.is_empty()).unwrap_or_else(|| tf(text::seller::OPTION, &[("n", &(column + 1))]));
        view! {
            <label class="grid content-start gap-1" class:is-unnamed=move || name.get().is_empty()><span class="text-sm font-semibold">{title}</span>
                <input class="input w-full" name=format!("form[variants][{i}][values][{column}]") maxlength="50" value=value /></label>
        }
    });
    let values = values.collect_view();
    view! {
        <fieldset class="border-base-300 rounded-box grid grid-cols-2 gap-x-3 gap-y-2 border p-3 sm:grid-cols-4" data-testid="variant">
            <legend class="px-1 text-sm font-bold">{tf(text::seller::VARIANT, &[("n", &(i + 1))])}</legend>
            <HiddenField name=at("id") value=of(|v| v.id.to_string()) />
            {values}
            <Field label=t(text::field::PRICE) name=at("price") kind="number" value=of(|v| v.price.rupiah().to_string()) required=known errors />
            // Stock of a known variant is changed in the stock table, where it leaves a movement.
            {if known {
                view! { <p class="grid content-start gap-1"><span class="text-sm font-semibold">{t(text::field::STOCK)}</span><span class="py-2 tabular-nums">{of(|v| v.available.to_string())}</span></p> }.into_any()
            } else {
                view! { <Field label=t(text::field::STOCK) name=at("stock") kind="number" required=false errors /> }.into_any()
            }}
            <Field label=t(text::field::SKU) name=at("sku") value=of(|v| v.sku.clone()) maxlength=64 required=false errors />
            <Field label=t(text::field::BARCODE) name=at("barcode") value=of(|v| v.barcode.clone().unwrap_or_default()) maxlength=32 required=false errors />
            {(!images.is_empty()).then(|| view! {
                <label class="grid content-start gap-1"><span class="text-sm font-semibold">{t(text::field::IMAGE)}</span>
                    <select class="select w-full" name=at("image_id")>
                        <option value="">{t(text::seller::NO_PICTURE)}</option>
                        {images.iter().enumerate().map(|(n, image)| view! {
                            <option value=image.id.to_string() selected=chosen.as_ref() == Some(&image.url)>{tf(text::seller::PICTURE, &[("n", &(n + 1))])}</option>
                        }).collect_view()}
                    </select></label>
            })}
            {known.then(|| view! {
                <label class="flex items-center gap-2 self-end py-2 text-sm"><input class="checkbox checkbox-sm" type="checkbox" name=at("remove") value="on" />{t(text::seller::REMOVE_VARIANT)}</label>
            })}
        </fieldset>
    }
}
