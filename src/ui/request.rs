//! What the pages read from the HTTP request and put into the response. In the browser there is neither.

/// Names of the themes a person can choose; anything else means the system's.
pub const THEMES: [&str; 2] = ["light", "dark"];

#[cfg(feature = "ssr")]
mod server {
    use axum::http::{StatusCode, header::COOKIE, request::Parts};
    use leptos::prelude::use_context;
    use leptos_axum::ResponseOptions;

    /// Answers 404 with the page being rendered.
    pub fn answer_not_found() {
        // Absent while the routes are listed at start-up.
        if let Some(response) = use_context::<ResponseOptions>() {
            response.set_status(StatusCode::NOT_FOUND);
        }
    }

    /// The theme that the cookie names.
    pub fn chosen_theme() -> Option<&'static str> {
        let parts = use_context::<Parts>()?;
        let cookies = parts.headers.get_all(COOKIE).iter().filter_map(|header| header.to_str().ok());
        let named = cookies.flat_map(|header| header.split("; ")).find_map(|cookie| cookie.strip_prefix("theme="))?;
        super::THEMES.into_iter().find(|theme| *theme == named)
    }
}

#[cfg(not(feature = "ssr"))]
mod browser {
    /// The response has long been sent.
    pub fn answer_not_found() {}

    /// The page already bears its theme.
    pub fn chosen_theme() -> Option<&'static str> {
        None
    }
}

#[cfg(not(feature = "ssr"))]
pub use browser::{answer_not_found, chosen_theme};
#[cfg(feature = "ssr")]
pub use server::{answer_not_found, chosen_theme};
