//! Lower case by JavaScript's `toLowerCase`.

use web_sys::js_sys::JsString;

/// Returns the text in lower case.
pub fn lower(text: &str) -> String {
    JsString::from(text).to_lower_case().into()
}
