//! All text of a product in one form.

use super::api::{Editing, SaveProduct};
use super::variants::Variants;
use crate::i18n::{t, text, tf};
use crate::load::Load;
use crate::seller::products::status_label;
use crate::ui::{Alert, ErrorSummary, Errors, Field, HiddenField, SubmitButton, TextArea};
use domain::catalog::{CategoryNode, ProductStatus, SellerProductView, Specification};
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

#[component]
pub fn Form(loaded: Editing, editing: Load<Editing>) -> impl IntoView {
    let action = ServerAction::<SaveProduct>::new();
    let errors = Errors::of(action);
    let product = loaded.product;
    // The form shows what was saved: generated SKUs, no removed rows, new empty ones.
    Effect::new(move |_| {
        if let Some(Ok(())) = action.value().get() {
            editing.refetch();
        }
    });
    let query = use_query_map();
    let is_saved = move || query.read().get("saved").is_some() && errors.is_empty();
    let all = product.clone();
    let text_of = move |f: fn(&SellerProductView) -> String| all.as_ref().map(f).unwrap_or_default();
    let all = product.clone();
    let measure =
        move |f: fn(&SellerProductView) -> Option<i64>| all.as_ref().and_then(f).map(|mm| mm.to_string()).unwrap_or_default();
    let chosen = text_of(|p| p.product.category.slug.clone());
    let status = product.as_ref().map_or(ProductStatus::Active, |p| p.status);
    let mut categories = vec![];
    flatten(&loaded.categories, 0, &mut categories);
    let weight = product.as_ref().map_or_else(|| "500".to_owned(), |p| p.product.weight_grams.to_string());
    view! {
        <ActionForm action attr:class="card bg-base-100 grid gap-6 p-5">
            {move || is_saved().then(|| view! { <Alert kind="success"><p>{t(text::ui::SAVED)}</p></Alert> })}
            <ErrorSummary errors />
            <HiddenField name="form[id]" value=text_of(|p| p.product.id.to_string()) />
            <div class="grid gap-4">
                <Field label=t(text::seller::NAME) name="form[name]" maxlength=150 value=text_of(|p| p.product.name.clone()) errors />
                <TextArea label=t(text::seller::DESCRIPTION) name="form[description]" rows=6 value=text_of(|p| p.description.clone()) errors />
                <div class="grid gap-4 sm:grid-cols-2">
                    <label class="grid content-start gap-1"><span class="text-sm font-semibold">{t(text::shop::CATEGORY)}</span>
                        <select class="select w-full" name="form[category]" required>
                            {categories.into_iter().map(|(slug, name)| view! { <option value=slug.clone() selected=slug == chosen>{name}</option> }).collect_view()}
                        </select></label>
                    <label class="grid content-start gap-1"><span class="text-sm font-semibold">{t(text::seller::STATUS)}</span>
                        <select class="select w-full" name="form[status]">
                            {ProductStatus::ALL.iter().map(|s| view! { <option value=s.as_str() selected=*s == status>{t(status_label(*s))}</option> }).collect_view()}
                        </select></label>
                </div>
                <Field label=t(text::seller::TAGS) name="form[tags]" value=text_of(|p| p.tags.join(", ")) help=t(text::seller::TAGS_HELP) required=false errors />
            </div>
            <Variants product=product.clone() errors />
            <fieldset class="grid gap-4"><legend class="mb-2 text-lg font-bold">{t(text::seller::PARCEL)}</legend>
                <div class="grid grid-cols-2 gap-4 sm:grid-cols-4">
                    <Field label=t(text::field::WEIGHT_GRAMS) name="form[weight_grams]" kind="number" value=weight errors />
                    <Field label=t(text::field::LENGTH_MM) name="form[length_mm]" kind="number" value=measure(|p| p.length_mm) required=false errors />
                    <Field label=t(text::field::WIDTH_MM) name="form[width_mm]" kind="number" value=measure(|p| p.width_mm) required=false errors />
                    <Field label=t(text::field::HEIGHT_MM) name="form[height_mm]" kind="number" value=measure(|p| p.height_mm) required=false errors />
                </div>
            </fieldset>
            <Specifications rows=product.map(|p| p.product.specifications).unwrap_or_default() />
            <SubmitButton label=t(text::ui::SAVE) pending=action.pending() />
        </ActionForm>
    }
}

#[component]
fn Specifications(rows: Vec<Specification>) -> impl IntoView {
    let empty = || Specification { label: String::new(), value: String::new() };
    let rows: Vec<_> = rows.into_iter().chain([empty(), empty(), empty()]).collect();
    let shown = RwSignal::new(rows.len());
    let row = StoredValue::new(rows);
    view! {
        <fieldset class="grid gap-2"><legend class="mb-2 text-lg font-bold">{t(text::shop::SPECIFICATIONS)}</legend>
            <For each=move || 0..shown.get() key=|i| *i let(i)>
                {
                    let Specification { label, value } = row.with_value(|rows| rows.get(i).cloned()).unwrap_or_else(empty);
                    view! {
                        <div class="grid grid-cols-2 gap-2">
                            <input class="input input-sm w-full" name=format!("form[specifications][{i}][label]") value=label maxlength="60" aria-label=tf(text::seller::SPEC_LABEL, &[("n", &(i + 1))]) placeholder=t(text::seller::SPEC_LABEL_HINT) />
                            <input class="input input-sm w-full" name=format!("form[specifications][{i}][value]") value=value maxlength="300" aria-label=tf(text::seller::SPEC_VALUE, &[("n", &(i + 1))]) placeholder=t(text::seller::SPEC_VALUE_HINT) />
                        </div>
                    }
                }
            </For>
            <AddRow shown limit=50 />
        </fieldset>
    }
}

/// One row more; without scripts, saving brings new empty rows.
#[component]
pub fn AddRow(shown: RwSignal<usize>, limit: usize) -> impl IntoView {
    view! {
        <button type="button" class="btn btn-sm needs-script w-fit" disabled={move || shown.get() >= limit} on:click=move |_| shown.update(|n| *n += 1)>
            {t(text::seller::ADD_ROW)}
        </button>
    }
}

fn flatten(nodes: &[CategoryNode], depth: usize, options: &mut Vec<(String, String)>) {
    for node in nodes {
        options.push((node.slug.clone(), format!("{}{}", "\u{2003}".repeat(depth), node.name)));
        flatten(&node.children, depth + 1, options);
    }
}
