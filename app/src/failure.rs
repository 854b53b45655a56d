//! The error of server functions: a refusal of the domain.

use domain::Error;
use leptos::prelude::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};
use server_fn::codec::JsonEncoding;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{0}")]
pub struct Failure(pub Error);

pub type Answer<T> = Result<T, Failure>;

impl FromServerFnError for Failure {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(text) | ServerFnErrorErr::MissingArg(text) => malformed(text),
            _ => Self(Error::Transport),
        }
    }
}

/// Arguments that cannot be read are the caller's mistake; the framework would answer 500.
fn malformed(text: String) -> Failure {
    #[cfg(feature = "ssr")]
    return Failure::from(Error::Malformed(text));
    #[cfg(not(feature = "ssr"))]
    Failure(Error::Malformed(text))
}

#[cfg(feature = "ssr")]
impl From<service::Error> for Failure {
    fn from(error: service::Error) -> Self {
        Self::from(error.into_domain())
    }
}

/// Of one form among several of a page: its refused fields are called by it (see `Field`).
#[cfg(feature = "ssr")]
pub fn in_form(form: &str) -> impl FnOnce(service::Error) -> Failure {
    move |error| match error.into_domain() {
        Error::Invalid(mut fields) => {
            fields.iter_mut().for_each(|f| f.field = format!("{form}.{}", f.field));
            Error::Invalid(fields).into()
        }
        other => other.into(),
    }
}

/// Also sets the answer's status, except for plain form posts: their redirect back to the form must
/// survive, the error travels in it.
#[cfg(feature = "ssr")]
impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        use leptos::prelude::use_context;
        let is_plain_form = use_context::<http::request::Parts>().is_some_and(|parts| {
            let accept = parts.headers.get(http::header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
            parts.method == http::Method::POST && accept.contains("text/html")
        });
        if !is_plain_form
            && let Some(response) = use_context::<leptos_axum::ResponseOptions>()
            && let Ok(status) = http::StatusCode::from_u16(error.status())
        {
            response.set_status(status);
        }
        Self(error)
    }
}
