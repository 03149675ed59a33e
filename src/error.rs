//! The one error both halves share: why a door does not do as asked.
//!
//! Kinds say what the caller can do about it, and own status, title and type. Texts are written for people and never carry
//! database text, keys or paths.

mod kind;

pub use kind::ErrorKind;

use crate::codec::ResponseJson;
use crate::domain::wire::FromWire;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::Serialize;
use std::fmt;

/// Why a request was not carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromWire)]
pub struct AppError {
    pub kind: ErrorKind,
    /// For people: what is wrong and what would do.
    pub detail: String,
    /// Which values are wrong; empty unless some are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

/// A fault of one value of the body, or of one parameter of the query.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromWire)]
pub struct FieldError {
    /// JSON Pointer (RFC 6901) to the value in the body, such as `/time_limit_s`. To a parameter it points as if the query
    /// were an object: `/limit`.
    pub pointer: String,
    pub detail: String,
}

impl FieldError {
    /// Creates an error for the value of a field, or of a place within it such as `tools/1`.
    pub fn of(place: &str, detail: impl Into<String>) -> Self {
        Self { pointer: format!("/{place}"), detail: detail.into() }
    }

    /// Returns the name of the field at the top of the body.
    pub fn field(&self) -> &str {
        self.pointer.trim_start_matches('/').split('/').next().unwrap_or_default()
    }
}

/// Returns a name as a part of a JSON Pointer (RFC 6901, section 3).
pub fn pointer_part(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl std::error::Error for AppError {}

impl AppError {
    fn new(kind: ErrorKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), errors: Vec::new() }
    }

    /// The request itself cannot be read.
    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::new(ErrorKind::Malformed, detail)
    }

    /// The request can be read, but a value is out of its range.
    pub fn invalid(detail: impl Into<String>) -> Self {
        Self::new(ErrorKind::Invalid, detail)
    }

    /// A value of the body or the query is out of its range: the one of this field or parameter.
    pub fn invalid_field(field: &str, detail: impl fmt::Display) -> Self {
        Self::invalid_fields(vec![FieldError::of(field, detail.to_string())])
    }

    /// Several values of the body are out of their ranges.
    pub fn invalid_fields(errors: Vec<FieldError>) -> Self {
        let line = |error: &FieldError| format!("{}: {}", error.pointer.trim_start_matches('/'), error.detail);
        let detail: Vec<String> = errors.iter().map(line).collect();
        Self { errors, ..Self::invalid(detail.join("; ")) }
    }

    /// The sender has not proved who it is.
    pub fn unauthorized(detail: impl Into<String>) -> Self {
        Self::new(ErrorKind::Unauthorized, detail)
    }

    /// More requests have come than may in this time.
    pub fn too_many(detail: impl Into<String>) -> Self {
        Self::new(ErrorKind::TooMany, detail)
    }

    /// The request came from a page or a host that may not ask.
    pub fn refused(detail: impl Into<String>) -> Self {
        Self::new(ErrorKind::Refused, detail)
    }

    /// There is no such thing.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(ErrorKind::NotFound, detail)
    }

    /// There is no such method at this address.
    pub fn method_not_allowed(detail: impl Into<String>) -> Self {
        Self::new(ErrorKind::MethodNotAllowed, detail)
    }

    /// Not in the state the thing is in now.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(ErrorKind::Conflict, detail)
    }

    /// The body is larger than accepted.
    pub fn too_large(detail: impl Into<String>) -> Self {
        Self::new(ErrorKind::TooLarge, detail)
    }

    /// The body is not of the media type the address takes.
    pub fn wrong_media_type(detail: impl Into<String>) -> Self {
        Self::new(ErrorKind::WrongMediaType, detail)
    }

    /// Trying again will help: the database is held by somebody else, or the server is ending.
    pub fn busy(detail: impl Into<String>) -> Self {
        Self::new(ErrorKind::Busy, detail)
    }

    /// Nothing can be stored: no room, or the disk fails; the text says what to do about it.
    pub fn storage(detail: impl Into<String>) -> Self {
        Self::new(ErrorKind::Storage, detail)
    }

    /// The server could not be reached from the browser.
    pub fn unreachable(detail: impl Into<String>) -> Self {
        Self::new(ErrorKind::Unreachable, detail)
    }

    /// A fault of the server's own, whose log has the cause.
    pub fn internal() -> Self {
        Self::new(ErrorKind::Internal, "Server error. See the server log.")
    }
}

impl From<garde::Report> for AppError {
    fn from(report: garde::Report) -> Self {
        let error = |(path, error): &(garde::Path, garde::Error)| {
            // `tools[2].name` as a pointer.
            let path = path.to_string().replace('[', "/").replace(']', "").replace('.', "/");
            let pointer = if path.is_empty() { path } else { format!("/{path}") };
            FieldError { pointer, detail: error.to_string() }
        };
        let errors: Vec<_> = report.iter().map(error).collect();
        Self { errors, ..Self::invalid(report.to_string().trim().replace('\n', "; ")) }
    }
}

impl FromServerFnError for AppError {
    type Encoder = ResponseJson;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => {
                Self::unreachable("The server did not answer. Check that it is running, then try again.")
            }
            // Page and server are of different builds, or somebody else is asking.
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Deserialization(_) => {
                Self::malformed("This page is from a different version of the server. Reload it, then try again.")
            }
            _ => Self::internal(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::wire::from_json;

    #[test]
    fn text_of_the_framework_is_not_passed_on() {
        let error = AppError::from_server_fn_error(ServerFnErrorErr::ServerError("password=hunter2".into()));
        assert!(!error.to_string().contains("hunter2"));
        assert_eq!(error.kind.status(), 500);
    }

    #[test]
    fn wire_form_survives_the_round_trip() {
        for kind in ErrorKind::ALL {
            for error in [AppError::new(kind, "Run #7 is over."), AppError::invalid_field("name", "must not be empty")]
            {
                let json = serde_json::to_string(&error).unwrap();
                assert_eq!(from_json::<AppError>(&json).unwrap(), error);
            }
        }
        assert!(from_json::<AppError>(r#"{"kind":"odd","detail":"?"}"#).is_err());
    }

    #[test]
    fn a_field_is_named_by_its_pointer() {
        let error = AppError::invalid_field("time_zone", "no such zone");
        assert_eq!((error.to_string().as_str(), error.errors[0].field()), ("time_zone: no such zone", "time_zone"));
        assert_eq!(error.errors[0].pointer, "/time_zone");
    }
}
