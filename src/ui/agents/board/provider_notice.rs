//! Says so when only the demo model would answer.

use crate::ui::kit::notice::{Notice, Tone};
use leptos::prelude::*;

/// Nothing once a provider is configured.
#[component]
pub fn ProviderNotice(provider_configured: bool) -> impl IntoView {
    (!provider_configured).then(|| {
        view! {
            <Notice tone=Tone::Plain>
                <p>"No model provider is connected, so only the built-in demo model answers."</p>
                <p>
                    "To connect one, start the server with "
                    <code>"OPENAI_API_KEY"</code>" (and "<code>"OPENAI_BASE_URL"</code>" for a compatible service), "
                    <code>"ANTHROPIC_API_KEY"</code>", "<code>"GEMINI_API_KEY"</code>" or "
                    <code>"OLLAMA_HOST"</code>" in its environment."
                </p>
            </Notice>
        }
    })
}
