//! A letter: its kind, its reader, and the values its words need.

use super::layout::{self, Page};
use super::texts::{Texts, fill, texts};
use super::value::Value;
use crate::{Ctx, Error, Result};
use domain::Locale;
use domain::id::UserId;
use domain::letter::LetterKind;
use entity::user;

/// Who reads it, in which language.
#[derive(Clone, Debug)]
pub(super) struct Reader {
    pub user: UserId,
    pub name: String,
    pub email: String,
    pub locale: Locale,
}

impl From<&user::Model> for Reader {
    fn from(user: &user::Model) -> Self {
        Self { user: user.id, name: user.name.clone(), email: user.email.clone(), locale: user.locale }
    }
}

#[derive(Clone, Debug)]
enum Label {
    /// Of the catalogue.
    Known(&'static str),
    /// What a seller called it.
    Own(String),
}

/// What an email says, before it is put into words.
#[derive(Clone, Debug)]
pub(super) struct Letter {
    pub kind: LetterKind,
    pub to: Reader,
    /// Names the cause when it is not the event: letters with the same key are sent once.
    pub key: Option<String>,
    values: Vec<(&'static str, Value)>,
    rows: Vec<(Label, Value)>,
    link: String,
}

/// Ready to be sent.
#[derive(Clone, Debug)]
pub(super) struct Rendered {
    pub subject: String,
    pub html: String,
    pub text: String,
}

impl Letter {
    /// `path` is where the button leads, on the shop's own site.
    pub fn new(ctx: &Ctx, kind: LetterKind, to: impl Into<Reader>, path: &str) -> Self {
        let link = format!("{}{path}", ctx.settings.public_url);
        Self { kind, to: to.into(), key: None, values: vec![], rows: vec![], link }
    }

    /// Sent once for this cause, whichever event asks for it.
    pub fn keyed(mut self, key: String) -> Self {
        self.key = Some(key);
        self
    }

    /// A value of the letter's words.
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.values.push((name, value.into()));
        self
    }

    /// A row of the table, its label from the catalogue.
    pub fn row(mut self, label: &'static str, value: impl Into<Value>) -> Self {
        self.rows.push((Label::Known(label), value.into()));
        self
    }

    /// A value of the words that also has a row of its own.
    pub fn with_row(self, name: &'static str, value: impl Into<Value>) -> Self {
        let value = value.into();
        self.with(name, value.clone()).row(name, value)
    }

    /// Rows with labels of their own.
    pub fn rows(mut self, rows: impl IntoIterator<Item = (String, Value)>) -> Self {
        self.rows.extend(rows.into_iter().map(|(label, value)| (Label::Own(label), value)));
        self
    }

    /// In the reader's language, as HTML and as text.
    pub fn render(&self, ctx: &Ctx, unsubscribe: Option<&str>) -> Result<Rendered> {
        let locale = self.to.locale;
        let texts = texts(locale)?;
        let words = texts.letter(self.kind)?;
        let say = |text: &str| fill(text, |name| self.value(texts, name));
        let subject = say(&words.subject)?;
        let mut paragraphs = vec![fill(&texts.frame.hello, |_| Ok(self.to.name.clone()))?];
        for paragraph in &words.body {
            paragraphs.push(say(paragraph)?);
        }
        paragraphs.retain(|p| !p.trim().is_empty());
        let page = Page {
            locale: locale.as_str(),
            preheader: say(&words.preheader)?,
            title: say(&words.title)?,
            paragraphs,
            rows: self.rows.iter().map(|row| self.written(texts, row)).collect::<Result<_>>()?,
            button: say(&words.button)?,
            link: &self.link,
            why: if self.kind.is_business() { &texts.frame.why_business } else { &texts.frame.why },
            automatic: &texts.frame.automatic,
            unsubscribe_label: &texts.frame.unsubscribe,
            unsubscribe_url: unsubscribe,
            postal_address: &ctx.settings.postal_address,
            home: &ctx.settings.public_url,
            subject: &subject,
        };
        let (html, text) = layout::render(&page)?;
        Ok(Rendered { html, text, subject })
    }

    fn value(&self, texts: &Texts, name: &str) -> Result<String> {
        let value = self.values.iter().find(|(known, _)| *known == name).map(|(_, value)| value);
        let value = value.ok_or_else(|| Error::fault(format!("letter {}: no value for `{name}`", self.kind)))?;
        match value {
            Value::Phrase(key) => {
                let phrase = texts.phrases.get(*key).ok_or_else(|| Error::fault(format!("no phrase `{key}`")))?;
                fill(phrase, |name| self.value(texts, name))
            }
            plain => Ok(plain.written(self.to.locale)),
        }
    }

    fn written(&self, texts: &Texts, (label, value): &(Label, Value)) -> Result<(String, String)> {
        let label = match label {
            Label::Own(text) => text.clone(),
            Label::Known(key) => {
                let text = texts.labels.get(*key).ok_or_else(|| Error::fault(format!("no label `{key}`")))?;
                fill(text, |name| self.value(texts, name))?
            }
        };
        Ok((label, value.written(self.to.locale)))
    }
}
