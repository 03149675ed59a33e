//! The conditions that a filter puts on a run `r`, as SQL. Lists are one value each, so a statement's text depends on which filters
//! there are and not on what they say; statuses and the like are spelled out, as in all conditions on them.

use super::Values;
use crate::domain::run::RunStatus;
use crate::domain::run_filter::{Choice, RunFilter, ThroughHook};
use crate::domain::signal::Signals;
use crate::domain::time::Timestamp;
use crate::server::store::named::{among, list};
use crate::server::store::search::query::Search;
use sea_orm::{DbBackend, Value};

/// Names of the parameters for keys and values of metadata.
const KEYS: [(&str, &str); 5] = [("ka", "va"), ("kb", "vb"), ("kc", "vc"), ("kd", "vd"), ("ke", "ve")];

/// The conditions of a filter, apart by who can decide them.
pub(super) struct Conditions {
    /// Conditions on the time of acceptance: how it compares with which parameter.
    times: Vec<(&'static str, &'static str)>,
    /// The condition on agents: the SQL after the column, and whether it names those who are left out.
    agents: Option<(String, bool)>,
    /// Whether one agent is asked for.
    pub is_of_one_agent: bool,
    /// All other conditions but that on the status, on `r`.
    pub rest: Vec<String>,
    /// The condition on the status, on `r`; `None` for any.
    pub status: Option<String>,
    /// Whether runs are asked for that have a signal.
    pub has_signal: bool,
    pub search: Option<Searched>,
    pub values: Values,
}

impl Conditions {
    pub fn of(backend: DbBackend, filter: &RunFilter, now: Timestamp) -> Self {
        // All of them by name, so that one that is added is not forgotten here: it would match every run, also for what acts on
        // many. The functions below see to those that are `_`.
        let RunFilter {
            agent,
            within,
            signal,
            q,
            status: _,
            failure_kind: _,
            trigger: _,
            retried: _,
            hook: _,
            version: _,
            model: _,
            tag: _,
            agent_tag: _,
            metadata: _,
            min_duration_s: _,
            min_cost: _,
        } = filter;
        let mut all = Self {
            times: Vec::new(),
            agents: None,
            is_of_one_agent: false,
            rest: Vec::new(),
            status: None,
            has_signal: signal.as_ref().is_some_and(|signals| !signals.negated),
            search: None,
            values: Vec::new(),
        };
        let (from, until) = within.bounds(now);
        for (compares, name, at) in [(">=", "from", from), ("<", "until", until)] {
            let Some(at) = at else { continue };
            all.times.push((compares, name));
            all.values.push((name, at.into()));
        }
        if let Some(agents) = agent {
            let one = agents.values.first().filter(|_| !agents.negated && agents.values.len() == 1);
            all.is_of_one_agent = one.is_some();
            let (condition, value) = match one {
                Some(one) => ("= :agent".to_owned(), ("agent", one.0.into())),
                None => (among(backend, ":agents"), ("agents", ids(backend, &agents.values))),
            };
            all.agents = Some((condition, agents.negated));
            all.values.push(value);
        }
        let statuses = filter.statuses();
        if statuses.len() < RunStatus::ALL.len() {
            all.status = Some(among_words("r.status", &statuses));
        }
        all.words_of(filter);
        all.texts_of(backend, filter);
        all.amounts_of(filter, now);
        all.search = q.as_deref().filter(|_| !statuses.is_empty()).map(|q| all.searched(backend, q, &statuses));
        all
    }

    /// Returns those of the time on a run of this name. Where they are not `indexed`, no index is used for them.
    pub fn times_on(&self, run: &str, indexed: bool) -> Vec<String> {
        let column = if indexed { "queued_at" } else { "queued_at + 0" };
        self.times.iter().map(|(compares, name)| format!("{run}.{column} {compares} :{name}")).collect()
    }

    /// Whether there is a time after which runs are left out.
    pub fn has_end(&self) -> bool {
        self.times.iter().any(|(_, name)| *name == "until")
    }

