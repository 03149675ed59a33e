//! The one error both halves share: what a door tells whoever knocked.
//!
//! Names say what the caller can do about it; `status` is the one table of HTTP statuses. Texts are written for
//! people and never carry database text, keys or paths.

use crate::codec::JsonText;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Why a request was not carried out.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(tag = "kind", content = "detail", rename_all = "snake_case", try_from = "Told")]
pub enum AppError {
    /// The request itself cannot be read.
    #[error("{0}")]
    Malformed(String),
    /// It can be read, but a value is out of its range; the text names the field and the range.
    #[error("{0}")]
    Invalid(String),
    /// It came from a page or a host that may not ask.
    #[error("{0}")]
    Refused(String),
    /// There is no such thing.
    #[error("{0}")]
    NotFound(String),
    /// There is no such method at this address.
    #[error("{0}")]
    MethodNotAllowed(String),
    /// Not in the state the thing is in now.
    #[error("{0}")]
    Conflict(String),
    /// The body is larger than accepted.
    #[error("{0}")]
    TooLarge(String),
    /// The body is not of the media type the address takes.
    #[error("{0}")]
    WrongMediaType(String),
    /// The database is held by somebody else or the server is ending; trying again will help.
    #[error("{0}")]
    Busy(String),
    /// Nothing can be stored: no room, or the disk fails; the text says what to do about it.
    #[error("{0}")]
    Storage(String),
    /// The server could not be reached from the browser.
    #[error("{0}")]
    Unreachable(String),
    /// A fault of ours; the log has the cause.
    #[error("{0}")]
    Internal(String),
}

/// How an error is told. Read like this because the reader that serde derives for an enum with a tag is many times as
/// large, and every visitor loads it.
#[derive(Deserialize)]
struct Told {
    kind: String,
    detail: String,
}

impl TryFrom<Told> for AppError {
    type Error = String;

    fn try_from(Told { kind, detail }: Told) -> Result<Self, String> {
        Ok(match kind.as_str() {
            "malformed" => Self::Malformed(detail),
            "invalid" => Self::Invalid(detail),
            "refused" => Self::Refused(detail),
            "not_found" => Self::NotFound(detail),
            "method_not_allowed" => Self::MethodNotAllowed(detail),
            "conflict" => Self::Conflict(detail),
            "too_large" => Self::TooLarge(detail),
            "wrong_media_type" => Self::WrongMediaType(detail),
            "busy" => Self::Busy(detail),
            "storage" => Self::Storage(detail),
            "unreachable" => Self::Unreachable(detail),
            "internal" => Self::Internal(detail),
            other => return Err(format!("unknown kind of error `{other}`")),
        })
    }
}

impl AppError {
    /// HTTP status code. The one table.
    pub fn status(&self) -> u16 {
        match self {
            Self::Malformed(_) => 400,
            Self::Refused(_) => 403,
            Self::NotFound(_) => 404,
            Self::MethodNotAllowed(_) => 405,
            Self::Conflict(_) => 409,
            Self::TooLarge(_) => 413,
            Self::WrongMediaType(_) => 415,
            Self::Invalid(_) => 422,
            Self::Internal(_) => 500,
            Self::Busy(_) | Self::Storage(_) | Self::Unreachable(_) => 503,
        }
    }

    /// Seconds after which trying again makes sense, where it may help without anything else being changed;
    /// `Retry-After` of the answer (RFC 9110, section 10.2.3).
    pub fn retry_after(&self) -> Option<u32> {
        match self {
            Self::Busy(_) | Self::Unreachable(_) => Some(2),
            // Somebody has to make room first.
            Self::Storage(_) => Some(10),
            _ => None,
        }
    }

    /// Short name of the kind, the same for every occurrence; `title` of problem+json (RFC 9457).
    pub fn title(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "Malformed request",
            Self::Invalid(_) => "Invalid value",
            Self::Refused(_) => "Refused",
            Self::NotFound(_) => "Not found",
            Self::MethodNotAllowed(_) => "Method not allowed",
            Self::Conflict(_) => "Conflict",
            Self::TooLarge(_) => "Body too large",
            Self::WrongMediaType(_) => "Unsupported media type",
            Self::Busy(_) => "Busy",
            Self::Storage(_) => "Storage unavailable",
            Self::Unreachable(_) => "Server out of reach",
            Self::Internal(_) => "Internal error",
        }
    }

    /// What the other side is told when the fault is ours: the log has the rest.
    pub fn internal() -> Self {
        Self::Internal("Something went wrong on the server. Its log has the cause.".to_owned())
    }
}

impl From<garde::Report> for AppError {
    fn from(report: garde::Report) -> Self {
        Self::Invalid(report.to_string().trim().replace('\n', "; "))
    }
}

impl FromServerFnError for AppError {
    type Encoder = JsonText;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => {
                Self::Unreachable("The server did not answer. Check that it is running, then try again.".to_owned())
            }
            // Page and server are of different builds, or somebody else is asking.
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Deserialization(_) => {
                Self::Malformed("Page and server do not understand each other. Reload the page, then try again.".into())
            }
            _ => Self::internal(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_the_framework_is_not_passed_on() {
        let error = AppError::from_server_fn_error(ServerFnErrorErr::ServerError("password=hunter2".into()));
        assert!(!error.to_string().contains("hunter2"));
        assert_eq!(error.status(), 500);
    }

    #[test]
    fn wire_form_survives_the_round_trip() {
        let kinds = [
            AppError::Malformed,
            AppError::Invalid,
            AppError::Refused,
            AppError::NotFound,
            AppError::MethodNotAllowed,
            AppError::Conflict,
            AppError::TooLarge,
            AppError::WrongMediaType,
            AppError::Busy,
            AppError::Storage,
            AppError::Unreachable,
            AppError::Internal,
        ];
        for kind in kinds {
            let error = kind("Run #7 is over.".into());
            let json = serde_json::to_string(&error).unwrap();
            assert_eq!(serde_json::from_str::<AppError>(&json).unwrap(), error);
        }
        assert!(serde_json::from_str::<AppError>(r#"{"kind":"odd","detail":"?"}"#).is_err());
    }
}
