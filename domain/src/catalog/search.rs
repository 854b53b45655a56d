//! The state of a search, as it stands in the URL.

use crate::macros::states;
use crate::validate::Checks;
use crate::{FieldError, Money, PageRequest, Result};
use serde::{Deserialize, Serialize};

states! {
    pub enum SortBy {
        Relevance = "relevance",
        Newest = "newest",
        Oldest = "oldest",
        PriceAsc = "price_asc",
        PriceDesc = "price_desc",
        BestSelling = "best_selling",
        Rating = "rating",
    }
}

/// Query of `GET /products` and of the search page, unchecked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchInput {
    pub q: Option<String>,
    /// Slug of a category; its subtree counts.
    pub category: Option<String>,
    pub min_price: Option<String>,
    pub max_price: Option<String>,
    /// At least this many stars, 1–5.
    pub rating: Option<String>,
    /// Store location.
    pub location: Option<String>,
    pub in_stock: Option<String>,
    /// Slug of a store.
    pub store: Option<String>,
    pub sort: Option<String>,
    pub page: Option<String>,
    pub per_page: Option<String>,
}

/// A valid search.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SearchQuery {
    /// Trimmed keywords; empty for none.
    pub keywords: String,
    pub category: Option<String>,
    pub min_price: Option<Money>,
    pub max_price: Option<Money>,
    pub rating: Option<i32>,
    pub location: Option<String>,
    pub in_stock: bool,
    pub store: Option<String>,
    pub sort: SortBy,
    pub page: PageRequest,
}

impl Default for SearchQuery {
    fn default() -> Self {
        Self {
            keywords: String::new(),
            category: None,
            min_price: None,
            max_price: None,
            rating: None,
            location: None,
            in_stock: false,
            store: None,
            sort: SortBy::Newest,
            page: PageRequest::default(),
        }
    }
}

impl SearchInput {
    /// Empty parameters (a form sends them) count as absent.
    pub fn check(&self) -> Result<SearchQuery> {
        let mut checks = Checks::new();
        let keywords = checks.optional_line("q", self.q.as_deref().unwrap_or_default(), 200);
        let min_price = number(&mut checks, "min_price", self.min_price.as_deref(), 0, Money::MAX_PRICE.0).map(Money);
        let max_price = number(&mut checks, "max_price", self.max_price.as_deref(), 0, Money::MAX_PRICE.0).map(Money);
        if let (Some(min), Some(max)) = (min_price, max_price) {
            checks.require(min <= max, "max_price", "below_minimum");
        }
        let rating = number(&mut checks, "rating", self.rating.as_deref(), 1, 5).map(|r| r as i32);
        let in_stock = match present(self.in_stock.as_deref()) {
            None | Some("false" | "0") => false,
            Some("true" | "1" | "on") => true,
            Some(_) => {
                checks.add(FieldError::new("in_stock", "not_a_boolean"));
                false
            }
        };
        let sort = match present(self.sort.as_deref()) {
            None if keywords.is_empty() => SortBy::Newest,
            None => SortBy::Relevance,
            Some(text) => text.parse().unwrap_or_else(|()| {
                checks.add(FieldError::new("sort", "unknown_value"));
                SortBy::Relevance
            }),
        };
        let page = number(&mut checks, "page", self.page.as_deref(), 1, PageRequest::MAX_PAGE as i64);
        let per_page = number(&mut checks, "per_page", self.per_page.as_deref(), 1, PageRequest::MAX_SIZE as i64);
        let short = |checks: &mut Checks, field: &str, value: &Option<String>| {
            present(value.as_deref()).map(|v| checks.optional_line(field, v, 100))
        };
        let category = short(&mut checks, "category", &self.category);
        let location = short(&mut checks, "location", &self.location);
        let store = short(&mut checks, "store", &self.store);
        checks.finish(())?;
        let page = PageRequest::new(page, per_page)?;
        Ok(SearchQuery { keywords, category, min_price, max_price, rating, location, in_stock, store, sort, page })
    }
}

fn present(value: Option<&str>) -> Option<&str> {
    value.map(str::trim).filter(|v| !v.is_empty())
}

fn number(checks: &mut Checks, field: &str, value: Option<&str>, min: i64, max: i64) -> Option<i64> {
    let value = present(value)?;
    let Ok(number) = value.parse() else {
        checks.add(FieldError::new(field, "not_a_number"));
        return None;
    };
    Some(checks.range(field, number, min, max))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;

    fn fields(input: SearchInput) -> Vec<String> {
        match input.check() {
            Err(Error::Invalid(errors)) => errors.into_iter().map(|e| format!("{}:{}", e.field, e.code)).collect(),
            _ => vec![],
        }
    }

    #[test]
    fn names_every_bad_parameter() {
        let input = SearchInput {
            min_price: Some("murah".into()),
            max_price: Some("99999999999999999999".into()),
            rating: Some("6".into()),
            sort: Some("foo".into()),
            page: Some("0".into()),
            in_stock: Some("mungkin".into()),
            ..SearchInput::default()
        };
        assert_eq!(
            fields(input),
            [
                "min_price:not_a_number",
                "max_price:not_a_number",
                "rating:too_large",
                "in_stock:not_a_boolean",
                "sort:unknown_value",
                "page:too_small"
            ]
        );
    }

    #[test]
    fn sorts_by_relevance_only_with_keywords() {
        assert_eq!(SearchInput::default().check().map(|q| q.sort), Ok(SortBy::Newest));
        let input = SearchInput { q: Some("sepatu".into()), min_price: Some(String::new()), ..SearchInput::default() };
        assert_eq!(input.check().map(|q| q.sort), Ok(SortBy::Relevance));
    }
}
