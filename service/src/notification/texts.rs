//! The words of all letters, `service/letters/{id,en}.json`. A new letter is an entry in both files,
//! a kind in the domain, and the values in `compose`.

use crate::{Error, Result};
use domain::Locale;
use domain::letter::LetterKind;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// One language. Texts have `{name}` where a value comes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Texts {
    pub frame: Frame,
    /// Of rows, by key.
    pub labels: BTreeMap<String, String>,
    /// Sentences that stand for a value.
    pub phrases: BTreeMap<String, String>,
    pub letters: BTreeMap<LetterKind, LetterText>,
}

/// What surrounds every letter.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Frame {
    pub hello: String,
    pub why: String,
    pub why_business: String,
    pub automatic: String,
    pub unsubscribe: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LetterText {
    pub subject: String,
    /// What mail programs show beside the subject.
    pub preheader: String,
    pub title: String,
    /// Paragraphs; one whose values are empty is left out.
    pub body: Vec<String>,
    pub button: String,
}

static ID: LazyLock<std::result::Result<Texts, String>> = LazyLock::new(|| read(include_str!("../../letters/id.json")));
static EN: LazyLock<std::result::Result<Texts, String>> = LazyLock::new(|| read(include_str!("../../letters/en.json")));

fn read(text: &str) -> std::result::Result<Texts, String> {
    serde_json::from_str(text).map_err(|e| e.to_string())
}

/// The texts of a language; both are compiled in and tested.
pub(super) fn texts(locale: Locale) -> Result<&'static Texts> {
    let texts = match locale {
        Locale::Id => &*ID,
        Locale::En => &*EN,
    };
    texts.as_ref().map_err(|e| Error::fault(format!("letters of {locale}: {e}")))
}

impl Texts {
    pub fn letter(&self, kind: LetterKind) -> Result<&LetterText> {
        self.letters.get(&kind).ok_or_else(|| Error::fault(format!("letter {kind} has no text")))
    }
}

/// Fills the places of a text in one pass: what a value says is never a place itself.
pub(super) fn fill(text: &str, value: impl Fn(&str) -> Result<String>) -> Result<String> {
    let mut filled = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, tail) = after.split_once('}').ok_or_else(|| Error::fault(format!("broken place in `{text}`")))?;
        filled.push_str(before);
        filled.push_str(&value(name)?);
        rest = tail;
    }
    filled.push_str(rest);
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(text: &str) -> Vec<&str> {
        let mut names: Vec<&str> = text.split('{').skip(1).filter_map(|part| part.split('}').next()).collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn both_languages_say_the_same_things() {
        let (id, en) = (texts(Locale::Id).unwrap(), texts(Locale::En).unwrap());
        assert!(id.labels.keys().eq(en.labels.keys()) && id.phrases.keys().eq(en.phrases.keys()));
        for kind in LetterKind::ALL {
            let (id, en) = (id.letter(*kind).unwrap(), en.letter(*kind).unwrap());
            let all = |t: &LetterText| format!("{} {} {} {} {}", t.subject, t.preheader, t.title, t.body.concat(), t.button);
            assert_eq!(places(&all(id)), places(&all(en)), "{kind}");
            assert_eq!(id.body.len(), en.body.len(), "{kind}");
        }
    }

    #[test]
    fn values_are_never_filled_again() {
        let filled = fill("{a} {b}", |name| Ok(if name == "a" { "{b}".into() } else { "2".to_owned() })).unwrap();
        assert_eq!(filled, "{b} 2");
        assert!(fill("{a", |_| Ok(String::new())).is_err());
    }
}
