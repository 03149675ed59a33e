//! An agent's tools against the catalogue: the tools that can be picked, and the state of those that were. Pure.

use crate::domain::duration::format_until;
use crate::domain::time::Timestamp;
use crate::domain::tool::{BuiltInTool, LeftOut, ToolCatalogue, ToolInfo, ToolPick, ToolServer, ToolServerState};
use crate::ui::model::lower::lower;

/// A picked tool, as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picked {
    pub name: String,
    /// Why it cannot be called now.
    pub fault: Option<String>,
}

/// Returns an agent's picks.
pub fn picked(catalogue: &ToolCatalogue, picks: &[ToolPick]) -> Vec<Picked> {
    let of = |pick: &ToolPick| {
        let name = match pick {
            ToolPick::BuiltIn(tool) => tool.to_string(),
            ToolPick::Server(server) => format!("{server}: all"),
            ToolPick::ServerTool { server, tool } => format!("{server}/{tool}"),
        };
        Picked { name, fault: fault(catalogue, pick) }
    };
    picks.iter().map(of).collect()
}

/// Returns why what was picked cannot be called now.
fn fault(catalogue: &ToolCatalogue, pick: &ToolPick) -> Option<String> {
    let (server, tool) = match pick {
        ToolPick::BuiltIn(_) => return None,
        ToolPick::Server(server) => (server, None),
        ToolPick::ServerTool { server, tool } => (server, Some(tool)),
    };
    let Some(declared) = catalogue.servers.iter().find(|declared| declared.name == *server) else {
        return Some(format!("No server is called {server} any more."));
    };
    match (declared.state, tool) {
        (ToolServerState::Down, _) => Some(format!("{server} is down.")),
        (ToolServerState::Ready, Some(tool)) if !offers(declared, tool) => {
            Some(match declared.left_out.iter().find(|left| left.name == *tool) {
                Some(left) => format!("It cannot be offered: {}.", left.reason),
                None => format!("{server} does not offer it any more."),
            })
        }
        _ => None,
    }
}

fn offers(server: &ToolServer, tool: &str) -> bool {
    server.tools.iter().any(|offered| offered.name == tool)
}

/// One thing to tick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// As on the wire.
    pub pick: String,
    pub name: String,
    pub description: String,
    /// Why it cannot be called now; ticked all the same, it stays so.
    pub fault: Option<String>,
    /// The pick that has this one in it: the whole server.
    pub within: Option<String>,
}

/// Tools that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The server's name; `None` for what is built in and for what is left of picks.
    pub server: Option<String>,
    pub state: Option<ToolServerState>,
    /// Why the server is not ready.
    pub error: Option<String>,
    /// When a server that is down is tried again.
    pub next_try: Option<Timestamp>,
    pub choices: Vec<Choice>,
    /// The server's tools that cannot be ticked, with the reasons.
    pub left_out: Vec<LeftOut>,
}

impl Group {
    /// Choices that belong to no server.
    fn loose(choices: Vec<Choice>) -> Self {
        Self { server: None, state: None, error: None, next_try: None, choices, left_out: Vec::new() }
    }
}

/// Returns all that can be ticked: the catalogue, and whatever else of `kept` was ticked.
pub fn groups(catalogue: &ToolCatalogue, kept: &[ToolPick]) -> Vec<Group> {
    let mut groups = vec![Group::loose(built_in(catalogue, kept))];
    groups.extend(catalogue.servers.iter().map(|server| of_server(catalogue, server, kept)));
    let is_declared = |server: &str| catalogue.servers.iter().any(|declared| declared.name == server);
    let left = kept.iter().filter(|pick| match pick {
        ToolPick::BuiltIn(_) => false,
        ToolPick::Server(server) | ToolPick::ServerTool { server, .. } => !is_declared(server),
    });
    let left: Vec<Choice> = left.map(|pick| left_over(catalogue, pick)).collect();
    if !left.is_empty() {
        groups.push(Group::loose(left));
    }
    groups
}

fn built_in(catalogue: &ToolCatalogue, kept: &[ToolPick]) -> Vec<Choice> {
    let choice = |ToolInfo { name, description }: &ToolInfo| Choice {
        pick: name.clone(),
        name: name.clone(),
        description: description.clone(),
        fault: None,
        within: None,
    };
    let is_listed = |tool: &BuiltInTool| catalogue.built_in.iter().any(|info| info.name == tool.as_str());
    let others = kept.iter().filter(|pick| matches!(pick, ToolPick::BuiltIn(tool) if !is_listed(tool)));
    catalogue.built_in.iter().map(choice).chain(others.map(|pick| left_over(catalogue, pick))).collect()
}

