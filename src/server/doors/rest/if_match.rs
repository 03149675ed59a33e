//! `If-Match` beside the `version` of a body: which version of an agent a change was made from. Knows no agent.

use crate::error::AppError;
use axum::http::{HeaderMap, header};

/// Returns the version that a change was made from, by its body or by `If-Match`; `None` where neither names one.
///
/// # Errors
/// `Invalid`: they name different ones, or the header none.
pub fn from_version(version: Option<i64>, headers: &HeaderMap) -> Result<Option<i64>, AppError> {
    match (version, if_match(headers)?) {
        (Some(version), Some(tag)) if version != tag => {
            let text = format!("must be the version that If-Match names, {tag}, or be left out");
            Err(AppError::invalid_field("version", text))
        }
        (version, tag) => Ok(version.or(tag)),
    }
}

/// Returns the version that `If-Match` names (RFC 9110, section 13.1.1), such as `"7"`; `*` is any.
fn if_match(headers: &HeaderMap) -> Result<Option<i64>, AppError> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(None);
    }
    let version = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text).parse();
    version.map(Some).map_err(|_| {
        AppError::invalid("If-Match: use the agent's present version in quotation marks, such as \"7\", or *.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn if_match_names_a_version_or_any() {
        let of = |value: &'static str| if_match(&[(header::IF_MATCH, value.parse().unwrap())].into_iter().collect());
        assert_eq!(if_match(&HeaderMap::new()), Ok(None));
        assert_eq!((of("\"7\""), of("7"), of("*")), (Ok(Some(7)), Ok(Some(7)), Ok(None)));
        assert!(["\"x\"", "\"7\", \"8\"", "W/\"7\"", ""].into_iter().all(|value| of(value).is_err()));
    }
}
