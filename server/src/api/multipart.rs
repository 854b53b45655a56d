//! Multipart forms with one file, read up to a limit.

use axum::extract::Multipart;
use axum::extract::multipart::MultipartError;
use axum::http::StatusCode;
use bytes::Bytes;
use domain::Error;
use std::collections::BTreeMap;

/// Bytes of a text field.
const MAX_TEXT: usize = 16 * 1024;

/// What was sent.
pub struct Form {
    /// Files of the field asked for, in order.
    pub files: Vec<Bytes>,
    texts: BTreeMap<String, String>,
    /// What the sender calls the last file.
    name: String,
}

impl Form {
    /// The text field, empty when it was not sent.
    pub fn text(&self, name: &str) -> &str {
        self.texts.get(name).map_or("", String::as_str)
    }

    /// What the sender calls the file; never a path of ours.
    pub fn file_name(&self) -> &str {
        &self.name
    }

    /// The one file.
    pub fn file(&mut self, field: &str) -> Result<Bytes, Error> {
        self.files.pop().ok_or_else(|| Error::invalid(field, "required"))
    }
}

/// Reads the form; files of `field` may have `limit` bytes each.
pub async fn read(mut form: Multipart, field: &str, limit: u64) -> Result<Form, Error> {
    let mut read = Form { files: vec![], texts: BTreeMap::new(), name: String::new() };
    let refuse = |error: MultipartError| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge { limit },
        _ => Error::Malformed("multipart body".into()),
    };
    while let Some(mut part) = form.next_field().await.map_err(refuse)? {
        let Some(name) = part.name().map(str::to_owned) else { continue };
        let is_file = name == field;
        if let Some(file) = part.file_name().filter(|_| is_file) {
            read.name = file.to_owned();
        }
        let most = if is_file { limit as usize } else { MAX_TEXT };
        let mut bytes = Vec::new();
        while let Some(chunk) = part.chunk().await.map_err(refuse)? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > most {
                return Err(Error::TooLarge { limit: most as u64 });
            }
        }
        if is_file {
            read.files.push(bytes.into());
        } else {
            let text = String::from_utf8(bytes).map_err(|_| Error::invalid(name.clone(), "invalid_characters"))?;
            read.texts.insert(name, text);
        }
    }
    Ok(read)
}
