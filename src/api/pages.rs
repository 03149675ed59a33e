//! What a page is made of: read by the server, rendered by it, and handed to the browser along with the HTML, so that
//! both render the same. No server function: a page comes once.

use crate::api::runs::RunDetail;
use crate::domain::id::RunId;
use crate::domain::live::ServerMessage;
use crate::domain::model::ModelChoices;
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
    Run(Box<RunPageData>),
    /// There is nothing at the address; says what is missing.
    NotFound(String),
}

impl PageData {
    /// The page's name: what the browser knows it by, and its part of the program.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Dashboard(_) => "dashboard",
            Self::NewAgent(_) => "new_agent",
            Self::Run(_) => "run",
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
            Self::Run(data) => serde_json::to_string(data),
            Self::NotFound(what) => serde_json::to_string(what),
        }
    }

    /// The page's title, without the program's name.
    pub fn title(&self) -> String {
        match self {
            Self::Dashboard(_) => "Dashboard".to_owned(),
            Self::NewAgent(_) => "New agent".to_owned(),
            Self::Run(data) => format!("Run #{}", data.id),
            Self::NotFound(_) => "Not found".to_owned(),
        }
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
    pub models: ModelChoices,
}

/// One run, or why it could not be read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunPageData {
    pub id: RunId,
    #[serde(deserialize_with = "by_value")]
    pub detail: Result<RunDetail, AppError>,
}
