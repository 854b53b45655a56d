//! Forms: label above, error beside the field and in a summary, progress on submit.

use crate::failure::Answer;
use crate::i18n::{error_message, field_message, locale, t, text};
use domain::Error;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The refusal of a form's last submission, by field.
#[derive(Clone, Copy)]
pub struct Errors(Memo<Option<Error>>);

impl Errors {
    /// Follows an action.
    pub fn of<S, T>(action: ServerAction<S>) -> Self
    where
        S: ServerFn<Output = T, Error = crate::failure::Failure> + Send + Sync + Clone + 'static,
        T: Send + Sync + Clone + 'static,
    {
        Self(Memo::new(move |_| {
            action.value().with(|value: &Option<Answer<T>>| match value {
                Some(Err(failure)) => Some(failure.0.clone()),
                _ => None,
            })
        }))
    }

    /// What is wrong with a field.
    pub fn field(self, name: &'static str) -> Option<String> {
        self.0.with(|error| {
            let fields = error.as_ref()?.fields();
            fields.iter().find(|f| f.field == name || f.field.ends_with(&format!(".{name}"))).map(|f| field_message(f, locale()))
        })
    }
}

/// The refusal above the form, announced and focusable.
#[component]
pub fn ErrorSummary(errors: Errors) -> impl IntoView {
    move || {
        errors.0.get().map(|error| {
            let fields: Vec<String> =
                error.fields().iter().map(|f| format!("{}: {}", f.field, field_message(f, locale()))).collect();
            view! {
                <div role="alert" tabindex="-1" class="alert alert-error mb-3 block" data-testid="form-error">
                    <p class="font-semibold">{error_message(&error, locale())}</p>
                    <ul class="list-disc ps-5">{fields.into_iter().map(|f| view! { <li>{f}</li> }).collect_view()}</ul>
                </div>
            }
        })
    }
}

/// A labelled input.
#[component]
pub fn Field(
    #[prop(into)] label: String,
    name: &'static str,
    errors: Errors,
    #[prop(default = "text")] kind: &'static str,
    #[prop(optional, into)] value: String,
    #[prop(optional, into)] help: Option<String>,
    #[prop(optional)] autocomplete: Option<&'static str>,
    #[prop(default = true)] required: bool,
    #[prop(optional, into)] maxlength: Option<i64>,
) -> impl IntoView {
    let error = move || errors.field(name);
    let error_id = format!("{name}-error");
    let described = error_id.clone();
    view! {
        <label class="grid gap-1">
            <span class="text-sm font-semibold">{label}</span>
            <input class="input w-full aria-[invalid=true]:input-error" type=kind name=name value=value required=required autocomplete=autocomplete maxlength=maxlength
                aria-invalid=move || error().map(|_| "true") aria-describedby=move || error().map(|_| described.clone()) />
            {help.map(|help| view! { <span class="text-base-content/80 text-sm">{help}</span> })}
            <span id=error_id class="text-error text-sm">{error}</span>
        </label>
    }
}

#[component]
pub fn TextArea(
    #[prop(into)] label: String,
    name: &'static str,
    errors: Errors,
    #[prop(optional, into)] value: String,
    #[prop(optional, into)] help: Option<String>,
    #[prop(default = 4)] rows: u32,
) -> impl IntoView {
    view! {
        <label class="grid gap-1">
            <span class="text-sm font-semibold">{label}</span>
            <textarea class="textarea w-full" name=name rows=rows>{value}</textarea>
            {help.map(|help| view! { <span class="text-base-content/80 text-sm">{help}</span> })}
            <span class="text-error text-sm">{move || errors.field(name)}</span>
        </label>
    }
}

#[component]
pub fn HiddenField(name: &'static str, #[prop(into)] value: String) -> impl IntoView {
    view! { <input type="hidden" name=name value=value /> }
}

/// Shows progress while the form is on its way.
#[component]
pub fn SubmitButton(
    #[prop(into)] label: String,
    #[prop(into)] pending: Signal<bool>,
    #[prop(default = "btn btn-primary")] class: &'static str,
    /// The id of the form, for a button outside it.
    #[prop(optional)]
    form: Option<&'static str>,
) -> impl IntoView {
    view! {
        <button type="submit" class=class form=form disabled=pending>
            {move || pending.get().then(|| view! { <span class="loading loading-spinner loading-sm" aria-hidden="true"></span><span class="sr-only">{t(text::ui::SENDING)}</span> })}
            {label}
        </button>
    }
}
