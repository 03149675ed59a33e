//! The address of a webhook that was just made: shown this once, with an example of how to send to it.

use crate::domain::hook::NewAddress;
use crate::ui::kit::copy::CopyButton;
use crate::ui::kit::icon::Icon;
use crate::ui::model::hooks::example;
use crate::ui::state::hooks::Hooks;
use leptos::prelude::*;

/// Ids of what is copied.
const URL: &str = "hook-url";
const EXAMPLE: &str = "hook-example";

/// The notice; nothing before an address was made.
#[component]
pub fn FreshAddress(hooks: Hooks) -> impl IntoView {
    view! { {move || hooks.fresh.get().map(|fresh| notice(hooks, fresh))} }
}

fn notice(hooks: Hooks, NewAddress { hook, path, .. }: NewAddress) -> AnyView {
    let name = hook.settings.name;
    let Some(path) = path else {
        return view! {
            <div class="notice notice--warning" role="status">
                <Icon name="error"/>
                <div class="notice__text">
                    <p><strong>"Webhook “"<bdi>{name}</bdi>"” was made before."</strong></p>
                    <p>"Its address was shown then and cannot be shown again: make a new one from its menu."</p>
                </div>
            </div>
        }
        .into_any();
    };
    let origin = window().location().origin().unwrap_or_default();
    let url = format!("{origin}{path}");
    let commands = example(&url, &hook.settings.verification);
    view! {
        <div class="notice notice--success" role="status">
            <Icon name="success"/>
            <div class="notice__text">
                <p><strong>"Webhook “"<bdi>{name}</bdi>"” is ready."</strong></p>
                <p>"Copy its address now: only a hash of it is stored, so it is not shown again."</p>
                <div class="stack">
                    <div class="field">
                        <span class="field__label" id="hook-url-h">"Address, with its token"</span>
                        <div class="secret">
                            <output id=URL aria-labelledby="hook-url-h" tabindex="0">{url.clone()}</output>
                            <CopyButton label="Copy" text=Signal::stored(url) source=URL/>
                        </div>
                    </div>
                    <div class="field">
                        <div class="code-head">
                            <span id="hook-example-h">"To try it from a shell, with the secret in $SECRET"</span>
                            <CopyButton label="Copy" text=Signal::stored(commands.clone()) source=EXAMPLE/>
                        </div>
                        <pre class="code" id=EXAMPLE aria-labelledby="hook-example-h" tabindex="0">{commands}</pre>
                    </div>
                </div>
            </div>
            <button
                class="btn btn--ghost btn--xs btn--icon"
                type="button"
                aria-label="Dismiss; the address cannot be shown again"
                on:click=move |_| hooks.fresh.set(None)
            >
                <Icon name="close"/>
            </button>
        </div>
    }
    .into_any()
}