fn of_server(catalogue: &ToolCatalogue, server: &ToolServer, kept: &[ToolPick]) -> Group {
    let whole = ToolPick::Server(server.name.clone()).to_string();
    let all = Choice {
        pick: whole.clone(),
        name: "All tools".to_owned(),
        description: "Including tools added later.".to_owned(),
        fault: None,
        within: None,
    };
    let single = |info: &ToolInfo| {
        let pick = ToolPick::ServerTool { server: server.name.clone(), tool: info.name.clone() };
        Choice {
            pick: pick.to_string(),
            name: info.name.clone(),
            description: info.description.clone(),
            fault: None,
            within: Some(whole.clone()),
        }
    };
    let gone = kept.iter().filter(
        |pick| matches!(pick, ToolPick::ServerTool { server: of, tool } if *of == server.name && !offers(server, tool)),
    );
    let gone = gone.map(|pick| Choice { within: Some(whole.clone()), ..left_over(catalogue, pick) });
    let choices = [all].into_iter().chain(server.tools.iter().map(single)).chain(gone).collect();
    Group {
        server: Some(server.name.clone()),
        state: Some(server.state),
        error: server.error.clone(),
        next_try: server.next_try,
        choices,
        left_out: server.left_out.clone(),
    }
}

/// Returns a pick that the catalogue does not have.
fn left_over(catalogue: &ToolCatalogue, pick: &ToolPick) -> Choice {
    let name = match pick {
        ToolPick::BuiltIn(tool) => tool.to_string(),
        ToolPick::Server(server) => format!("All tools of {server}"),
        ToolPick::ServerTool { tool, server } if catalogue.servers.iter().any(|known| known.name == *server) => {
            tool.clone()
        }
        ToolPick::ServerTool { server, tool } => format!("{server}/{tool}"),
    };
    Choice { pick: pick.to_string(), name, description: String::new(), fault: fault(catalogue, pick), within: None }
}

/// Says when a server that is down is tried again, which is so many milliseconds from now. The form has the state of when it
/// was opened, so of a try that is past it knows nothing.
pub fn next_try_words(ms: i64) -> String {
    match ms {
        0.. => format!("Next try {}.", format_until(ms)),
        _ => "Tried again since. Reload to see how it stands.".to_owned(),
    }
}

/// Returns how many of a server's tools are ticked, in words: `all 13 tools`, `3 of 13 tools`, `no tools`.
pub fn chosen_words(picks: &str, choices: &[Choice]) -> String {
    let Ticked { all, some, of } = ticked(picks, choices);
    match (all, some, of) {
        (true, _, 0) => "all tools".to_owned(),
        (true, _, 1) => "all tools, 1 now".to_owned(),
        (true, _, of) => format!("all {of} tools"),
        (false, 0, _) => "no tools".to_owned(),
        (false, some, 1) => format!("{some} of 1 tool"),
        (false, some, of) => format!("{some} of {of} tools"),
    }
}

/// Whether some of a server's tools are ticked and not all of them, so that it matters which.
pub fn is_partly_chosen(picks: &str, choices: &[Choice]) -> bool {
    let Ticked { all, some, .. } = ticked(picks, choices);
    !all && some > 0
}

struct Ticked {
    /// The server as a whole.
    all: bool,
    /// Single tools, and how many there are to tick.
    some: usize,
    of: usize,
}

fn ticked(picks: &str, choices: &[Choice]) -> Ticked {
    let is_ticked = |choice: &&Choice| is_ticked(picks, &choice.pick);
    let (single, whole): (Vec<&Choice>, Vec<&Choice>) = choices.iter().partition(|choice| choice.within.is_some());
    Ticked {
        all: whole.iter().any(is_ticked),
        some: single.iter().filter(|choice| is_ticked(choice)).count(),
        of: single.len(),
    }
}

/// Whether a search for these words finds the choice, by its name or description.
pub fn is_found(choice: &Choice, words: &str) -> bool {
    let text = lower(&format!("{} {}", choice.name, choice.description));
    lower(words).split_whitespace().all(|word| text.contains(word))
}

/// Returns the picks, one a line as the form holds them, with this one ticked or not. The same picks as `before` are
/// `before`: to untick and tick again is no change.
pub fn tick(picks: &str, pick: &str, ticked: bool, before: &str) -> String {
    let mut lines: Vec<&str> = picks.lines().filter(|line| *line != pick).collect();
    if ticked {
        lines.push(pick);
    }
    let is_same = lines.len() == before.lines().count() && before.lines().all(|line| lines.contains(&line));
    if is_same { before.to_owned() } else { lines.join("\n") }
}

/// Whether a pick is among those of the form.
pub fn is_ticked(picks: &str, pick: &str) -> bool {
    picks.lines().any(|line| line == pick)
}

#[cfg(test)]
mod tests;
