//! Products in lists, pictures, prices, stars.

use super::Icon;
use crate::i18n::{t, text, tf};
use domain::catalog::ProductCard;
use domain::review::Rating;
use leptos::prelude::*;

#[component]
pub fn Money(amount: domain::Money) -> impl IntoView {
    view! { <span class="money">{amount.to_string()}</span> }
}

/// A stored picture in the size that fits; an illustrated stand-in when there is none.
#[component]
pub fn Picture(
    url: Option<String>,
    #[prop(into)] alt: String,
    #[prop(default = "(min-width: 64rem) 240px, 45vw")] sizes: &'static str,
    #[prop(optional)] eager: bool,
) -> impl IntoView {
    match url {
        Some(url) => {
            let base = ["-s.webp", "-m.webp", "-l.webp"].iter().find_map(|end| url.strip_suffix(end)).unwrap_or(&url).to_owned();
            let srcset = format!("{base}-s.webp 240w, {base}-m.webp 480w, {base}-l.webp 1080w");
            let (loading, priority) = if eager { ("eager", "high") } else { ("lazy", "auto") };
            view! { <img class="aspect-square w-full object-cover" src=format!("{base}-m.webp") srcset=srcset sizes=sizes alt=alt width="480" height="480" loading=loading fetchpriority=priority decoding="async" /> }.into_any()
        }
        None => view! { <div class="from-secondary to-base-300 text-secondary-content grid aspect-square w-full place-items-center bg-linear-to-br"><Icon name="image" /></div> }.into_any(),
    }
}

#[component]
pub fn Stars(rating: Option<Rating>, count: i64) -> impl IntoView {
    rating.map(|rating| {
        view! {
            <span role="img" class="inline-flex items-center gap-1 text-sm" aria-label=tf(text::ui::RATED, &[("rating", &rating), ("count", &count)])>
                <svg class="text-accent size-4 fill-current" aria-hidden="true"><use href="/icons.svg#star"></use></svg>
                <span aria-hidden="true">{rating.to_string()}</span>
            </span>
        }
    })
}

#[component]
pub fn ProductGrid(products: Vec<ProductCard>, #[prop(optional)] eager: usize) -> impl IntoView {
    let cards = products.into_iter().enumerate().map(|(index, product)| view! { <Card product eager=index < eager /> });
    view! { <ul class="grid grid-cols-2 gap-3 sm:grid-cols-3 lg:grid-cols-5">{cards.collect_view()}</ul> }
}

#[component]
fn Card(product: ProductCard, eager: bool) -> impl IntoView {
    view! {
        <li class="card bg-base-100 overflow-hidden transition-shadow hover:shadow-lg" data-testid="product-card">
            <a href=format!("/p/{}", product.slug) class="flex h-full flex-col">
                <Picture url=product.image_url alt="" eager=eager />
                <div class="flex flex-1 flex-col gap-1 p-3">
                    <h3 class="line-clamp-2 text-sm">{product.name}</h3>
                    <p class="text-base font-bold"><Money amount=product.price /></p>
                    {(!product.in_stock).then(|| view! { <p class="text-error text-sm font-semibold">{t(text::ui::SOLD_OUT)}</p> })}
                    <p class="mt-auto flex flex-wrap items-center gap-x-2 text-sm">
                        <Stars rating=product.rating count=product.rating_count />
                        {(product.sold_count > 0).then(|| tf(text::ui::SOLD, &[("count", &product.sold_count)]))}
                    </p>
                    <p class="flex items-center gap-1 truncate text-sm">{product.store.location}</p>
                </div>
            </a>
        </li>
    }
}
