//! The kinds of errors, by what a caller can do about each. The one table of statuses, titles and types.

use crate::domain::wire::from_wire;
use serde::Serialize;
use serde_json::Value;

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $name:literal, $status:literal, $title:literal;)*) => {
        /// Kinds of errors, by what a caller can do about each.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
        #[serde(into = "&'static str")]
        pub enum ErrorKind {
            $($(#[$doc])* $kind,)*
        }

        impl ErrorKind {
            /// All of them.
            pub const ALL: [Self; [$($status),*].len()] = [$(Self::$kind),*];

            /// Its name on the wire.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)*
                }
            }

            /// Returns the HTTP status code.
            pub fn status(self) -> u16 {
                match self {
                    $(Self::$kind => $status,)*
                }
            }

            /// Returns its name in a few words; `title` of problem+json (RFC 9457).
            pub fn title(self) -> &'static str {
                match self {
                    $(Self::$kind => $title,)*
                }
            }
        }
    };
}

// Names are part of the API: they never change.
kinds! {
    /// The request itself cannot be read.
    Malformed "malformed", 400, "Malformed request";
    /// The sender has not proved who it is.
    Unauthorized "unauthorized", 401, "Not authorized";
    /// It came from a page or a host that may not ask.
    Refused "refused", 403, "Refused";
    /// There is no such thing.
    NotFound "not_found", 404, "Not found";
    /// There is no such method at this address.
    MethodNotAllowed "method_not_allowed", 405, "Method not allowed";
    /// Not in the state the thing is in now.
    Conflict "conflict", 409, "Conflict";
    /// The body is larger than accepted.
    TooLarge "too_large", 413, "Body too large";
    /// The body is not of the media type the address takes.
    WrongMediaType "wrong_media_type", 415, "Unsupported media type";
    /// A value is out of its range.
    Invalid "invalid", 422, "Invalid value";
    /// More of them have come than may in this time.
    TooMany "too_many_requests", 429, "Too many requests";
    /// A fault of the server's own; the log has the cause.
    Internal "internal", 500, "Internal error";
    /// The database is held by somebody else or the server is ending; trying again will help.
    Busy "busy", 503, "Busy";
    /// Nothing can be stored: no room, or the disk fails.
    Storage "storage", 503, "Storage unavailable";
    /// The server could not be reached from the browser.
    Unreachable "unreachable", 503, "Server out of reach";
}

impl ErrorKind {
    /// Seconds after which trying again makes sense, where it may help without anything else being changed;
    /// `Retry-After` of the response (RFC 9110, section 10.2.3).
    pub fn retry_after(self) -> Option<u32> {
        match self {
            Self::Busy | Self::Unreachable => Some(2),
            // Somebody has to make room first.
            Self::Storage => Some(10),
            _ => None,
        }
    }

    /// `type` of problem+json: a relative URI that stays the same however the title is worded.
    pub fn problem_type(self) -> String {
        format!("/problems/{}", self.name().replace('_', "-"))
    }
}

impl From<ErrorKind> for &'static str {
    fn from(kind: ErrorKind) -> Self {
        kind.name()
    }
}

from_wire! {
    ErrorKind: Value::String(name) => Self::ALL.into_iter().find(|kind| kind.name() == name);
}
