//! Hidden fields of a form that works without JavaScript, so that the rest of what is shown stays.

use crate::ui::model::address::Address;
use leptos::prelude::*;

/// The query of an address as hidden fields.
pub fn kept(address: &Address) -> impl IntoView + use<> {
    let field = |(name, value)| view! { <input type="hidden" name=name value=value/> };
    address.params().into_iter().map(field).collect_view()
}
