//! Says so when only the demo model would answer.

use super::icon::Icon;
use leptos::prelude::*;

/// Nothing once a provider is configured.
#[component]
pub fn ProviderNotice(provider_configured: bool) -> impl IntoView {
    (!provider_configured).then(|| {
        view! {
                <div class="notice">
                    <Icon name="info"/>
                    <div class="notice__text">
                        <p>"No model provider is connected, so only the built-in demo model answers."</p>
                        <p>
                            "To connect one, start the server with "
                            <code>"OPENAI_API_KEY"</code>" (and "<code>"OPENAI_BASE_URL"</code>" for a compatible service), "
                            <code>"ANTHROPIC_API_KEY"</code>", "<code>"GEMINI_API_KEY"</code>" or "
                            <code>"OLLAMA_HOST"</code>" in its environment."
                        </p>
                    </div>
                </div>
        }
    })
}
