//! What pages load from the server.

use crate::failure::Answer;
use codee::{Decoder, Encoder};
use leptos::prelude::Resource;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Resources are decoded the way answers of server functions are: one decoder of each type in the
/// browser's code instead of two.
pub struct Wire;

impl<T: Serialize> Encoder<T> for Wire {
    type Error = serde_json::Error;
    type Encoded = String;

    fn encode(value: &T) -> Result<String, Self::Error> {
        // Only the server writes resources: the browser's code needs no encoders.
        if cfg!(feature = "ssr") { serde_json::to_string(value) } else { Ok(String::new()) }
    }
}

impl<T: DeserializeOwned> Decoder<T> for Wire {
    type Error = serde_json::Error;
    type Encoded = str;

    fn decode(text: &str) -> Result<T, Self::Error> {
        serde_json::from_slice(text.as_bytes())
    }
}

/// An answer of the server, fetched anew when its source changes.
pub type Load<T> = Resource<Answer<T>, Wire>;

pub fn load<T, S, F>(source: impl Fn() -> S + Send + Sync + 'static, fetch: impl Fn(S) -> F + Send + Sync + 'static) -> Load<T>
where
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    S: PartialEq + Clone + Send + Sync + 'static,
    F: Future<Output = Answer<T>> + Send + 'static,
{
    Resource::new_with_options(source, fetch, false)
}
