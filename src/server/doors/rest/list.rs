//! The form of lists that have more than one page: `limit` and an opaque `cursor` in the query, and in the response where to
//! go on. Knows no list.

use crate::error::AppError;
use axum::Json;
use axum::http::{HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// How many a page has unless something else is asked for, and at most.
const LIMIT: u64 = 50;
const MAX_LIMIT: u64 = 200;

/// The part of a query that says which page.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageParams {
    limit: Option<String>,
    cursor: Option<String>,
}

/// A place in a list that is ordered by numbers, the highest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cursor {
    Below(i64),
    Above(i64),
}

impl PageParams {
    /// Takes the two values of a query that others are read from besides.
    pub fn of(limit: Option<String>, cursor: Option<String>) -> Self {
        Self { limit, cursor }
    }

    /// Returns how many a page has.
    ///
    /// # Errors
    /// `Invalid` for what is no such number.
    pub fn limit(&self) -> Result<u64, AppError> {
        limit(self.limit.as_deref(), LIMIT, MAX_LIMIT)
    }

    /// Returns where the page is; `None` at the beginning.
    ///
    /// # Errors
    /// `Invalid` for a cursor that no list has given.
    pub fn cursor(&self) -> Result<Option<Cursor>, AppError> {
        let read = |text: &str| Cursor::read(text).ok_or_else(|| AppError::invalid_field("cursor", NO_CURSOR));
        self.cursor.as_deref().map(read).transpose()
    }
}

const NO_CURSOR: &str = "use the next_cursor or prev_cursor of a page of this list, as it is.";

/// Reads the parameter `limit` of a list: how many of it are wanted, and `usual` where nothing is said.
///
/// # Errors
/// `Invalid` for anything but a whole number from 1 to `max`.
pub fn limit(text: Option<&str>, usual: u64, max: u64) -> Result<u64, AppError> {
    let Some(text) = text else { return Ok(usual) };
    let limit = text.parse().ok().filter(|limit| (1..=max).contains(limit));
    limit.ok_or_else(|| AppError::invalid_field("limit", format!("{text:?} is not a whole number from 1 to {max}.")))
}

impl Cursor {
    fn read(text: &str) -> Option<Self> {
        let decoded = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        match decoded.split_once(':')? {
            ("below", number) => number.parse().ok().map(Self::Below),
            ("above", number) => number.parse().ok().map(Self::Above),
            _ => None,
        }
    }

    /// Returns it as it goes out.
    pub fn text(self) -> String {
        URL_SAFE_NO_PAD.encode(match self {
            Self::Below(number) => format!("below:{number}"),
            Self::Above(number) => format!("above:{number}"),
        })
    }
}

/// A page of a list.
#[derive(Serialize)]
pub struct Page<T> {
    /// The values of that which has the list.
    #[serde(flatten)]
    of: Map<String, Value>,
    data: Vec<T>,
    next_cursor: Option<String>,
    prev_cursor: Option<String>,
    /// The filters of the list, as they were understood.
    applied_filters: Map<String, Value>,
    /// The totals of all pages; absent unless they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    totals: Option<Value>,
    #[serde(skip)]
    limit: u64,
    /// The query that narrows the list, for links.
    #[serde(skip)]
    query: String,
}

impl<T> Page<T> {
    /// Creates a page of a list that is not narrowed.
    pub fn new(data: Vec<T>, limit: u64, next: Option<Cursor>, prev: Option<Cursor>) -> Self {
        let (next_cursor, prev_cursor) = (next.map(Cursor::text), prev.map(Cursor::text));
        let (applied_filters, query) = (Map::new(), String::new());
        Self { of: Map::new(), data, next_cursor, prev_cursor, applied_filters, totals: None, limit, query }
    }

    /// Says which filters the list was narrowed by: as names and values, and as the query that has them.
    #[must_use]
    pub fn narrowed(self, filters: Vec<(String, String)>, query: String) -> Self {
        let applied_filters = filters.into_iter().map(|(name, value)| (name, value.into())).collect();
        Self { applied_filters, query, ..self }
    }

    /// Adds the values of that which has the list; none of them is called as a part of the page is.
    #[must_use]
    pub fn of(self, of: Map<String, Value>) -> Self {
        Self { of, ..self }
    }

    /// Adds what all of it comes to.
    #[must_use]
    pub fn with_totals(self, totals: Option<Value>) -> Self {
        Self { totals, ..self }
    }
}

impl<T: Serialize> Page<T> {
    /// Responds with it, and with links to the pages beside it (RFC 8288).
    pub fn respond(self, uri: &Uri) -> Response {
        let link = |cursor: &Option<String>, rel| {
            let cursor = cursor.as_deref()?;
            let filters = if self.query.is_empty() { String::new() } else { format!("{}&", self.query) };
            Some(format!("<{}?{filters}limit={}&cursor={cursor}>; rel=\"{rel}\"", uri.path(), self.limit))
        };
        let links: Vec<_> =
            [link(&self.next_cursor, "next"), link(&self.prev_cursor, "prev")].into_iter().flatten().collect();
        let links = HeaderValue::try_from(links.join(", ")).ok().filter(|links| !links.is_empty());
        let mut response = Json(self).into_response();
        response.headers_mut().extend(links.map(|links| (header::LINK, links)));
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written_and_nothing_else_is() {
        for cursor in [Cursor::Below(1), Cursor::Above(i64::MAX)] {
            assert_eq!(Cursor::read(&cursor.text()), Some(cursor));
        }
        for text in ["", "12", "below:1", &URL_SAFE_NO_PAD.encode("near:1"), &URL_SAFE_NO_PAD.encode("below:x")] {
            assert_eq!(Cursor::read(text), None, "{text}");
        }
    }

    #[test]
    fn a_page_has_1_to_200() {
        let of = |limit: &str| PageParams { limit: Some(limit.to_owned()), cursor: None }.limit();
        assert_eq!(PageParams { limit: None, cursor: None }.limit(), Ok(50));
        assert_eq!((of("1"), of("200")), (Ok(1), Ok(200)));
        assert!(["0", "201", "-1", "x", ""].into_iter().all(|limit| of(limit).is_err()));
        let AppError { detail, errors, .. } = of("x").unwrap_err();
        assert_eq!(detail, "limit: \"x\" is not a whole number from 1 to 200.");
        assert_eq!(errors[0].pointer, "/limit");
    }
}
