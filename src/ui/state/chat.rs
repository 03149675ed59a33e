//! A chat's page: the reducer, the signals that show it, the topics that feed it, and what people do in it.

use crate::api::chat::{read_chat, say};
use crate::domain::agent::StripCell;
use crate::domain::id::{AgentId, MessageId, RunId, ThreadId};
use crate::domain::live::{ServerMessage, Topic};
use crate::domain::money::NanoDollars;
use crate::domain::thread::ThreadRow;
use crate::domain::views::chat::{Chat as Answer, Sent};
use crate::domain::views::page::ChatPageData;
use crate::error::{AppError, ErrorKind};
use crate::ui::dom;
use crate::ui::model::address::chat_href;
use crate::ui::model::chat_log::{ChatLog, Exchange, Head, Heard};
use crate::ui::model::seq::Outcome;
use crate::ui::model::words::ended;
use crate::ui::state::actions::Reload;
use crate::ui::state::announcer::Announcer;
use crate::ui::state::clock::Clock;
use crate::ui::state::live::Live;
use crate::ui::state::part::Part;
use crate::ui::state::request_keys::RequestKeys;
use crate::ui::state::rows::Rows;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Whether the thread is being read, and has to be read once more after that.
#[derive(Clone, Copy, Default)]
struct Reading {
    busy: bool,
    again: bool,
}

/// State shared by the components of a chat's page.
#[derive(Clone, Copy)]
pub struct Chat {
    pub agent: AgentId,
    log: StoredValue<Option<ChatLog>>,
    thread: StoredValue<Option<ThreadId>>,
    whole: bool,
    reading: StoredValue<Reading>,
    part: StoredValue<Option<Part>>,
    pub head: RwSignal<Option<Head>>,
    pub threads: Rows<ThreadId, ThreadRow>,
    pub exchanges: Rows<MessageId, Exchange>,
    /// The run that is under way or next, and whether it has been asked to stop.
    pub active: RwSignal<Option<(RunId, bool)>>,
    /// How many runs are shown, and what they have cost.
    pub figures: RwSignal<(usize, Option<NanoDollars>)>,
    /// Sentence that names what is no longer there.
    pub missing: RwSignal<Option<String>>,
    /// Counts changes of what is shown.
    pub changes: RwSignal<u32>,
    /// Text that is being written for the thread.
    pub draft: RwSignal<String>,
    pub sending: RwSignal<bool>,
    pub refused: RwSignal<Option<AppError>>,
    keys: RequestKeys,
    announcer: Announcer,
    clock: Clock,
}

impl Chat {
    /// Creates the state of the page being rendered; returns with it how its reading stands.
    pub fn of_page(data: ChatPageData) -> (Self, Part) {
        let ChatPageData { agent, thread, whole, chat } = data;
        let state = Self {
            agent,
            log: StoredValue::new(None),
            thread: StoredValue::new(thread),
            whole,
            reading: StoredValue::new(Reading::default()),
            part: StoredValue::new(None),
            head: RwSignal::new(None),
            threads: Rows::by(|row: &ThreadRow| row.id),
            exchanges: Rows::by(|exchange: &Exchange| exchange.message.id),
            active: RwSignal::new(None),
            figures: RwSignal::new((0, None)),
            missing: RwSignal::new(None),
            changes: RwSignal::new(0),
            draft: RwSignal::new(String::new()),
            sending: RwSignal::new(false),
            refused: RwSignal::new(None),
            keys: RequestKeys::from_context(),
            announcer: Announcer::from_context(),
            clock: Clock::from_context(),
        };
        let part = Part::new(state.accept(chat), move || state.read_once());
        state.part.set_value(Some(part));
        provide_context(state);
        provide_context(Reload(Callback::new(move |()| state.read())));
        (state, part)
    }

    /// Returns the state of this page.
    pub fn from_context() -> Self {
        expect_context()
    }

    /// Returns the thread that is open; tracked.
    pub fn open(self) -> Option<ThreadId> {
        self.head.with(|head| head.as_ref().and_then(|head| head.thread))
    }

