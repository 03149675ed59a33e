//! What is split off: one function per page, and with it all that no other page needs.

use crate::page::{Reader, read};
use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use runboard::ui::pages::agent::AgentPage;
use runboard::ui::pages::agent_settings::AgentSettingsPage;
use runboard::ui::pages::chat::ChatPage;
use runboard::ui::pages::new_agent::NewAgentPage;
use runboard::ui::pages::not_found::NotFoundPage;
use runboard::ui::pages::run::RunPage;

#[wasm_split(new_agent, wasm_split_path = leptos::wasm_split, fallible)]
pub fn new_agent() -> Result<Reader, SplitLoaderError> {
    Ok(|json| read(json, |models| view! { <NewAgentPage models=models/> }.into_any()))
}

#[wasm_split(agent, wasm_split_path = leptos::wasm_split, fallible)]
pub fn agent() -> Result<Reader, SplitLoaderError> {
    Ok(|json| read(json, |data| view! { <AgentPage data=data/> }.into_any()))
}

#[wasm_split(agent_settings, wasm_split_path = leptos::wasm_split, fallible)]
pub fn agent_settings() -> Result<Reader, SplitLoaderError> {
    Ok(|json| read(json, |data| view! { <AgentSettingsPage data=data/> }.into_any()))
}

#[wasm_split(run, wasm_split_path = leptos::wasm_split, fallible)]
pub fn run() -> Result<Reader, SplitLoaderError> {
    Ok(|json| read(json, |data| view! { <RunPage data=data/> }.into_any()))
}

#[wasm_split(chat, wasm_split_path = leptos::wasm_split, fallible)]
pub fn chat() -> Result<Reader, SplitLoaderError> {
    Ok(|json| read(json, |data| view! { <ChatPage data=data/> }.into_any()))
}

#[wasm_split(not_found, wasm_split_path = leptos::wasm_split, fallible)]
pub fn not_found() -> Result<Reader, SplitLoaderError> {
    Ok(|json| read(json, |what| view! { <NotFoundPage what=what/> }.into_any()))
}
