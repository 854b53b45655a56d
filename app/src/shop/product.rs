//! The product page. The buy form is a plain form; scripts only make it follow the choice.

use super::api::{AddToCart, ProductDetail, get_product};
use super::reviews::Reviews;
use crate::i18n::{t, text, tf};
use crate::load::load;
use crate::session::use_session;
use crate::ui::{ErrorSummary, Errors, FailureView, Icon, Money, Picture, ProductGrid, SkeletonPage, Stars, SubmitButton};
use domain::catalog::{ImageView, OptionType, ProductView, VariantView};
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::{Link, Meta, Script, Title};
use leptos_router::hooks::use_params_map;

#[component]
pub fn ProductPage() -> impl IntoView {
    let params = use_params_map();
    let product = load(move || params.read().get("slug").unwrap_or_default(), get_product);
    view! {
        <Transition fallback=SkeletonPage>
            {move || Suspend::new(async move {
                match product.await {
                    Ok(detail) => view! { <Content detail /> }.into_any(),
                    Err(failure) => view! { <FailureView failure /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Content(detail: ProductDetail) -> impl IntoView {
    let ProductDetail { product, summary, reviews, related, url } = detail;
    let crumbs = product.category.path.clone();
    let specifications = product.specifications.clone();
    let shown = RwSignal::new(0_usize);
    view! {
        <Head product=product.clone() url />
        <nav aria-label=t(text::shop::BREADCRUMBS) class="breadcrumbs mb-2 text-sm">
            <ul>
                <li><a href="/">{t(text::shell::HOME)}</a></li>
                {crumbs.into_iter().map(|(slug, name)| view! { <li><a href=format!("/search?category={slug}")>{name}</a></li> }).collect_view()}
            </ul>
        </nav>
        <div class="grid gap-6 lg:grid-cols-[1fr_1fr]">
            <Gallery images=product.images.clone() name=product.name.clone() shown />
            <section class="card bg-base-100 h-fit gap-4 p-5">
                <h1 class="text-xl font-bold sm:text-2xl">{product.name.clone()}</h1>
                <p class="flex flex-wrap gap-3 text-sm">
                    <Stars rating=product.rating count=product.rating_count />
                    {tf(text::ui::SOLD, &[("count", &product.sold_count)])}
                </p>
                <BuyForm product=product.clone() shown />
                <a href=format!("/s/{}", product.store.slug) class="border-base-300 flex items-center gap-3 border-t pt-4">
                    <span class="bg-secondary text-secondary-content rounded-full p-3"><Icon name="store" /></span>
                    <span><span class="block font-semibold">{product.store.name.clone()}</span><span class="text-sm">{product.store.location.clone()}</span></span>
                </a>
            </section>
        </div>
        <div class="mt-6 grid gap-6 lg:grid-cols-[2fr_1fr]">
            <section class="card bg-base-100 p-5">
                <h2 class="mb-2 text-lg font-bold">{t(text::shop::DESCRIPTION_TITLE)}</h2>
                <div class="prose" inner_html=product.description_html.clone()></div>
            </section>
            {(!specifications.is_empty()).then(|| view! {
                <section class="card bg-base-100 h-fit p-5">
                    <h2 class="mb-2 text-lg font-bold">{t(text::shop::SPECIFICATIONS)}</h2>
                    <dl class="grid grid-cols-[auto_1fr] gap-x-4 gap-y-2 text-sm">
                        {specifications.into_iter().map(|row| view! { <dt class="opacity-90">{row.label}</dt><dd class="font-semibold">{row.value}</dd> }).collect_view()}
                    </dl>
                </section>
            })}
        </div>
        <Reviews summary reviews />
        {(!related.is_empty()).then(|| view! {
            <section class="mt-8"><h2 class="mb-3 text-lg font-bold">{t(text::shop::RELATED)}</h2><ProductGrid products=related /></section>
        })}
    }
}

/// Title, share preview, structured data, canonical address.
#[component]
fn Head(product: ProductView, url: String) -> impl IntoView {
    let plain: String = product
        .description_html
        .split('<')
        .filter_map(|part| part.split_once('>').map(|(_, text)| text).or(Some(part)))
        .collect::<Vec<_>>()
        .join(" ");
    let description: String =
        format!("{} {}", product.name, plain).split_whitespace().collect::<Vec<_>>().join(" ").chars().take(160).collect();
    let origin = url.split("/p/").next().unwrap_or_default().to_owned();
    let image = product.images.first().map(|i| format!("{origin}{}", i.large_url));
    let availability = if product.in_stock { "https://schema.org/InStock" } else { "https://schema.org/OutOfStock" };
    let mut data = serde_json::json!({
        "@context": "https://schema.org", "@type": "Product", "name": product.name, "description": description, "image": image,
        "offers": { "@type": "AggregateOffer", "priceCurrency": "IDR", "lowPrice": product.price, "highPrice": product.price_max, "availability": availability, "url": url },
    });
    if let Some(rating) = product.rating {
        data["aggregateRating"] =
            serde_json::json!({ "@type": "AggregateRating", "ratingValue": rating, "reviewCount": product.rating_count });
    }
    // `<` must not end the script element.
    let data = data.to_string().replace('<', "\\u003c");
    view! {
        <Title text=product.name.clone() />
        <Meta name="description" content=description.clone() />
        <Meta property="og:type" content="product" />
        <Meta property="og:title" content=product.name />
        <Meta property="og:description" content=description />
        <Meta property="og:url" content=url.clone() />
        {image.map(|image| view! { <Meta property="og:image" content=image /> })}
        <Link rel="canonical" href=url />
        <Script type_="application/ld+json">{data}</Script>
    }
}

#[component]
fn Gallery(images: Vec<ImageView>, name: String, shown: RwSignal<usize>) -> impl IntoView {
    let many = images.len() > 1;
    let thumbs = images.clone();
    let alt = move |image: &ImageView| if image.alt.is_empty() { name.clone() } else { image.alt.clone() };
    let pictures: Vec<_> = if images.is_empty() {
        vec![view! { <Picture url=None alt="" /> }.into_any()]
    } else {
        images
            .iter()
            .enumerate()
            .map(|(index, image)| {
                view! { <div class="rounded-box overflow-hidden" class:hidden=move || shown.get() != index><Picture url=Some(image.url.clone()) alt=alt(image) sizes="(min-width: 64rem) 560px, 92vw" eager=index == 0 /></div> }.into_any()
            })
            .collect()
    };
    view! {
        <section aria-label=t(text::shop::GALLERY)>
            {pictures}
            {many.then(|| view! {
                <ul class="mt-3 flex gap-2">
                    {thumbs.into_iter().enumerate().map(|(index, image)| view! {
                        <li><button type="button" class="rounded-field aria-pressed:ring-primary size-16 overflow-hidden aria-pressed:ring-2"
                            aria-label=tf(text::shop::SHOW_PICTURE, &[("n", &(index + 1))]) aria-pressed=move || (shown.get() == index).to_string()
                            on:click=move |_| shown.set(index)><img src=image.small_url alt="" width="64" height="64" loading="lazy" /></button></li>
                    }).collect_view()}
                </ul>
            })}
        </section>
    }
}

/// A variant's values, in the order the seller gave to the options.
fn label(variant: &VariantView, options: &[OptionType]) -> String {
    options.iter().filter_map(|o| variant.options.get(&o.name)).cloned().collect::<Vec<_>>().join(", ")
}

/// Choosing a variant shows its picture.
#[component]
fn BuyForm(product: ProductView, shown: RwSignal<usize>) -> impl IntoView {
    let ProductView { variants, options, images, .. } = product;
    let action = ServerAction::<AddToCart>::new();
    let errors = Errors::of(action);
    let session = use_session();
    Effect::new(move |_| {
        if action.version().get() > 0 {
            session.reload();
        }
    });
    let first = variants.iter().position(|v| v.available > 0).unwrap_or(0);
    let chosen = RwSignal::new(first);
    let pictures: Vec<Option<usize>> =
        variants.iter().map(|v| images.iter().position(|image| v.image_url.as_ref() == Some(&image.url))).collect();
    let pictures = StoredValue::new(pictures);
    let choose = move |index: usize| {
        chosen.set(index);
        if let Some(picture) = pictures.with_value(|all| all.get(index).copied().flatten()) {
            shown.set(picture);
        }
    };
    let has_choice = variants.len() > 1;
    let all = StoredValue::new(variants.clone());
    let current = move || all.with_value(|all| all.get(chosen.get()).cloned());
    let stock = move || {
        current().map(|v| match v.available {
            n if n <= 0 => t(text::ui::SOLD_OUT).to_owned(),
            n if n <= 10 => tf(text::shop::STOCK_LEFT, &[("count", &n)]),
            n => tf(text::shop::STOCK, &[("count", &n)]),
        })
    };
    let is_sold_out = move || current().is_none_or(|v| v.available <= 0);
    let single = variants.first().map(|v| v.id.to_string()).unwrap_or_default();
    view! {
        <ActionForm action attr:class="grid gap-4">
            <p class="text-3xl font-extrabold" data-testid="price">{move || current().map(|v| view! { <Money amount=v.price /> })}</p>
            <ErrorSummary errors />
            {if has_choice {
                view! {
                    <fieldset><legend class="mb-2 text-sm font-semibold">{t(text::shop::CHOOSE_VARIANT)}</legend>
                        <div class="flex flex-wrap gap-2">
                            {variants.iter().enumerate().map(|(index, variant)| view! {
                                <label class="btn has-[:checked]:btn-primary has-[:focus-visible]:outline-accent has-[:focus-visible]:outline-3">
                                    <input class="sr-only" type="radio" name="variant_id" value=variant.id.to_string() checked=index == first on:change=move |_| choose(index) />
                                    {label(variant, &options)}
                                </label>
                            }).collect_view()}
                        </div>
                    </fieldset>
                }.into_any()
            } else {
                view! { <input type="hidden" name="variant_id" value=single /> }.into_any()
            }}
            <p class="text-sm font-semibold" data-testid="stock">{stock}</p>
            <div class="bg-base-100 flex items-end gap-3 max-sm:border-base-300 max-sm:fixed max-sm:inset-x-0 max-sm:bottom-14 max-sm:z-30 max-sm:border-t max-sm:p-3">
                <label class="grid gap-1"><span class="text-sm font-semibold max-sm:sr-only">{t(text::shop::QUANTITY)}</span>
                    <input class="input w-20 tabular-nums" type="number" name="quantity" min="1" max="10000" value="1" required /></label>
                <div class="flex-1" class:opacity-60=is_sold_out><SubmitButton label=t(text::shop::ADD_TO_CART) pending=action.pending() class="btn btn-primary w-full" /></div>
            </div>
        </ActionForm>
    }
}
