//! Agents to a file and from one: shown before anything is written, then written all together.

use super::{Agents, file};
use crate::domain::agent::import::{ImportError, ImportReport, ImportResult, ImportedAgent, MAX_FILE};
use crate::domain::agent::{AgentSettings, Setting};
use crate::domain::id::AgentId;
use crate::error::{AppError, FieldError};
use crate::server::runs::events::EventKind;
use crate::server::store::imports::{Import, PresentAgent, Written};
use crate::server::store::scope::Scope;
use crate::server::{aside, differences};
use file::FileAgent;
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// On the versions that an import makes.
const NOTE: &str = "Imported";
/// Mistakes that an error names; of more it says how many there are.
const NAMED: usize = 100;

/// How a file is imported.
#[derive(Clone, Debug, Default)]
pub struct Importing {
    /// Says what would be done, and does nothing.
    pub dry_run: bool,
    /// The fingerprint of the report that somebody has seen; `None` imports whatever there is to import.
    pub expected: Option<String>,
}

/// An import that is checked, with nothing written yet.
struct Plan {
    report: ImportReport,
    /// The agents to be written; `places` are theirs in the report.
    imports: Vec<Import>,
    places: Vec<usize>,
}

impl Agents {
    /// Returns agents as a file, in the order of their names: all, or those of these names.
    ///
    /// # Errors
    /// `NotFound` where there is no agent of a name.
    pub async fn export(&self, scope: &Scope, names: &[String]) -> Result<String, AppError> {
        let mut agents = self.store.present_agents(scope).await?;
        if let Some(missing) = names.iter().find(|name| agents.iter().all(|agent| agent.settings.name != **name)) {
            return Err(AppError::not_found(format!("There is no agent “{missing}”.")));
        }
        agents.retain(|agent| names.is_empty() || names.contains(&agent.settings.name));
        let settings: Vec<AgentSettings> = agents.into_iter().map(|agent| agent.settings).collect();
        Ok(aside::run(move || file::write(&settings)).await)
    }

    /// Returns one agent as a file.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn export_one(&self, scope: &Scope, id: AgentId) -> Result<String, AppError> {
        let settings = self.store.agent_settings(scope, id).await?;
        Ok(file::write(&[settings]))
    }

    /// Imports agents from a file: those whose names are new are created, others get the settings that the file has, and with
    /// that a version. All of them or, if anything is wrong with one, none; agents that the file does not name are left
    /// alone.
    ///
    /// # Errors
    /// `TooLarge`, `Malformed`, `Invalid`: the file cannot be read. Unless it is only a dry run also `Invalid` with every mistake in it, and
    /// `Conflict` where an agent or the file is not as it was when the report was made.
    pub async fn import(&self, scope: &Scope, text: String, how: Importing) -> Result<ImportReport, AppError> {
        if !how.dry_run
            && let Err(error) = self.store.not_again(scope).await
        {
            return Ok(error.recorded()?);
        }
        if text.len() > MAX_FILE {
            let text = format!("A file of agents may be {MAX_FILE} bytes at most. Import it in parts.");
            return Err(AppError::too_large(text));
        }
        let agents = aside::run(move || file::read(&text)).await?;
        let present = self.store.present_agents(scope).await?;
        let service = self.clone();
        let Plan { mut report, imports, places } = aside::run(move || service.plan(&agents, &present)).await;
        report.dry_run = how.dry_run;
        if how.dry_run {
            return Ok(report);
        }
        if report.failed > 0 {
            return Err(refusal(&report));
        }
        let applied = |written: &[Written]| applied(&report, &places, written);
        // Of two that arrive together the second finds everything as the file has it.
        let is_as_shown = how.expected.is_none_or(|expected| expected == report.fingerprint);
        let written = match self.store.import_agents(scope, is_as_shown, &imports, NOTE, &applied).await {
            Ok(written) => written,
            Err(error) => return Ok(error.recorded()?),
        };
        for Written { id, seq, .. } in &written {
            self.events.publish(scope.owner(), *id, *seq, EventKind::AgentChanged);
        }
        Ok(applied(&written))
    }

    /// Compares the file with what there is. For a thread of its own.
    fn plan(&self, agents: &[FileAgent], present: &[PresentAgent]) -> Plan {
        let mut by_name: HashMap<&str, Vec<&PresentAgent>> = HashMap::new();
        for agent in present {
            by_name.entry(&agent.settings.name).or_default().push(agent);
        }
        let mut firsts: HashMap<&str, &FileAgent> = HashMap::new();
        let (mut report, mut imports, mut places) = (ImportReport::default(), Vec::new(), Vec::new());
        let mut digest = Sha256::new();
        for (at, agent) in agents.iter().enumerate() {
            let name = agent.draft.settings.name.as_str();
            let known = by_name.get(name).map_or(&[][..], Vec::as_slice);
            let first = *firsts.entry(name).or_insert(agent);
            let checked = match ambiguity(Some(first).filter(|first| first.at != agent.at), known) {
                Some(detail) if !name.is_empty() => Err(vec![FieldError::of(Setting::Name.name(), detail)]),
                _ => self.check(agent.draft.clone(), known.first().map(|known| &known.settings)).map_err(mistakes),
            };
            let known = known.first().filter(|_| known.len() == 1);
            let mut shown = ImportedAgent {
                name: name.to_owned(),
                line: agent.line,
                result: ImportResult::Failed,
                id: known.map(|known| known.id),
                version: known.map(|known| known.version),
                changes: Vec::new(),
                errors: Vec::new(),
            };
            match checked {
                Err(errors) => shown.errors = errors.into_iter().map(|error| agent.error(error)).collect(),
                Ok(settings) => {
                    shown.result = match known {
                        None => ImportResult::Created,
                        Some(known) if known.settings == settings => ImportResult::Unchanged,
                        Some(_) => ImportResult::Changed,
                    };
                    let before = known.map_or_else(AgentSettings::default, |known| known.settings.clone());
                    shown.changes = differences::between(&before, &settings);
                    shown.changes.retain(|change| change.name != Setting::Name.name());
                    let over = known.map(|known| (known.id, known.version));
                    // Cannot fail: numbers and texts.
                    digest.update(serde_json::to_vec(&(over, &settings)).unwrap_or_default());
                    if shown.result != ImportResult::Unchanged {
                        imports.push(Import { over, settings });
                        places.push(at);
                    }
                }
            }
            report.agents.push(shown);
        }
        report.fingerprint = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Plan { report: report.counted(), imports, places }
    }
}

