//! Where there is no browser: nobody's customs are known.

use super::Form;

/// Nothing.
pub fn write(_form: Form, _ms: i64) -> Option<String> {
    None
}

/// Nothing.
pub fn number(_n: i64) -> Option<String> {
    None
}
