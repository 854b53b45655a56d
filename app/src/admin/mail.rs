//! Every kind of letter with sample values, as phones and desktops show it, and as text.

use super::api::{Sample, get_sample};
use super::frame::Frame;
use crate::i18n::{Text, letter_text, t, text};
use crate::load::load;
use crate::ui::{FailureView, PageTitle, SkeletonPage};
use domain::Locale;
use domain::letter::LetterKind;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

#[component]
pub fn AdminMail() -> impl IntoView {
    let query = use_query_map();
    let source = move || (query.read().get("kind"), query.read().get("lang"));
    let sample = load(source, |(kind, lang)| get_sample(kind, lang));
    let is_phone = Memo::new(move |_| query.read().get("width").as_deref() == Some("phone"));
    view! {
        <Frame>
            <PageTitle title=t(text::admin::MAIL) />
            <Transition fallback=SkeletonPage>
                {move || {
                    let is_phone = is_phone.get();
                    Suspend::new(async move {
                        match sample.await {
                            Ok(sample) => view! { <Content sample is_phone /> }.into_any(),
                            Err(failure) => view! { <FailureView failure /> }.into_any(),
                        }
                    })
                }}
            </Transition>
        </Frame>
    }
    .into_any()
}

fn address(kind: LetterKind, locale: Locale, is_phone: bool) -> String {
    let width = if is_phone { "phone" } else { "desktop" };
    format!("/admin/mail?kind={kind}&lang={locale}&width={width}")
}

#[component]
fn Content(sample: Sample, is_phone: bool) -> impl IntoView {
    let Sample { kind, locale, subject, text: body } = sample;
    let width = if is_phone { "w-[375px] max-w-full" } else { "w-full" };
    let kinds = LetterKind::ALL.iter().map(|k| {
        let current = (*k == kind).then_some("page");
        view! { <a class="btn btn-sm aria-[current]:btn-primary shrink-0" href=address(*k, locale, is_phone) aria-current=current>{t(letter_text(*k))}</a> }
    });
    view! {
        <nav class="mb-4 flex gap-1 overflow-x-auto sm:flex-wrap" aria-label=t(text::admin::KINDS) data-testid="letter-kinds">{kinds.collect_view()}</nav>
        <div class="mb-4 flex flex-wrap gap-4">
            <Choice label=text::admin::LANGUAGE options=vec![
                ("Bahasa Indonesia", address(kind, Locale::Id, is_phone), locale == Locale::Id),
                ("English", address(kind, Locale::En, is_phone), locale == Locale::En),
            ] />
            <Choice label=text::admin::WIDTH options=vec![
                (t(text::admin::PHONE), address(kind, locale, true), is_phone),
                (t(text::admin::DESKTOP), address(kind, locale, false), !is_phone),
            ] />
        </div>
        <section class="card bg-base-100 mb-4 gap-3 p-4">
            <h2 class="text-lg font-bold break-words" data-testid="letter-subject" lang=locale.as_str()>{subject}</h2>
            {kind.is_optional().then(|| view! { <p class="badge h-auto py-1">{t(text::admin::OPTIONAL)}</p> })}
            <iframe class=format!("border-base-300 h-[44rem] rounded-lg border bg-white {width}") title=t(letter_text(kind)) sandbox="" src=format!("/admin/mail/preview/{kind}/{locale}") data-testid="letter"></iframe>
        </section>
        <section class="card bg-base-100 gap-3 p-4">
            <h2 class="text-lg font-bold">{t(text::admin::AS_TEXT)}</h2>
            <pre class="text-sm break-words whitespace-pre-wrap" lang=locale.as_str() data-testid="letter-text">{body}</pre>
        </section>
    }
}

/// A row of links of which one is where the reader is.
#[component]
fn Choice(label: Text, options: Vec<(&'static str, String, bool)>) -> impl IntoView {
    let link = |(words, href, is_here): (&'static str, String, bool)| {
        view! { <a class="btn btn-sm join-item aria-[current]:btn-active" href=href aria-current=is_here.then_some("true")>{words}</a> }
    };
    view! { <nav class="join" aria-label=t(label)>{options.into_iter().map(link).collect_view()}</nav> }
}