/// Says why it is not clear which agent is meant.
fn ambiguity(first: Option<&FileAgent>, known: &[&PresentAgent]) -> Option<String> {
    if let Some(FileAgent { line, .. }) = first {
        return Some(format!("must be another one: the agent at line {line} of the file has it too"));
    }
    let ids: Vec<String> = known.iter().map(|agent| format!("#{}", agent.id)).collect();
    let (last, others) = ids.split_last().filter(|(_, others)| !others.is_empty())?;
    Some(format!(
        "is that of {} agents, {} and {last}, so it is not clear which one is meant: rename one of them first",
        ids.len(),
        others.join(", ")
    ))
}

/// Returns the mistakes that an error names; one that names none is about the model's price or the like.
fn mistakes(error: AppError) -> Vec<FieldError> {
    match error.errors.is_empty() {
        true => vec![FieldError { pointer: String::new(), detail: error.detail }],
        false => error.errors,
    }
}

/// Returns the error of an import that has mistakes in it.
fn refusal(report: &ImportReport) -> AppError {
    let all = || report.agents.iter().flat_map(|agent| agent.errors.iter().map(move |error| (agent, error)));
    let named = |(agent, error): (&ImportedAgent, &ImportError)| FieldError {
        pointer: error.pointer.clone(),
        detail: format!("line {}, “{}”, {}: {}", error.line, agent.name, error.setting(), error.detail),
    };
    let errors: Vec<FieldError> = all().take(NAMED).map(named).collect();
    let count = all().count();
    let mut detail = format!(
        "Nothing was imported: of {} agents in the file {} cannot be used.",
        report.agents.len(),
        report.failed
    );
    for error in &errors {
        detail.push_str(&format!(" {}.", error.detail.trim_end_matches('.')));
    }
    if count > errors.len() {
        detail.push_str(&format!(" And {} more.", count - errors.len()));
    }
    AppError { errors, ..AppError::invalid(detail) }
}

/// Returns the report of what was written. Texts that differ are not in it: whoever wants to see them has asked before.
fn applied(report: &ImportReport, places: &[usize], written: &[Written]) -> ImportReport {
    let mut report = report.clone();
    for (place, Written { id, version, .. }) in places.iter().zip(written) {
        if let Some(agent) = report.agents.get_mut(*place) {
            (agent.id, agent.version) = (Some(*id), Some(*version));
        }
    }
    for change in report.agents.iter_mut().flat_map(|agent| &mut agent.changes) {
        change.lines.clear();
    }
    report
}
