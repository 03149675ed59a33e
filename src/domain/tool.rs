//! Tools as agents pick them and as a settings page shows them. Knows their names, not what they do.

use super::time::Timestamp;
use super::wire::{FromWire, from_wire};
use super::wire_enum::wire_enum;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use std::{fmt, str::FromStr};
use thiserror::Error;

/// How many tools an agent may pick, at most.
pub const MAX_PICKS: usize = 100;
/// Longest name of a declared MCP server, in characters.
pub const MAX_SERVER_NAME: usize = 32;
/// Longest name of a server's tool, in characters.
const MAX_TOOL_NAME: usize = 128;

wire_enum! {
    /// The tools that are part of Runboard.
    BuiltInTool {
        /// The current date and time.
        CurrentTime = "current_time",
        /// One HTTP request to a public address.
        HttpRequest = "http_request",
    }
}

/// A tool that an agent may use; on the wire a string.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ToolPick {
    /// `current_time`
    BuiltIn(BuiltInTool),
    /// `mcp:files`: every tool of the server, also those that it will have one day.
    Server(String),
    /// `mcp:files/read_file`
    ServerTool { server: String, tool: String },
}

/// Why a text picks no tool. The text says what would do.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct PickError(String);

impl FromStr for ToolPick {
    type Err = PickError;

    fn from_str(text: &str) -> Result<Self, PickError> {
        let text = text.trim();
        let Some(rest) = text.strip_prefix("mcp:") else {
            return BuiltInTool::parse(text).map(Self::BuiltIn).ok_or_else(|| {
                PickError(format!(
                    "unknown tool {text:?}: use current_time, http_request, mcp:server or mcp:server/tool"
                ))
            });
        };
        let (server, tool) = rest.split_once('/').map_or((rest, None), |(server, tool)| (server, Some(tool)));
        if !is_server_name(server) {
            return Err(PickError(format!("{text:?} names no server: a server's name is {SERVER_NAME_RULE}")));
        }
        let server = server.to_owned();
        match tool {
            None => Ok(Self::Server(server)),
            Some(tool) if is_tool_name(tool) => Ok(Self::ServerTool { server, tool: tool.to_owned() }),
            Some(_) => Err(PickError(format!(
                "{text:?} names no tool: after the slash stand 1 to {MAX_TOOL_NAME} characters without blanks"
            ))),
        }
    }
}

/// Rule for a server's name, in words.
pub const SERVER_NAME_RULE: &str = "1 to 32 of a-z, 0-9 and -";

/// Whether a server may be called that.
pub fn is_server_name(name: &str) -> bool {
    (1..=MAX_SERVER_NAME).contains(&name.len())
        && name.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-')
}

/// Whether a server's tool can be picked by that name.
pub fn is_tool_name(name: &str) -> bool {
    (1..=MAX_TOOL_NAME).contains(&name.chars().count()) && !name.chars().any(|c| c.is_whitespace() || c.is_control())
}

impl fmt::Display for ToolPick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuiltIn(tool) => f.write_str(tool.as_str()),
            Self::Server(server) => write!(f, "mcp:{server}"),
            Self::ServerTool { server, tool } => write!(f, "mcp:{server}/{tool}"),
        }
    }
}

impl Serialize for ToolPick {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ToolPick {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

from_wire! {
    ToolPick: Value::String(text) => text.parse().ok();
}

/// Every tool that can be picked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, FromWire)]
pub struct ToolCatalogue {
    pub built_in: Vec<ToolInfo>,
    /// The declared MCP servers, by name.
    pub servers: Vec<ToolServer>,
}

/// A tool, as people see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromWire)]
pub struct ToolInfo {
    /// As in a pick; of a server's tool the part after the slash.
    pub name: String,
    pub description: String,
}

wire_enum! {
    /// State of an MCP server.
    ToolServerState {
        /// Being started or reached for.
        Connecting = "connecting",
        /// Its tools can be called.
        Ready = "ready",
        /// It cannot be reached, or has ended; it is tried again.
        Down = "down",
    }
}

/// An MCP server that the operator has declared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromWire)]
pub struct ToolServer {
    pub name: String,
    pub state: ToolServerState,
    /// Why it is not ready, or was not when last tried; null while all is well.
    pub error: Option<String>,
    /// When a server that is down is tried again.
    #[serde(default)]
    pub next_try: Option<Timestamp>,
    /// The tools it has offered, as far as they are known; also while it is down.
    pub tools: Vec<ToolInfo>,
    /// The tools that it offers and no agent can be given.
    #[serde(default)]
    pub left_out: Vec<LeftOut>,
}

/// A tool that cannot be offered to models.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromWire)]
pub struct LeftOut {
    /// As the server calls it, or words for several.
    pub name: String,
    /// Reads on from "it is left out:".
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pick_reads_back_as_what_it_was() {
        let long = format!("mcp:{}/{}", "s".repeat(MAX_SERVER_NAME), "é".repeat(MAX_TOOL_NAME));
        for text in ["current_time", "http_request", "mcp:files", "mcp:files/read_file", "mcp:a-1/b/c:d.é", &long] {
            let pick: ToolPick = text.parse().unwrap();
            assert_eq!(pick.to_string(), text);
            let json = serde_json::to_string(&pick).unwrap();
            assert_eq!(json, format!("{text:?}"));
            assert_eq!(serde_json::from_str::<ToolPick>(&json).unwrap(), pick);
        }
    }

    #[test]
    fn a_server_s_tool_begins_after_the_first_slash() {
        let pick: ToolPick = " mcp:files/a/b ".parse().unwrap();
        assert_eq!(pick, ToolPick::ServerTool { server: "files".into(), tool: "a/b".into() });
    }

    #[test]
    fn an_error_says_what_would_do() {
        let said = |text: &str| text.parse::<ToolPick>().unwrap_err().to_string();
        assert_eq!(
            said("files"),
            "unknown tool \"files\": use current_time, http_request, mcp:server or mcp:server/tool"
        );
        let too_long = format!("mcp:{}", "s".repeat(MAX_SERVER_NAME + 1));
        for text in ["mcp:", "mcp:/x", "mcp:Files", "mcp:a_b", &too_long] {
            assert!(said(text).ends_with("names no server: a server's name is 1 to 32 of a-z, 0-9 and -"), "{text}");
        }
        let too_long = format!("mcp:files/{}", "t".repeat(MAX_TOOL_NAME + 1));
        for text in ["mcp:files/", "mcp:files/a b", "mcp:files/a\u{7}", &too_long] {
            assert!(said(text).contains("names no tool"), "{text}");
        }
        assert!(serde_json::from_str::<ToolPick>("\"nonsense\"").unwrap_err().to_string().contains("unknown tool"));
    }

    #[test]
    fn the_catalogue_is_snake_case() {
        let server = ToolServer {
            name: "files".into(),
            state: ToolServerState::Down,
            error: Some("gone".into()),
            next_try: Some(Timestamp::from_ms(0)),
            tools: vec![ToolInfo { name: "read".into(), description: "Reads".into() }],
            left_out: vec![LeftOut { name: "odd".into(), reason: "it has no inputSchema".into() }],
        };
        let catalogue = ToolCatalogue { built_in: vec![], servers: vec![server] };
        let json = serde_json::to_value(&catalogue).unwrap();
        assert_eq!(json["servers"][0]["state"], "down");
        assert!(json["built_in"].is_array() && json["servers"][0]["next_try"].is_string());
        assert_eq!(ToolCatalogue::from_wire(json).unwrap(), catalogue);
    }
}
