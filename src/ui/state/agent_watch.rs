//! One agent on its own pages: read with the page, followed live, and read again for what its topic does not carry.

use crate::api::agents::read_agent;
use crate::domain::agent::StripCell;
use crate::domain::id::{AgentId, RunId};
use crate::domain::live::{ServerMessage, Topic};
use crate::domain::run::{AgentRun, RunStatus, Trigger};
use crate::domain::views::agent::AgentDetail;
use crate::error::{AppError, ErrorKind};
use crate::ui::model::agent_view::AgentView;
use crate::ui::model::seq::{Origin, Outcome};
use crate::ui::model::words::ended;
use crate::ui::state::actions::Reload;
use crate::ui::state::announcer::Announcer;
use crate::ui::state::clock::Clock;
use crate::ui::state::live::Live;
use crate::ui::state::menu::RowMenu;
use crate::ui::state::part::Part;
use crate::ui::state::rows::Rows;
use leptos::prelude::*;
use std::time::Duration;

/// News that comes within this time is read together.
const PAUSE: Duration = Duration::from_millis(250);

/// How many announced ends are remembered: more than the page lists.
const REMEMBERED: usize = 100;

/// State shared by an agent's pages.
#[derive(Clone, Copy)]
pub struct AgentWatch {
    pub id: AgentId,
    pub view: RwSignal<Option<AgentView>>,
    /// Why there is no such agent, once there is none.
    pub gone: RwSignal<Option<String>>,
    /// Its newest runs.
    pub rows: Rows<RunId, AgentRun>,
    pub run_menu: RowMenu<RunId>,
    /// The run whose row has the focus.
    pub focused_run: RwSignal<Option<RunId>>,
    /// The runs whose end has been announced. A reading that is older than what is shown brings back runs that have ended.
    announced: StoredValue<Vec<RunId>>,
    clock: Clock,
    announcer: Announcer,
}

impl AgentWatch {
    /// Creates the state of the page being rendered from what it came with; returns with it how its reading stands.
    pub fn of_page(id: AgentId, first: Result<AgentDetail, AppError>) -> (Self, Part) {
        let watch = Self {
            id,
            view: RwSignal::new(None),
            gone: RwSignal::new(None),
            rows: Rows::by(|run: &AgentRun| run.id),
            run_menu: RowMenu::new("run-menu"),
            focused_run: RwSignal::new(None),
            announced: StoredValue::new(Vec::new()),
            clock: Clock::from_context(),
            announcer: Announcer::from_context(),
        };
        let part = Part::new(watch.accept(first), move || watch.read());
        provide_context(Reload(Callback::new(move |()| part.read())));
        let topic = move || Some(Topic::Agent(id)).filter(|_| watch.gone.read().is_none());
        Live::from_context().watch(topic, move |message| {
            let outcome = watch.hear(message);
            let is_change = matches!(message, ServerMessage::RunUpdate { .. } | ServerMessage::AgentUpdate { .. });
            // Runs change what the topic does not carry: how the agent stands, when it runs next, what it has spent.
            if is_change && outcome == Outcome::Applied {
                part.read_soon(PAUSE);
            }
            outcome
        });
        (watch, part)
    }

    /// Asks the server for the agent as it is now.
    ///
    /// # Errors
    /// Those of the server function.
    pub async fn read(self) -> Result<(), AppError> {
        self.accept(read_agent(self.id).await)
    }

    /// Returns the run that somebody is at, with the focus or in its menu: its row stays where it is; tracked.
    pub fn kept_run(self) -> Option<RunId> {
        self.run_menu.open_for().or(self.focused_run.get())
    }

    fn accept(self, answer: Result<AgentDetail, AppError>) -> Result<(), AppError> {
        match answer {
            Ok(detail) => {
                if let ServerMessage::AgentState { server_now, .. } = &detail.state {
                    self.clock.seed_with(*server_now);
                }
                let kept = untrack(|| self.kept_run());
                let mut ends = Vec::new();
                // The page may have gone.
                _ = self.view.try_update(|view| match view {
                    Some(view) => {
                        let before = view.clone();
                        view.history.kept = kept;
                        view.refresh(detail);
                        ends.extend(view.history.runs.iter().filter_map(|run| finished(&before, run)));
                    }
                    None => *view = AgentView::new(detail),
                });
                self.show_runs();
                ends.into_iter().for_each(|end| self.announce(end));
                Ok(())
            }
            Err(AppError { kind: ErrorKind::NotFound, detail: text, .. }) => {
                _ = self.gone.try_set(Some(text));
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    fn hear(self, message: &ServerMessage) -> Outcome {
        if let ServerMessage::AgentDeleted { .. } = message {
            self.gone.set(Some(format!("There is no agent #{} any more.", self.id)));
            return Outcome::Ignored;
        }
        let kept = untrack(|| self.kept_run());
        let mut outcome = Outcome::Ignored;
        let mut end = None;
        _ = self.view.try_maybe_update(|view| {
            if let Some(view) = view {
                end = ending(view, message);
                view.history.kept = kept;
                outcome = view.apply(message, Origin::Live);
            }
            (outcome == Outcome::Applied, ())
        });
        if outcome == Outcome::Applied {
            self.show_runs();
            end.into_iter().for_each(|end| self.announce(end));
        }
        outcome
    }

    /// Says that a run has ended; once.
    fn announce(self, (run, sentence): End) {
        let is_new = self.announced.try_update_value(|announced| {
            let is_new = !announced.contains(&run);
            if is_new {
                announced.insert(0, run);
                announced.truncate(REMEMBERED);
            }
            is_new
        });
        if is_new == Some(true) {
            self.announcer.say(sentence);
        }
    }

    fn show_runs(self) {
        _ = self.view.try_with_untracked(|view| view.iter().for_each(|view| self.rows.show(&view.history.runs)));
    }
}

/// The run that has ended, and what is said of it.
type End = (RunId, String);

/// Returns the announcement when the message reports that a run has ended.
fn ending(view: &AgentView, message: &ServerMessage) -> Option<End> {
    let ServerMessage::RunUpdate { data, .. } = message else { return None };
    finished(view, data)
}

/// Returns the announcement of a run that has ended since `view`.
fn finished(view: &AgentView, run: &AgentRun) -> Option<End> {
    let known = view.history.runs.iter().find(|known| known.id == run.id)?;
    let has_ended = !known.status.is_terminal() && run.status.is_terminal();
    // A success by schedule, every few seconds for ever, is no news.
    let is_news = run.status != RunStatus::Success || run.trigger != Trigger::Schedule;
    let sentence = || format!("{}: {}", view.agent.settings.name, ended(&StripCell::from(run)));
    (has_ended && is_news).then(|| (run.id, sentence()))
}
