//! Reading of paths and queries: an id that is none names nothing (404), numbers are checked by the
//! domain with the field's name (422).

use crate::api::Problem;
use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use domain::{Error, FieldError, Noun, PageRequest};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// An id in the path.
pub struct Id<T>(pub T);

impl<S: Send + Sync, T: std::str::FromStr> FromRequestParts<S> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let missing = || Problem(Error::NotFound(Noun::Page));
        let Path(texts) = Path::<Vec<(String, String)>>::from_request_parts(parts, state).await.map_err(|_| missing())?;
        texts.first().and_then(|(_, text)| text.parse().ok()).map(Self).ok_or_else(missing)
    }
}

/// Two ids in the path.
pub struct Ids<A, B>(pub A, pub B);

impl<S: Send + Sync, A: std::str::FromStr, B: std::str::FromStr> FromRequestParts<S> for Ids<A, B> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let missing = || Problem(Error::NotFound(Noun::Page));
        let Path(texts) = Path::<Vec<(String, String)>>::from_request_parts(parts, state).await.map_err(|_| missing())?;
        let mut texts = texts.into_iter().map(|(_, text)| text);
        let first = texts.next().and_then(|text| text.parse().ok());
        let second = texts.next().and_then(|text| text.parse().ok());
        first.zip(second).map(|(a, b)| Self(a, b)).ok_or_else(missing)
    }
}

/// The query string; every field is text or absent, so that only repeated or broken escapes fail.
pub struct Params<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = Query::<T>::from_request_parts(parts, state).await;
        query.map(|Query(value)| Self(value)).map_err(|_| Problem(Error::Malformed("query string".into())))
    }
}

/// `?page=&per_page=`, with what lists filter by.
#[derive(Debug, Default, Deserialize)]
pub struct ListParams {
    pub page: Option<String>,
    pub per_page: Option<String>,
    pub q: Option<String>,
    pub status: Option<String>,
    pub state: Option<String>,
    pub actor: Option<String>,
    pub action: Option<String>,
    pub subject: Option<String>,
    pub recipient: Option<String>,
    pub from: Option<String>,
    pub to: Option<String>,
    pub low_stock: Option<String>,
    pub warehouse: Option<String>,
    pub after: Option<String>,
}

impl ListParams {
    pub fn page(&self) -> Result<PageRequest, Error> {
        PageRequest::new(number("page", self.page.as_deref())?, number("per_page", self.per_page.as_deref())?)
    }
}

/// A whole number of the query; empty counts as absent.
pub fn number(field: &'static str, text: Option<&str>) -> Result<Option<i64>, Error> {
    match text.map(str::trim).filter(|t| !t.is_empty()) {
        None => Ok(None),
        Some(text) => text.parse().map(Some).map_err(|_| Error::Invalid(vec![FieldError::new(field, "not_a_number")])),
    }
}

/// One of a set of names; empty counts as absent.
pub fn choice<T: std::str::FromStr>(field: &'static str, text: Option<&str>) -> Result<Option<T>, Error> {
    let text = text.filter(|t| !t.is_empty());
    text.map(|t| t.parse().map_err(|_| Error::invalid(field, "unknown_value"))).transpose()
}
