//! Pages of a list.

use crate::{Error, FieldError, Result};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// One page of a list, as `{"items":[],"page":1,"per_page":24,"total":n}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Counted from 1.
    pub page: u64,
    pub per_page: u64,
    /// Number of items on all pages.
    pub total: u64,
}

impl<T> Page<T> {
    pub fn new(items: Vec<T>, request: PageRequest, total: u64) -> Self {
        Self { items, page: request.page(), per_page: request.per_page(), total }
    }

    /// Number of the last page; 1 for an empty list.
    pub fn last(&self) -> u64 {
        self.total.div_ceil(self.per_page.max(1)).max(1)
    }

    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(f).collect(), page: self.page, per_page: self.per_page, total: self.total }
    }
}

/// A part of a history that grows at its head, as `{"items":[],"next_cursor":null}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Stream<T> {
    pub items: Vec<T>,
    /// Where the older ones begin; none at the end.
    pub next_cursor: Option<String>,
}

/// The last row that was shown: older ones come after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor<Id> {
    pub at: DateTime<Utc>,
    pub id: Id,
}

impl<Id: std::fmt::Display> std::fmt::Display for Cursor<Id> {
    /// Microseconds, as fine as times are kept.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}_{}", self.at.timestamp_micros(), self.id)
    }
}

impl<Id: std::str::FromStr> std::str::FromStr for Cursor<Id> {
    type Err = ();

    fn from_str(text: &str) -> std::result::Result<Self, ()> {
        let (at, id) = text.split_once('_').ok_or(())?;
        let at = at.parse().ok().and_then(DateTime::from_timestamp_micros).ok_or(())?;
        Ok(Self { at, id: id.parse().map_err(|_| ())? })
    }
}

/// Which page is asked for. Valid by construction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PageRequest {
    page: u64,
    per_page: u64,
}

impl PageRequest {
    pub const DEFAULT_SIZE: u64 = 24;
    pub const MAX_SIZE: u64 = 100;
    /// Deeper pages are never what a person wants and cost the database dearly.
    pub const MAX_PAGE: u64 = 10_000;

    /// `page` from 1, `per_page` from 1 to 100.
    pub fn new(page: Option<i64>, per_page: Option<i64>) -> Result<Self> {
        let field = |name: &str, value: Option<i64>, default: u64, max: u64| match value {
            None => Ok(default),
            Some(v) => u64::try_from(v)
                .ok()
                .filter(|v| (1..=max).contains(v))
                .ok_or_else(|| FieldError::new(name, "out_of_range").limit(max as i64)),
        };
        match (field("page", page, 1, Self::MAX_PAGE), field("per_page", per_page, Self::DEFAULT_SIZE, Self::MAX_SIZE)) {
            (Ok(page), Ok(per_page)) => Ok(Self { page, per_page }),
            (page, per_page) => Err(Error::Invalid([page.err(), per_page.err()].into_iter().flatten().collect())),
        }
    }

    pub const fn page(self) -> u64 {
        self.page
    }

    pub const fn per_page(self) -> u64 {
        self.per_page
    }

    /// Rows to skip.
    pub const fn offset(self) -> u64 {
        (self.page - 1) * self.per_page
    }
}

impl Default for PageRequest {
    fn default() -> Self {
        Self { page: 1, per_page: Self::DEFAULT_SIZE }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_page_zero_and_huge_pages() {
        assert!(PageRequest::new(Some(0), None).is_err());
        assert!(PageRequest::new(None, Some(101)).is_err());
        assert!(PageRequest::new(Some(-1), Some(0)).is_err());
        assert_eq!(PageRequest::new(Some(3), Some(10)).map(PageRequest::offset), Ok(20));
    }

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        let at = DateTime::from_timestamp_micros(1_795_244_400_123_456).unwrap();
        let cursor = Cursor { at, id: 7_u32 };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for bad in ["", "7", "_", "x_7", "99999999999999999999_7", "9223372036854775807_7"] {
            assert!(bad.parse::<Cursor<u32>>().is_err(), "{bad}");
        }
    }

    #[test]
    fn knows_its_last_page() {
        let page = Page::new(vec![(); 1], PageRequest::default(), 49);
        assert_eq!(page.last(), 3);
    }
}
