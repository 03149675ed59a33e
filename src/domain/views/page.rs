//! What a page is made of: read by the server, rendered by it, and handed to the browser along with the HTML, so that
//! both render the same. No server function: a page comes once.

use super::agent::AgentDetail;
use super::chat::Chat;
use super::run::RunDetail;
use crate::domain::id::{AgentId, RunId, ThreadId};
use crate::domain::live::ServerMessage;
use crate::domain::model::ModelChoices;
use crate::domain::tool::ToolCatalogue;
use crate::domain::wire::by_value;
use crate::error::AppError;
use serde::{Deserialize, Serialize};

/// Id of the element that holds a page's data in its HTML, as JSON.
pub const PAGE_DATA: &str = "page-data";

/// Which page it is, and what it shows at first.
#[derive(Clone, Debug, PartialEq)]
pub enum PageData {
    Dashboard(Box<DashboardData>),
    NewAgent(ModelChoices),
    Agent(Box<AgentPageData>),
    AgentSettings(Box<AgentSettingsData>),
    Run(Box<RunPageData>),
    Chat(Box<ChatPageData>),
    /// There is nothing at the address; says what is missing.
    NotFound(String),
}

impl PageData {
    /// The page's name: what the browser knows it by, and its part of the program.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Dashboard(_) => "dashboard",
            Self::NewAgent(_) => "new_agent",
            Self::Agent(_) => "agent",
            Self::AgentSettings(_) => "agent_settings",
            Self::Run(_) => "run",
            Self::Chat(_) => "chat",
            Self::NotFound(_) => "not_found",
        }
    }

    /// What it shows, as JSON.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn to_json(&self) -> serde_json::Result<String> {
        match self {
            Self::Dashboard(data) => serde_json::to_string(data),
            Self::NewAgent(models) => serde_json::to_string(models),
            Self::Agent(data) => serde_json::to_string(data),
            Self::AgentSettings(data) => serde_json::to_string(data),
            Self::Run(data) => serde_json::to_string(data),
            Self::Chat(data) => serde_json::to_string(data),
            Self::NotFound(what) => serde_json::to_string(what),
        }
    }

    /// The page's title, without the program's name.
    pub fn title(&self) -> String {
        match self {
            Self::Dashboard(_) => "Dashboard".to_owned(),
            Self::NewAgent(_) => "New agent".to_owned(),
            Self::Agent(data) => agent_name(data.id, &data.detail),
            Self::AgentSettings(data) => format!("{}, settings", agent_name(data.id, &data.detail)),
            Self::Run(data) => format!("Run #{}", data.id),
            Self::Chat(data) => data.title(),
            Self::NotFound(_) => "Not found".to_owned(),
        }
    }
}

fn agent_name(id: AgentId, detail: &Result<AgentDetail, AppError>) -> String {
    match detail.as_ref().map(|detail| &detail.state) {
        Ok(ServerMessage::AgentState { data, .. }) => data.agent.name.clone(),
        _ => format!("Agent #{id}"),
    }
}

/// The dashboard's parts; each may be missing without the others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DashboardData {
    /// The query of the page's address, without the question mark.
    pub query: String,
    /// Snapshot of `agents`.
    #[serde(deserialize_with = "by_value")]
    pub agents: Result<ServerMessage, AppError>,
    /// Snapshot of `summary`.
    #[serde(deserialize_with = "by_value")]
    pub summary: Result<ServerMessage, AppError>,
    /// Snapshot of the open agent's topic; `None` when no row is open.
    #[serde(deserialize_with = "by_value")]
    pub history: Option<Result<ServerMessage, AppError>>,
    /// Whether more than the demo model answers.
    pub provider_configured: bool,
}

/// An agent's overview.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgentPageData {
    pub id: AgentId,
    #[serde(deserialize_with = "by_value")]
    pub detail: Result<AgentDetail, AppError>,
    pub tools: ToolCatalogue,
}

/// An agent's settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgentSettingsData {
    pub id: AgentId,
    #[serde(deserialize_with = "by_value")]
    pub detail: Result<AgentDetail, AppError>,
    pub models: ModelChoices,
    pub tools: ToolCatalogue,
}

/// One run, or why it could not be read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunPageData {
    pub id: RunId,
    #[serde(deserialize_with = "by_value")]
    pub detail: Result<RunDetail, AppError>,
}

/// The chats of an agent, or why they could not be read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChatPageData {
    pub agent: AgentId,
    /// The one that is open; `None` where a new one begins.
    pub thread: Option<ThreadId>,
    /// Whether all of it is shown, however long.
    pub whole: bool,
    #[serde(deserialize_with = "by_value")]
    pub chat: Result<Chat, AppError>,
}

impl ChatPageData {
    fn title(&self) -> String {
        match &self.chat {
            Ok(chat) => chat.title(),
            Err(_) => "Chat".to_owned(),
        }
    }
}
