//! Versions of an agent's settings: brought back, compared, and shown on their page.

use super::Agents;
use crate::domain::agent::draft::NOTE;
use crate::domain::agent::version::{SettingDiff, note_fault};
use crate::domain::agent::{Agent, AgentSettings, Draft};
use crate::domain::id::AgentId;
use crate::domain::views::versions::{Compared, VersionsView};
use crate::error::AppError;
use crate::server::runs::events::EventKind;
use crate::server::store::scope::Scope;
use crate::server::store::versions::{RecordedVersion, Saving, Versions, VersionsFrom};
use crate::server::{aside, differences};

/// Versions that the page lists at once.
const LISTED: u64 = 50;

/// How a version is restored.
#[derive(Clone, Debug, Default)]
pub struct Restoring {
    /// The agent's present version, as far as whoever asks knows; `None` replaces whatever is there.
    pub from: Option<i64>,
    /// Why, in the words of whoever asks.
    pub note: Option<String>,
}

/// The settings of two versions, and what differs.
#[derive(Clone, Debug)]
pub struct Comparison {
    pub before: AgentSettings,
    pub after: AgentSettings,
    pub settings: Vec<SettingDiff>,
}

/// The versions of an agent that are asked for: two to compare, and where the list begins.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked {
    /// The version that is compared with `b`; the one before it where there is no other.
    pub a: Option<i64>,
    /// The newest where there is no other.
    pub b: Option<i64>,
    /// The list begins below this number.
    pub below: Option<i64>,
}

impl Agents {
    /// Gives an agent the settings of one of its versions again, which makes another version.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` as [`Agents::replace`]; `Invalid` where the settings can no longer be used, and why.
    pub async fn restore(&self, scope: &Scope, id: AgentId, number: i64, how: Restoring) -> Result<Agent, AppError> {
        if let Err(error) = self.store.not_again(scope).await {
            error.recorded::<i64>()?;
            return Ok(self.store.agent(scope, id).await?.0);
        }
        let RecordedVersion { settings, .. } = self.store.version(scope, id, number).await?;
        let present = self.store.agent(scope, id).await?.0.settings;
        let (settings, unread) = present.recorded(settings);
        let draft = Draft::new(settings, how.from, unread).noting(how.note);
        if let Some(fault) = draft.note.as_deref().and_then(note_fault) {
            return Err(AppError::invalid_field(NOTE, fault));
        }
        let restored = format!("Restored version {number}");
        let note = Some(draft.note.as_ref().map_or(restored.clone(), |note| format!("{restored}: {note}")));
        let saving = Saving { from: draft.version, note };
        let settings = self.check(draft, Some(&present)).map_err(|error| {
            let text = format!("Version {number} cannot be restored: its settings can no longer be used. {error}");
            AppError::invalid(text)
        })?;
        let seq = match self.store.replace_agent(scope, id, &settings, &saving).await {
            Ok(replaced) => replaced.seq,
            Err(error) => error.recorded()?,
        };
        self.events.publish(scope.owner(), id, seq, EventKind::AgentChanged);
        Ok(self.stored(scope, id).await?.0)
    }

    /// Compares version `b` of an agent with version `a`.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn compare(&self, scope: &Scope, id: AgentId, a: i64, b: i64) -> Result<Comparison, AppError> {
        let (a, b) = (self.store.version(scope, id, a).await?, self.store.version(scope, id, b).await?);
        let present = self.store.agent(scope, id).await?.0.settings;
        let (before, after) = (present.recorded(a.settings).0, present.recorded(b.settings).0);
        Ok(aside::run(move || {
            let settings = differences::between(&before, &after);
            Comparison { before, after, settings }
        })
        .await)
    }

    /// Returns what the page of an agent's versions shows.
    ///
    /// # Errors
    /// `NotFound` where there is no such agent.
    pub async fn versions(&self, scope: &Scope, id: AgentId, asked: Asked) -> Result<VersionsView, AppError> {
        let from = asked.below.map_or(VersionsFrom::Newest, VersionsFrom::Below);
        let Versions { versions, has_newer, has_older } = self.store.versions(scope, id, from, LISTED).await?;
        let pair = match (asked.a, asked.b) {
            (Some(a), Some(b)) => Some((a, b)),
            // Of the first that is on record nothing was before.
            (None, Some(b)) => {
                let Versions { versions, .. } = self.store.versions(scope, id, VersionsFrom::Below(b), 1).await?;
                versions.first().map(|before| (before.number, b))
            }
            (a, None) => {
                let newest = versions.first().map(|version| version.number);
                a.or_else(|| versions.get(1).map(|version| version.number)).zip(newest)
            }
        };
        let compared = match pair {
            Some((a, b)) => {
                let compared = self.compare(scope, id, a, b).await;
                Some(compared.map(|Comparison { settings, .. }| Compared { a, b, settings }))
            }
            None => None,
        };
        Ok(VersionsView { versions, has_newer, has_older, compared })
    }
}