    /// Returns that of the agents on a run of this name, in the same way.
    pub fn agents_on(&self, run: &str, indexed: bool) -> Option<String> {
        let (condition, is_negated) = self.agents.as_ref()?;
        let column = if indexed { "agent_id" } else { "agent_id + 0" };
        Some(negated(*is_negated, &format!("{run}.{column} {condition}")))
    }

    fn put(&mut self, name: &'static str, value: Value, condition: impl Into<String>) {
        self.values.push((name, value));
        self.rest.push(condition.into());
    }

    /// Words that are spelled out.
    fn words_of(&mut self, filter: &RunFilter) {
        if let Some(kinds) = &filter.failure_kind {
            let condition = among_words("r.failure_kind", &kinds.values);
            self.rest.push(negated(kinds.negated, &condition));
        }
        if let Some(triggers) = &filter.trigger {
            self.rest.push(negated(triggers.negated, &among_words("r.trigger", &triggers.values)));
        }
        if let Some(signals) = &filter.signal {
            let these = signals.values.iter().fold(Signals::default(), |all, signal| all.with(*signal, true));
            // In the words of the index's condition, where there is to be one.
            let has_some = if signals.negated { "" } else { "r.signals IS NOT NULL AND " };
            let condition = negated(signals.negated, &format!("(r.signals & {}) <> 0", these.bits()));
            self.rest.push(format!("{has_some}{condition}"));
        }
        let retry = "EXISTS (SELECT 1 FROM agent_runs o WHERE o.retry_of = r.id)";
        self.rest.extend(filter.retried.map(|retried| negated(!retried, retry)));
    }

    fn texts_of(&mut self, backend: DbBackend, filter: &RunFilter) {
        match &filter.hook {
            None => {}
            Some(ThroughHook::Any) => self.rest.push("r.hook_id IS NOT NULL".to_owned()),
            Some(ThroughHook::None) => self.rest.push("r.hook_id IS NULL".to_owned()),
            Some(ThroughHook::These(hooks)) => {
                let condition = negated(hooks.negated, &format!("r.hook_id {}", among(backend, ":hooks")));
                self.put("hooks", ids(backend, &hooks.values), condition);
            }
        }
        if let Some(versions) = &filter.version {
            let condition = negated(versions.negated, &format!("r.agent_version {}", among(backend, ":versions")));
            self.put("versions", ids(backend, &versions.values), condition);
        }
        if let Some(models) = &filter.model {
            let condition = negated(models.negated, &format!("r.model {}", among_texts(backend, ":models")));
            self.put("models", texts(models), condition);
        }
        if let Some(tags) = &filter.tag {
            let condition = negated(tags.negated, &has_tag(backend, "r.tags", ":tags"));
            self.put("tags", texts(tags), condition);
        }
        if let Some(tags) = &filter.agent_tag {
            let tagged = has_tag(backend, "g.tags", ":agent_tags");
            let agents = format!("SELECT g.id FROM agents g WHERE g.owner_id = :owner AND {tagged}");
            // Not by an index of agents: the runs come in the order of their ids.
            let condition = negated(tags.negated, &format!("r.agent_id + 0 IN ({agents})"));
            self.put("agent_tags", texts(tags), condition);
        }
        for ((key, values), (name, choice)) in KEYS.into_iter().zip(&filter.metadata) {
            let condition = match backend {
                DbBackend::Postgres => {
                    format!(
                        "(CAST(r.metadata AS JSON) ->> CAST(:{key} AS TEXT)) {}",
                        among_texts(backend, &format!(":{values}"))
                    )
                }
                // As it is written, of numbers too: they are not read and written again.
                _ => format!(
                    "EXISTS (SELECT 1 FROM json_each(r.metadata) m WHERE m.key = :{key}
                     AND CASE m.type WHEN 'text' THEN m.value ELSE r.metadata -> m.fullkey END {})",
                    among_texts(backend, &format!(":{values}"))
                ),
            };
            self.values.push((key, name.as_str().into()));
            self.put(values, texts(choice), negated(choice.negated, &condition));
        }
    }

    fn amounts_of(&mut self, filter: &RunFilter, now: Timestamp) {
        if let Some(seconds) = filter.min_duration_s {
            self.values.push(("now", now.into()));
            let so_far = "CASE WHEN r.finished_at IS NULL THEN :now - r.started_at END";
            let condition = format!("COALESCE(r.duration_ms, {so_far}) >= :duration");
            self.put("duration", (seconds * 1_000).into(), condition);
        }
        if let Some(cost) = filter.min_cost {
            self.put("cost", cost.into(), "r.total_cost >= :cost");
        }
    }

    fn searched(&mut self, backend: DbBackend, q: &str, statuses: &[RunStatus]) -> Searched {
        let search = Search::read(q);
        self.values.extend(search.number.map(|number| ("number", number.into())));
        let by_words = !search.terms.is_empty();
        if by_words && statuses.iter().any(|status| status.is_terminal()) {
            let match_of = if backend == DbBackend::Postgres { Search::for_postgres } else { Search::for_sqlite };
            self.values.push(("match", match_of(&search).into()));
        }
        if by_words && statuses.iter().any(|status| !status.is_terminal()) {
            let patterns: Vec<_> = search.terms.iter().map(|term| pattern(&term.typed)).collect();
            // Cannot fail: a list of texts.
            self.values.push(("patterns", serde_json::to_string(&patterns).unwrap_or_default().into()));
        }
        Searched { by_number: search.number.is_some(), by_words }
    }
}

