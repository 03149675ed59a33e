//! The data of each page: read by the server, rendered by it, and handed to the browser along with the HTML, so that
//! both render the same. No server function: a page comes once.

use super::agent::AgentDetail;
use super::analytics::AnalyticsView;
use super::chat::Chat;
use super::comparison::RunComparison;
use super::hooks::HooksView;
use super::run::{RunDetail, RunRaw};
use super::runs::RunsView;
use super::versions::VersionsView;
use crate::domain::bulk::BulkView;
use crate::domain::error_group::ErrorGroup;
use crate::domain::hook::Outcome;
use crate::domain::id::{AgentId, HookId, RunId, ThreadId};
use crate::domain::live::ServerMessage;
use crate::domain::model::ModelChoices;
use crate::domain::run_column::RunColumn;
use crate::domain::saved_view::SavedView;
use crate::domain::tool::ToolCatalogue;
use crate::domain::wire::FromWire;
use crate::error::AppError;
use serde::Serialize;

/// Id of the element that holds a page's data in its HTML, as JSON.
pub const PAGE_DATA: &str = "page-data";

/// Id of the element that says, as JSON, whether everything is on hold.
pub const HOLD_DATA: &str = "hold-data";

/// The data of one page.
pub trait Page {
    /// Returns the page's title, without the program's name.
    fn title(&self) -> String;
}

macro_rules! declare {
    (
        home $home:ident $Home:ident($home_data:path) = $show_home:path;
        $($name:ident $Name:ident($data:path) = $show:path;)*
    ) => {
        /// The name of the page that most are at.
        pub const HOME: &str = stringify!($home);

        /// Which page it is, and what it shows at first.
        #[derive(Clone, Debug, PartialEq)]
        pub enum PageData {
            $Home(Box<$home_data>),
            $($Name(Box<$data>),)*
        }

        impl PageData {
            /// Returns the page's name: what the browser knows it by, and its part of the program.
            pub fn name(&self) -> &'static str {
                match self {
                    Self::$Home(_) => HOME,
                    $(Self::$Name(_) => stringify!($name),)*
                }
            }

            /// Writes the page's data as JSON.
            ///
            /// # Errors
            /// It cannot be written.
            pub fn to_json(&self) -> serde_json::Result<String> {
                match self {
                    Self::$Home(data) => serde_json::to_string(data),
                    $(Self::$Name(data) => serde_json::to_string(data),)*
                }
            }

            /// Returns the page's title, without the program's name.
            pub fn title(&self) -> String {
                match self {
                    Self::$Home(data) => data.title(),
                    $(Self::$Name(data) => data.title(),)*
                }
            }

        }

        impl From<$home_data> for PageData {
            fn from(data: $home_data) -> Self {
                Self::$Home(Box::new(data))
            }
        }

        $(impl From<$data> for PageData {
            fn from(data: $data) -> Self {
                Self::$Name(Box::new(data))
            }
        })*
    };
}

crate::with_pages!(declare);

fn agent_name(id: AgentId, detail: &Result<AgentDetail, AppError>) -> String {
    let agent = detail.as_ref().ok().and_then(AgentDetail::agent);
    agent.map_or_else(|| format!("Agent #{id}"), |agent| agent.settings.name.clone())
}

/// The dashboard's parts; each may be missing without the others.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct DashboardData {
    /// The query of the page's address, without the question mark.
    pub query: String,
    /// Snapshot of `agents`.
    pub agents: Result<ServerMessage, AppError>,
    /// Snapshot of `summary`.
    pub summary: Result<ServerMessage, AppError>,
    /// Snapshot of the open agent's topic; `None` when no row is open.
    pub history: Option<Result<ServerMessage, AppError>>,
    /// Whether to say that only the demo model is available.
    pub provider_notice: bool,
}

impl Page for DashboardData {
    fn title(&self) -> String {
        "Dashboard".to_owned()
    }
}

/// The form that creates an agent.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct NewAgentData {
    pub models: ModelChoices,
    pub tools: ToolCatalogue,
}

impl Page for NewAgentData {
    fn title(&self) -> String {
        "New agent".to_owned()
    }
}

/// The page on which agents are imported; it is the same for everybody.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct ImportData {}

impl Page for ImportData {
    fn title(&self) -> String {
        "Import agents".to_owned()
    }
}

/// The agents that some are selected of.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct SelectData {
    /// The query of the page's address, without the question mark: that of the dashboard.
    pub query: String,
    /// Snapshot of `agents`.
    pub agents: Result<ServerMessage, AppError>,
}

impl Page for SelectData {
    fn title(&self) -> String {
        "Select agents".to_owned()
    }
}

