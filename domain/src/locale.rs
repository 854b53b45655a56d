//! The two languages of the platform.

use crate::macros::states;

states! {
    /// Language of pages, messages and emails.
    pub enum Locale {
        /// Indonesian, the default.
        Id = "id",
        En = "en",
    }
}

#[allow(clippy::derivable_impls, reason = "the macro that declares it derives no default")]
impl Default for Locale {
    fn default() -> Self {
        Self::Id
    }
}

impl Locale {
    /// What is said in this language.
    pub fn choose<T>(self, indonesian: T, english: T) -> T {
        match self {
            Self::Id => indonesian,
            Self::En => english,
        }
    }

    /// The first language of an `Accept-Language` header that we speak; quality values are
    /// honoured only by order, which is how browsers send them.
    pub fn from_accept_language(header: &str) -> Self {
        header
            .split(',')
            .filter_map(|part| part.split([';', '-']).next())
            .find_map(|tag| tag.trim().to_ascii_lowercase().parse().ok())
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_first_known_language() {
        assert_eq!(Locale::from_accept_language("fr-FR,en-GB;q=0.8,id;q=0.5"), Locale::En);
        assert_eq!(Locale::from_accept_language("id-ID,en"), Locale::Id);
        assert_eq!(Locale::from_accept_language("fr"), Locale::Id);
        assert_eq!(Locale::from_accept_language(""), Locale::Id);
    }
}