/// How runs are searched; by neither, none is found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Searched {
    /// By `:number`.
    pub by_number: bool,
    /// By `:match` where they are over, by `:patterns` while they are under way.
    pub by_words: bool,
}

/// Returns the condition that the beginning of a run's input has all of `:patterns`. SQLite finds ASCII in any case, other letters as
/// they are typed.
pub(super) fn like_patterns(backend: DbBackend) -> String {
    let (all, like) = match backend {
        DbBackend::Postgres => {
            ("json_array_elements_text(CAST(CAST(:patterns AS TEXT) AS JSON)) AS p (value)", "ILIKE")
        }
        _ => ("json_each(:patterns) p", "LIKE"),
    };
    format!("NOT EXISTS (SELECT 1 FROM {all} WHERE COALESCE(r.input_preview, '') NOT {like} p.value ESCAPE '\\')")
}

/// Returns a condition, or its contrary, which is true of what there is nothing of.
fn negated(negated: bool, condition: &str) -> String {
    if negated { format!("NOT COALESCE({condition}, FALSE)") } else { condition.to_owned() }
}

/// Returns the condition that a column has one of these words; with none, that it has what no column has.
fn among_words<T: ToString>(column: &str, words: &[T]) -> String {
    let words: Vec<_> = words.iter().map(|word| format!("'{}'", word.to_string())).collect();
    if words.is_empty() { "FALSE".to_owned() } else { format!("{column} IN ({})", words.join(", ")) }
}

/// Returns the condition that the text before it is one of those that are a parameter.
fn among_texts(backend: DbBackend, parameter: &str) -> String {
    match backend {
        DbBackend::Postgres => format!("IN (SELECT json_array_elements_text(CAST(CAST({parameter} AS TEXT) AS JSON)))"),
        _ => format!("IN (SELECT value FROM json_each({parameter}))"),
    }
}

/// Returns the condition that one of the tags in a column is one of those that are a parameter.
fn has_tag(backend: DbBackend, column: &str, parameter: &str) -> String {
    let among = among_texts(backend, parameter);
    match backend {
        DbBackend::Postgres => {
            format!(
                "EXISTS (SELECT 1 FROM json_array_elements_text(CAST({column} AS JSON)) AS j(tag) WHERE j.tag {among})"
            )
        }
        _ => format!("EXISTS (SELECT 1 FROM json_each({column}) j WHERE j.value {among})"),
    }
}

/// Returns the pattern of what has a word in it.
fn pattern(word: &str) -> String {
    format!("%{}%", word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"))
}

fn texts(choice: &Choice<String>) -> Value {
    // Cannot fail: a list of texts.
    serde_json::to_string(&choice.values).unwrap_or_default().into()
}

fn ids<T: ToString>(backend: DbBackend, ids: &[T]) -> Value {
    let ids = list(ids);
    match backend {
        DbBackend::Postgres => format!("{{{ids}}}").into(),
        _ => format!("[{ids}]").into(),
    }
}