    fn accept(self, answer: Result<Answer, AppError>) -> Result<(), AppError> {
        match answer {
            Ok(read) => {
                self.clock.seed_with(read.server_now);
                let agent = self.agent;
                // The page may have gone.
                _ = self.log.try_update_value(|log| match log {
                    Some(log) => log.refresh(read),
                    None => *log = Some(ChatLog::new(agent, read)),
                });
                self.show();
                Ok(())
            }
            Err(AppError { kind: ErrorKind::NotFound, detail: what, .. }) => {
                _ = self.missing.try_set(Some(what));
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Reads everything again. While it is being read, that is once more afterwards.
    pub fn read(self) {
        let Some(reading) = self.reading.try_get_value() else { return };
        match reading.busy {
            true => self.reading.set_value(Reading { again: true, ..reading }),
            false => {
                self.reading.set_value(Reading { busy: true, again: false });
                self.part.get_value().iter().for_each(|part| part.read());
            }
        }
    }

    async fn read_once(self) -> Result<(), AppError> {
        let Some(thread) = self.thread.try_get_value() else { return Ok(()) };
        let answer = read_chat(self.agent, thread, self.whole).await;
        let reading = self.reading.try_get_value().unwrap_or_default();
        _ = self.reading.try_set_value(Reading::default());
        // The first message of a new chat may have been sent meanwhile.
        let is_this = self.thread.try_get_value() == Some(thread);
        if reading.again || !is_this {
            self.read();
        }
        if is_this { self.accept(answer) } else { Ok(()) }
    }

    /// Shows what is known; what is as it was is left alone.
    fn show(self) {
        _ = self.log.try_with_value(|log| {
            let Some(log) = log else { return };
            put(self.head, Some(log.head.clone()));
            self.threads.show(&log.threads);
            self.exchanges.show(&log.exchanges);
            put(self.active, log.active().map(|run| (run.id, run.is_stopping())));
            put(self.figures, log.figures());
            self.changes.update(|changes| *changes = changes.wrapping_add(1));
        });
    }

    /// Listens to the agent, and to the run that is under way.
    pub fn follow(self) {
        let live = Live::from_context();
        let there = move || self.missing.read().is_none();
        live.watch(move || there().then_some(Topic::Agent(self.agent)), move |message| self.hear(message));
        let run = Memo::new(move |_| self.active.get().map(|(run, _)| run));
        live.watch(move || run.get().map(Topic::Run), move |message| self.hear(message));
        let was: StoredValue<Option<RunId>> = StoredValue::new(None);
        Effect::new(move |is_first: Option<()>| {
            let run = run.get();
            let before = was.get_value();
            was.set_value(run);
            if is_first.is_some() && run != before {
                self.tell(before, run);
            }
        });
    }

    /// Announces that an answer has ended, or begins.
    fn tell(self, before: Option<RunId>, now: Option<RunId>) {
        let name = self.head.with_untracked(|head| head.as_ref().map(|head| head.agent_name.clone()));
        let name = name.unwrap_or_default();
        let end = self.log.with_value(|log| Some(StripCell::from(log.as_ref()?.run(before?)?)));
        if let Some(end) = end {
            self.announcer.say(format!("{name}: {}", ended(&end)));
        }
        if now.is_some() {
            self.announcer.say(format!("{name} is answering"));
        }
    }

    fn hear(self, message: &ServerMessage) -> Outcome {
        let heard = self.log.try_update_value(|log| log.as_mut().map(|log| log.hear(message)));
        match heard.flatten() {
            Some(Heard::Known(outcome)) => {
                if outcome == Outcome::Applied {
                    self.show();
                }
                outcome
            }
            Some(Heard::Read) => {
                self.show();
                self.read();
                Outcome::Applied
            }
            Some(Heard::Gone) => {
                self.missing.set(Some(format!("There is no agent #{}.", self.agent)));
                Outcome::Applied
            }
            None => Outcome::Ignored,
        }
    }

    /// Sends what was written. It stays where it is until it has arrived.
    pub fn send(self) {
        let content = self.draft.get_untracked();
        if content.trim().is_empty() || self.sending.get_untracked() {
            return;
        }
        self.sending.set(true);
        self.refused.set(None);
        let thread = self.thread.get_value();
        spawn_local(async move {
            let request = format!("say {thread:?} {content}");
            let answer = say(self.agent, thread, content.clone(), self.keys.of(&request)).await;
            self.keys.answered(&request, &answer);
            // The page may have gone.
            if self.sending.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(sent) => self.sent(&content, sent),
                Err(error) => self.refused.set(Some(error)),
            }
        });
    }

    fn sent(self, content: &str, Sent { thread, .. }: Sent) {
        self.draft.maybe_update(|draft| {
            let is_same = draft == content;
            if is_same {
                draft.clear();
            }
            is_same
        });
        if self.thread.get_value().is_none() {
            self.thread.set_value(Some(thread));
            dom::set_address(&chat_href(self.agent, thread), false);
        }
        self.read();
    }
}

/// Sets a signal; notifies its readers only if the value is new.
fn put<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    signal.maybe_update(|old| {
        let is_new = *old != value;
        *old = value;
        is_new
    });
}
