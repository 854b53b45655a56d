//! Reviews with their histogram.

use crate::i18n::{day, t, text, tf};
use crate::ui::Icon;
use domain::analytics::{WIB, local_day};
use domain::review::{RatingSummary, ReviewView};
use leptos::prelude::*;

/// Reviews before the reader asks for more.
const SHOWN: usize = 5;

#[component]
pub fn Reviews(summary: RatingSummary, mut reviews: Vec<ReviewView>) -> impl IntoView {
    let rest = reviews.split_off(reviews.len().min(SHOWN));
    let list = |reviews: Vec<ReviewView>| {
        view! { <ul class="divide-base-300 grid divide-y">{reviews.into_iter().map(|review| view! { <One review /> }).collect_view()}</ul> }
    };
    let count = summary.count;
    view! {
        <section class="card bg-base-100 mt-6 p-5" aria-labelledby="reviews">
            <h2 id="reviews" class="mb-3 text-lg font-bold">{tf(text::shop::REVIEWS, &[("count", &count)])}</h2>
            {match summary.average {
                None => view! { <p>{t(text::shop::NO_REVIEWS)}</p> }.into_any(),
                Some(average) => view! {
                    <div class="mb-4 flex flex-wrap items-center gap-6">
                        <p class="text-4xl font-extrabold">{average.to_string()}<span class="text-base font-normal">" / 5"</span></p>
                        <ul class="grid flex-1 gap-1 text-sm">
                            {(1..=5_usize).rev().map(|stars| {
                                let of = summary.histogram.get(stars - 1).copied().unwrap_or(0);
                                view! { <li class="flex items-center gap-2"><span class="w-4">{stars}</span>
                                    <progress class="progress progress-primary flex-1" value=of max=count aria-label=tf(text::shop::STARS, &[("n", &stars)])></progress><span class="w-8 tabular-nums">{of}</span></li> }
                            }).collect_view()}
                        </ul>
                    </div>
                }.into_any(),
            }}
            {list(reviews)}
            {(!rest.is_empty()).then(|| view! { <details><summary class="btn btn-sm mt-2">{t(text::shop::MORE_REVIEWS)}</summary>{list(rest)}</details> })}
        </section>
    }
}

#[component]
fn One(review: ReviewView) -> impl IntoView {
    view! {
        <li class="grid gap-1 py-3" data-testid="review">
            <p class="flex flex-wrap items-center gap-2 text-sm">
                <span class="font-semibold">{review.author}</span>
                <span role="img" aria-label=tf(text::shop::STARS, &[("n", &review.rating)])>{"★".repeat(review.rating.max(0) as usize)}</span>
                <span class="badge badge-success badge-sm gap-1"><Icon name="check" />{t(text::shop::VERIFIED)}</span>
                <span>{day(local_day(review.created_at, WIB))}</span>
            </p>
            <p class="text-sm">{review.variant}</p>
            <p class="whitespace-pre-line">{review.comment}</p>
        </li>
    }
}
