//! Rates of the platform, and where categories and stores differ.

use super::books_api::{Rates, SetRate, get_rates};
use super::done::Done;
use super::frame::Frame;
use crate::i18n::{locale, t, text};
use crate::load::load;
use crate::ui::{DoneAlert, ErrorSummary, Errors, FailureView, Field, HiddenField, PageTitle, SkeletonPage, SubmitButton};
use domain::catalog::CategoryNode;
use domain::rate::{Rate, RateKind};
use leptos::form::ActionForm;
use leptos::prelude::*;

#[component]
pub fn FinanceRates() -> impl IntoView {
    let set = ServerAction::<SetRate>::new();
    let rates = load(move || set.version().get(), |_| get_rates());
    view! {
        <Frame>
            <PageTitle title=t(text::finance::RATES) />
            <div aria-live="polite" class="mb-4 empty:hidden"><ErrorSummary errors=Errors::of(set) /><DoneAlert words=Done::told is_refused=Errors::any([Errors::of(set)]) turn=set.version() /></div>
            <Transition fallback=SkeletonPage>
                {move || Suspend::new(async move {
                    match rates.await {
                        Ok(rates) => view! { <Content rates set /> }.into_any(),
                        Err(failure) => view! { <FailureView failure /> }.into_any(),
                    }
                })}
            </Transition>
        </Frame>
    }
    .into_any()
}

#[component]
fn Content(rates: Rates, set: ServerAction<SetRate>) -> impl IntoView {
    let Rates { rates, categories, can_set } = rates;
    view! {
        <p class="mb-4">{t(if can_set { text::finance::RATE_HELP } else { text::finance::RATES_READ_ONLY })}</p>
        <ul class="grid gap-3" data-testid="rates">{rates.into_iter().map(|rate| view! { <Row rate set can_set /> }).collect_view()}</ul>
        {can_set.then(|| view! { <Override categories set /> })}
    }
}

#[component]
fn Row(rate: Rate, set: ServerAction<SetRate>, can_set: bool) -> impl IntoView {
    let kind = match rate.kind {
        RateKind::Commission => text::finance::RATE_KIND_COMMISSION,
        RateKind::CommissionTax => text::finance::RATE_KIND_COMMISSION_TAX,
    };
    let is_override = rate.name.is_some();
    let whose = rate.name.unwrap_or_else(|| t(text::finance::RATE_PLATFORM).to_owned());
    let category = rate.category_id.map(|id| id.to_string()).unwrap_or_default();
    let store = rate.store_id.map(|id| id.to_string()).unwrap_or_default();
    let form = [rate.kind.as_str(), &category, &store].join("-");
    let about = StoredValue::new((form.clone(), rate.kind.as_str(), category, store));
    let hidden = move || {
        let (form, kind, category, store) = about.get_value();
        view! { <HiddenField name="form" value=form /><HiddenField name="kind" value=kind /><HiddenField name="category_id" value=category /><HiddenField name="store_id" value=store /> }
    };
    view! {
        <li class="card bg-base-100 flex-row flex-wrap items-end justify-between gap-3 p-4">
            <p class="grid"><span class="font-semibold">{whose}</span><span class="text-sm">{t(kind)}</span></p>
            {if can_set { view! { <div class="flex flex-wrap items-end gap-2">
                <ActionForm action=set attr:class="flex items-end gap-2">{hidden()}
                    <Field label=t(text::finance::RATE) name="basis_points" kind="number" value=rate.basis_points.to_string() errors=Errors::of(set) form />
                    <SubmitButton label=t(text::finance::SET_RATE) pending=set.pending() class="btn" />
                </ActionForm>
                {is_override.then(|| view! {
                    <ActionForm action=set attr:class="flex">{hidden()}<SubmitButton label=t(text::finance::REMOVE_RATE) pending=set.pending() class="btn btn-ghost" /></ActionForm>
                })}
            </div> }.into_any() } else { view! { <p class="text-lg font-bold tabular-nums">{percent(rate.basis_points)}</p> }.into_any() }}
        </li>
    }
}

/// Ten-thousandths as a person reads them: `2,5%`.
fn percent(basis_points: i64) -> String {
    let (whole, part) = (basis_points / 100, format!("{:02}", basis_points % 100));
    let mark = locale().choose(",", ".");
    match part.trim_end_matches('0') {
        "" => format!("{whole}%"),
        part => format!("{whole}{mark}{part}%"),
    }
}

/// Name and id of every category, children indented.
fn options(nodes: &[CategoryNode], depth: usize, into: &mut Vec<(String, String)>) {
    for node in nodes {
        into.push((node.id.to_string(), format!("{}{}", "– ".repeat(depth), node.name)));
        options(&node.children, depth + 1, into);
    }
}

/// What the form of new rates is called; the others by their rate.
const OVERRIDE: &str = "override";

/// A commission of its own, for a category or a store.
#[component]
fn Override(categories: Vec<CategoryNode>, set: ServerAction<SetRate>) -> impl IntoView {
    let mut names = vec![];
    options(&categories, 0, &mut names);
    view! {
        <section class="card bg-base-100 mt-6 gap-3 p-5">
            <h2 class="text-lg font-bold">{t(text::finance::OVERRIDE)}</h2>
            <ActionForm action=set attr:class="grid items-end gap-3 sm:grid-cols-2" attr:data-testid="override">
                <HiddenField name="form" value=OVERRIDE /><HiddenField name="kind" value=RateKind::Commission.as_str() />
                <label class="grid content-start gap-1"><span class="text-sm font-semibold">{t(text::finance::CATEGORY_SLUG)}</span>
                    <select class="select w-full" name="category_id"><option value="">"–"</option>
                        {names.into_iter().map(|(id, name)| view! { <option value=id>{name}</option> }).collect_view()}
                    </select></label>
                <Field label=t(text::finance::STORE_SLUG) name="store" required=false maxlength=100 errors=Errors::of(set) form=OVERRIDE />
                <Field label=t(text::finance::RATE) name="basis_points" kind="number" errors=Errors::of(set) form=OVERRIDE />
                <SubmitButton label=t(text::finance::SET_RATE) pending=set.pending() />
            </ActionForm>
        </section>
    }
}