/// An agent's overview.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct AgentPageData {
    pub id: AgentId,
    pub detail: Result<AgentDetail, AppError>,
    pub tools: ToolCatalogue,
    /// Charts of its last 30 days as HTML, from the server's own drawing: safe to show.
    pub charts: Result<String, AppError>,
    /// Why its runs failed in these days.
    pub errors: Result<Vec<ErrorGroup>, AppError>,
}

impl Page for AgentPageData {
    fn title(&self) -> String {
        agent_name(self.id, &self.detail)
    }
}

/// An agent's settings.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct AgentSettingsData {
    pub id: AgentId,
    pub detail: Result<AgentDetail, AppError>,
    pub models: ModelChoices,
    pub tools: ToolCatalogue,
}

impl Page for AgentSettingsData {
    fn title(&self) -> String {
        format!("{}, settings", agent_name(self.id, &self.detail))
    }
}

/// The versions of an agent's settings.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct AgentVersionsData {
    pub id: AgentId,
    pub detail: Result<AgentDetail, AppError>,
    pub versions: Result<VersionsView, AppError>,
}

impl Page for AgentVersionsData {
    fn title(&self) -> String {
        format!("{}, versions", agent_name(self.id, &self.detail))
    }
}

/// The webhooks of an agent.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct AgentHooksData {
    pub id: AgentId,
    pub detail: Result<AgentDetail, AppError>,
    /// The webhook that the address names.
    pub hook: Option<HookId>,
    /// The only deliveries that it asks for.
    pub outcome: Option<Outcome>,
    /// The list of deliveries begins below this id.
    pub below: Option<i64>,
    pub hooks: Result<HooksView, AppError>,
}

impl Page for AgentHooksData {
    fn title(&self) -> String {
        format!("{}, webhooks", agent_name(self.id, &self.detail))
    }
}

/// Cost and failures of all agents, or why they could not be read.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct AnalyticsData {
    pub view: Result<AnalyticsView, AppError>,
}

impl Page for AnalyticsData {
    fn title(&self) -> String {
        "Analytics".to_owned()
    }
}

/// One run, or why it could not be read.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct RunPageData {
    pub id: RunId,
    pub detail: Result<RunDetail, AppError>,
    /// Its steps over time and their tokens as HTML, from the server's own drawing: safe to show. Empty before there is a step.
    pub charts: Result<String, AppError>,
}

/// One run as JSON, or why it could not be read.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct RunRawData {
    pub id: RunId,
    pub raw: Result<RunRaw, AppError>,
}

impl Page for RunRawData {
    fn title(&self) -> String {
        match &self.raw {
            Ok(RunRaw { agent_name, .. }) => format!("{agent_name} #{}, raw JSON", self.id),
            Err(_) => format!("Run #{}, raw JSON", self.id),
        }
    }
}

/// Runs over all agents, or why they could not be read.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct RunsPageData {
    /// The query of the page's address, without the question mark.
    pub query: String,
    pub runs: Result<RunsView, AppError>,
    /// The newest action on many runs that is under way.
    pub bulk: Option<BulkView>,
    /// Saved views, by name.
    pub views: Vec<SavedView>,
    /// Columns that are shown, of those that can be left out.
    pub columns: Vec<RunColumn>,
}

impl Page for RunsPageData {
    fn title(&self) -> String {
        "Runs".to_owned()
    }
}

/// Two runs compared, or why they cannot be.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct CompareData {
    /// The run in question and the one that it is compared with, as the page's address has them.
    pub a: String,
    pub b: String,
    pub compared: Result<RunComparison, AppError>,
}

impl Page for CompareData {
    fn title(&self) -> String {
        match &self.compared {
            Ok(RunComparison { a, b, .. }) => format!("Compare #{} with #{}", a.run.id, b.run.id),
            Err(_) => "Compare runs".to_owned(),
        }
    }
}

/// The chats of an agent, or why they could not be read.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct ChatPageData {
    pub agent: AgentId,
    /// The one that is open; `None` where a new one begins.
    pub thread: Option<ThreadId>,
    /// Whether all of it is shown, however long.
    pub whole: bool,
    pub chat: Result<Chat, AppError>,
}

impl Page for ChatPageData {
    fn title(&self) -> String {
        match &self.chat {
            Ok(chat) => chat.title(),
            Err(_) => "Chat".to_owned(),
        }
    }
}

/// There is nothing at the address.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct NotFoundData {
    /// Says what is missing.
    pub what: String,
}

impl Page for NotFoundData {
    fn title(&self) -> String {
        "Not found".to_owned()
    }
}
