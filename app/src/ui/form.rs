//! Forms: label above, error beside the field and in a summary, progress on submit.

use crate::failure::Answer;
use crate::i18n::{error_message, field_label, field_message, locale, t, text};
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

    /// Whether nothing was refused.
    pub fn is_empty(self) -> bool {
        self.0.with(Option::is_none)
    }

    /// Whether any of several was refused.
    pub fn any<const N: usize>(errors: [Self; N]) -> Signal<bool> {
        Signal::derive(move || errors.iter().any(|errors| !errors.is_empty()))
    }

    /// What is wrong with the field of this name in the form.
    pub fn field(self, name: &str) -> Option<String> {
        let path = path(name);
        let inner = format!(".{path}");
        self.find(|field| field == path || field.ends_with(&inner))
    }

    /// The same in one of several forms that share an action.
    fn field_of(self, form: &str, name: &str) -> Option<String> {
        let path = format!("{form}.{}", path(name));
        self.find(|field| field == path)
    }

    fn find(self, is_wanted: impl Fn(&str) -> bool) -> Option<String> {
        self.0.with(|error| {
            let fields = error.as_ref()?.fields();
            fields.iter().find(|f| is_wanted(&f.field)).map(|f| field_message(f, locale()))
        })
    }
}

/// `form[variants][0][price]` is called `variants[0].price` in refusals, `email` as it is.
fn path(name: &str) -> String {
    let Some((_, inner)) = name.split_once('[') else { return name.to_owned() };
    inner.trim_end_matches(']').split("][").fold(String::new(), |path, part| match part {
        part if part.bytes().all(|b| b.is_ascii_digit()) => format!("{path}[{part}]"),
        part if path.is_empty() => part.to_owned(),
        part => format!("{path}.{part}"),
    })
}

/// The refusal above the form, announced and focusable.
#[component]
pub fn ErrorSummary(errors: Errors) -> impl IntoView {
    move || {
        errors.0.get().map(|error| {
            let fields: Vec<String> = error
                .fields()
                .iter()
                .map(|f| format!("{}{}", field_label(&f.field, locale()), field_message(f, locale())))
                .collect();
            view! {
                <div role="alert" tabindex="-1" class="alert alert-error mb-3 block" data-testid="form-error">
                    <p class="font-semibold">{error_message(&error, locale())}</p>
                    <ul class="list-disc ps-5">{fields.into_iter().map(|f| view! { <li>{f}</li> }).collect_view()}</ul>
                </div>
            }
        })
    }
}

/// What is wrong with a field, and the id of the element that says so.
fn field_error(errors: Errors, form: Option<String>, name: &str) -> (Memo<Option<String>>, String) {
    let id = form.iter().map(String::as_str).chain([name, "error"]).collect::<Vec<_>>().join("-");
    let name = name.to_owned();
    let error = move || match &form {
        Some(form) => errors.field_of(form, &name),
        None => errors.field(&name),
    };
    (Memo::new(move |_| error()), id)
}

/// A labelled input.
#[component]
pub fn Field(
    #[prop(into)] label: String,
    #[prop(into)] name: String,
    errors: Errors,
    #[prop(default = "text")] kind: &'static str,
    #[prop(optional, into)] value: String,
    #[prop(optional, into)] help: Option<String>,
    #[prop(optional)] autocomplete: Option<&'static str>,
    #[prop(default = true)] required: bool,
    #[prop(optional, into)] maxlength: Option<i64>,
    /// Which form it is, where several on the page share an action: refusals name it (`in_form`).
    #[prop(optional, into)]
    form: Option<String>,
) -> impl IntoView {
    let (error, error_id) = field_error(errors, form, &name);
    let described = error_id.clone();
    view! {
        <label class="grid content-start gap-1">
            <span class="text-sm font-semibold">{label}</span>
            <input class="input w-full aria-[invalid=true]:input-error" type=kind name=name value=value required=required autocomplete=autocomplete maxlength=maxlength
                aria-invalid=move || error.get().map(|_| "true") aria-describedby=move || error.get().map(|_| described.clone()) />
            {help.map(|help| view! { <span class="text-base-content/80 text-sm">{help}</span> })}
            <span id=error_id class="text-error text-sm empty:hidden">{error}</span>
        </label>
    }
}

#[component]
pub fn TextArea(
    #[prop(into)] label: String,
    #[prop(into)] name: String,
    errors: Errors,
    #[prop(optional, into)] value: String,
    #[prop(optional, into)] help: Option<String>,
    #[prop(default = 4)] rows: u32,
) -> impl IntoView {
    let (error, error_id) = field_error(errors, None, &name);
    view! {
        <label class="grid gap-1">
            <span class="text-sm font-semibold">{label}</span>
            <textarea class="textarea w-full" name=name rows=rows>{value}</textarea>
            {help.map(|help| view! { <span class="text-base-content/80 text-sm">{help}</span> })}
            <span id=error_id class="text-error text-sm empty:hidden">{error}</span>
        </label>
    }
}

#[component]
pub fn HiddenField(#[prop(into)] name: String, #[prop(into)] value: String) -> impl IntoView {
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

#[cfg(test)]
mod tests {
    use super::*;
    use domain::FieldError;

    #[test]
    fn a_refusal_stands_in_its_own_form() {
        let owner = Owner::new();
        owner.set();
        let errors = Errors(Memo::new(|_| Some(Error::Invalid(vec![FieldError::new("p1-refuse.reason", "required")]))));
        assert!(errors.field_of("p1-refuse", "reason").is_some());
        assert_eq!(errors.field_of("p2-refuse", "reason"), None);
        let (mine, id) = field_error(errors, Some("p1-refuse".into()), "reason");
        assert!(mine.get_untracked().is_some());
        assert_eq!(id, "p1-refuse-reason-error");
        // A page with one form need not name it.
        assert!(errors.field("reason").is_some());
        assert_eq!(field_error(errors, None, "reason").1, "reason-error");
    }

    #[test]
    fn calls_fields_as_refusals_do() {
        assert_eq!(path("email"), "email");
        assert_eq!(path("form[name]"), "name");
        assert_eq!(path("form[variants][12][price]"), "variants[12].price");
    }
}
