//! Notice that only the demo model is available, until somebody has read it.

use crate::ui::dom;
use crate::ui::kit::notice::{Notice, Tone};
use leptos::prelude::*;

/// The cookie that says that it has been read.
pub const DISMISSED: &str = "provider-notice";

/// Name of the key, for each provider that needs one.
const KEYS: [&str; 8] = [
    "OPENAI_API_KEY",
    "ANTHROPIC_API_KEY",
    "GEMINI_API_KEY",
    "GROQ_API_KEY",
    "DEEPSEEK_API_KEY",
    "XAI_API_KEY",
    "MISTRAL_API_KEY",
    "OPENROUTER_API_KEY",
];

/// Nothing unless `shown`, and nothing more once it is dismissed.
#[component]
pub fn ProviderNotice(shown: bool) -> impl IntoView {
    let shown = RwSignal::new(shown);
    let dismiss = move |_| {
        shown.set(false);
        dom::set_cookie(DISMISSED, "dismissed");
        dom::focus_id("main");
    };
    let button = move || {
        view! { <button class="btn btn--s" type="button" data-script="" on:click=dismiss>"Hide"</button> }
    };
    let keys = || KEYS.map(|key| view! { <code>{key}</code>", " }).collect_view();
    move || {
        shown.get().then(|| {
            view! {
                <Notice tone=Tone::Plain actions=button>
                    <p>"No model provider is connected, so only the built-in demo model answers."</p>
                    <p>
                        "To connect one, start the server with one of these in its environment: "{keys()}
                        <code>"OLLAMA_HOST"</code>", or "<code>"OPENAI_BASE_URL"</code>" for a compatible service."
                    </p>
                </Notice>
            }
        })
    }
}
