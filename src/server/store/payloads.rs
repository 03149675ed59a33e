//! Inputs and outputs that are too long for the record of their step: kept up to a bound, compressed, in a table of their
//! own that no list reads. The record has the beginning of each.
//!
//! Knows nothing of what is in them.

pub(super) mod packed;
#[cfg(test)]
mod tests;

use self::packed::{pack, unpack, unpack_beginning};
use super::error::{StoreError, StoreResult};
use super::scope::Scope;
use super::{Store, without_nul};
use crate::domain::id::RunId;
use crate::domain::step::payload::{Extent, MAX_PAYLOAD, Side, clamp, preview};
use crate::domain::step::{RunStep, StepKind};
use crate::server::aside;
use crate::server::execution::MAX_RESULT;
use bytes::{Buf, Bytes};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use std::collections::HashMap;
use std::io::{self, Read};

/// Most bytes that come out of a long text at once; making them takes a tenth of a millisecond.
const PIECE: usize = 64 * 1024;

/// The table, for whoever counts its rows without reading them.
pub(super) const TABLE: &str = "step_payloads";

/// Drops up to `:limit` texts of the runs `{among}`.
pub(super) const DROP_SOME: &str = "
DELETE FROM step_payloads WHERE (run_id, step, side) IN
    (SELECT run_id, step, side FROM step_payloads WHERE run_id {among} LIMIT :limit)";

const LONGER: &str = "SELECT zstd FROM step_payloads WHERE run_id = $1 AND step = $2 AND side = $3";

/// A text of a step on its way into the database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Kept {
    /// The text in the step's record; `None` without one.
    pub(super) record: Option<String>,
    /// Whether that is only the beginning.
    pub(super) is_cut: bool,
    /// Bytes of the whole, where the record has only the beginning and more is kept.
    pub(super) bytes: Option<i64>,
    /// As much of it as is kept then, compressed.
    packed: Option<Vec<u8>>,
}

impl Kept {
    /// Prepares a text, before the transaction that stores it: a long one is compressed, which takes some milliseconds of
    /// another thread.
    pub(super) async fn of(text: Option<&str>) -> Self {
        let Some(text) = text else { return Self::default() };
        let text = without_nul(text);
        let beginning = Self::beginning(&text);
        if !beginning.is_cut {
            return beginning;
        }
        let (bytes, whole) = (text.len(), clamp(&text, MAX_PAYLOAD).0.to_owned());
        match aside::run(move || pack(whole.as_bytes())).await {
            Ok(packed) => Self { bytes: i64::try_from(bytes).ok(), packed: Some(packed), ..beginning },
            Err(error) => {
                // Out of memory. The record goes on being true: only the beginning was kept.
                tracing::error!(%error, "compressing what a step was given or gave");
                beginning
            }
        }
    }

    /// Prepares no more of a text than stands in the record.
    pub(super) fn beginning(text: &str) -> Self {
        let text = without_nul(text);
        let (record, is_cut) = preview(&text);
        Self { record: Some(record.to_owned()), is_cut, ..Self::default() }
    }
}

/// The text of a call, and its part that is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) text: String,
    pub(super) kept: Kept,
}

impl Written {
    /// Prepares a text as [`Kept::of`] does.
    pub(super) async fn of(text: String) -> Self {
        Self { kept: Kept::of(Some(&text)).await, text }
    }
}

/// The input or output, `{side}`, of step `:position` of run `:run`: what stands in its record, or else the whole.
pub(super) const PAYLOAD: &str = "
SELECT s.kind, s.{side}_cut AS is_cut, s.{side}_bytes AS bytes,
       CASE WHEN p.zstd IS NULL THEN s.{side} END AS record, p.zstd AS packed
FROM run_steps s LEFT JOIN step_payloads p ON p.run_id = s.run_id AND p.step = s.position AND p.side = '{side}'
WHERE s.run_id = :run AND s.position = :position
  AND EXISTS (SELECT 1 FROM agent_runs WHERE id = :run AND owner_id = :owner)";

#[derive(FromQueryResult)]
struct Found {
    kind: StepKind,
    is_cut: bool,
    bytes: Option<i64>,
    record: Option<String>,
    packed: Option<Vec<u8>>,
}

/// An input or output, as far as it is kept. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Payload {
    /// The kind of step that it is of.
    pub kind: StepKind,
    /// Bytes that it had in all; `None` where only its beginning was ever kept.
    pub bytes: Option<i64>,
    /// Whether less than that is kept.
    pub is_cut: bool,
    text: Text,
}

#[derive(Clone, Debug)]
enum Text {
    Plain(Bytes),
    Packed(Bytes),
}

impl Found {
    /// Returns it as far as it is kept; `None` where there is none.
    fn payload(self) -> Option<Payload> {
        let len = |bytes: usize| i64::try_from(bytes).ok();
        let Self { kind, is_cut, bytes, record, packed } = self;
        Some(match (packed, record) {
            (Some(packed), _) => {
                Payload { kind, bytes, is_cut: bytes > len(MAX_PAYLOAD), text: Text::Packed(packed.into()) }
            }
            (None, Some(record)) => {
                let bytes = if is_cut { bytes } else { len(record.len()) };
                Payload { kind, bytes, is_cut, text: Text::Plain(record.into()) }
            }
            (None, None) => return None,
        })
    }
}

impl Payload {
    /// Returns its bytes, which are UTF-8. A long text is decompressed as it is read, in little memory; where it is damaged
    /// that fails.
    ///
    /// # Errors
    /// There is no memory for it.
    pub fn reader(&self) -> StoreResult<Box<dyn Read + Send>> {
        Ok(match &self.text {
            Text::Plain(text) => Box::new(text.clone().reader()),
            Text::Packed(packed) => Box::new(unpack(packed.clone()).map_err(|error| damaged(&error))?),
        })
    }

    /// Returns its bytes piece by piece. After an error there are no more.
    ///
    /// # Errors
    /// There is no memory for it.
    pub fn pieces(&self) -> StoreResult<impl Iterator<Item = io::Result<Vec<u8>>> + Send + use<>> {
        let mut reader = Some(self.reader()?);
        Ok(std::iter::from_fn(move || {
            let mut piece = Vec::new();
            match reader.as_mut()?.take(PIECE as u64).read_to_end(&mut piece) {
                Ok(0) => None,
                Ok(_) => Some(Ok(piece)),
                Err(error) => {
                    tracing::error!(%error, "reading what a step was given or gave");
                    reader = None;
                    Some(Err(error))
                }
            }
        }))
    }

    /// Returns all of it, as far as it is kept. For a thread of its own.
    ///
    /// # Errors
    /// `Db`: it is damaged.
    pub fn text(&self) -> StoreResult<String> {
        let mut text = String::new();
        self.reader()?.read_to_string(&mut text).map_err(|error| damaged(&error))?;
        Ok(text)
    }
}

fn damaged(error: &io::Error) -> StoreError {
    StoreError::Db(DbErr::Type(format!("what a step was given or gave is not stored as it should be: {error}")))
}

/// Texts of steps that belong to a conversation and are too long for the steps' rows, of the runs `{among}`: what tools
/// were given, what they returned, and what models said before they called tools.
const PARTS: &str = "
SELECT p.run_id, p.step, s.kind, p.side, p.zstd AS packed
FROM step_payloads p JOIN run_steps s ON s.run_id = p.run_id AND s.position = p.step
WHERE p.run_id {among} AND (s.kind = 'tool_call' OR (p.side = 'output' AND s.calls <> '[]'))";

#[derive(FromQueryResult)]
struct Part {
    run_id: RunId,
    step: i32,
    kind: StepKind,
    side: Side,
    packed: Vec<u8>,
}

impl Part {
    /// Returns as much of its text as a model is shown.
    fn text(self) -> io::Result<String> {
        let is_result = (self.kind, self.side) == (StepKind::ToolCall, Side::Output);
        unpack_beginning(self.packed, if is_result { MAX_RESULT } else { MAX_PAYLOAD })
    }
}

impl Store {
    /// Returns the input or output of a step, as far as it is kept.
    ///
    /// # Errors
    /// `NoRun`; `NoStep`; `NoPayload` where the step has none, or none yet.
    pub async fn payload(&self, scope: &Scope, run: RunId, position: i32, side: Side) -> StoreResult<Payload> {
        let values = [("owner", scope.owner().into()), ("run", run.into()), ("position", position.into())];
        let find = self.named(&PAYLOAD.replace("{side}", side.as_str()), values);
        let Some(found) = Found::find_by_statement(find).one(&self.read).await? else {
            self.run(scope, run).await?;
            return Err(StoreError::NoStep(run, position));
        };
        found.payload().ok_or(StoreError::NoPayload(run, position, side))
    }

    /// Returns a text that is too long for its step's record, at most so many bytes of it; `None` where there is none, or it cannot be
    /// read.
    pub(super) async fn longer_text(
        &self,
        run: RunId,
        step: i32,
        side: Side,
        most: usize,
    ) -> StoreResult<Option<String>> {
        let find = self.statement(LONGER, [run.into(), step.into(), side.into()]);
        let Some(row) = self.read.query_one_raw(find).await? else { return Ok(None) };
        match unpack_beginning(row.try_get("", "zstd")?, most) {
            Ok(text) => Ok(Some(text)),
            Err(error) => {
                tracing::error!(%run, step, %error, "reading what a step was given or gave");
                Ok(None)
            }
        }
    }

    /// Stores what is too long for the record of a step, in the transaction that writes the record. Where nothing is, it
    /// costs nothing.
    pub(super) async fn insert_payload<C: ConnectionTrait>(
        &self,
        db: &C,
        run: RunId,
        step: i32,
        side: Side,
        kept: &Kept,
    ) -> StoreResult<()> {
        let Some(packed) = &kept.packed else { return Ok(()) };
        let insert = "INSERT INTO step_payloads (run_id, step, side, zstd) VALUES ($1, $2, $3, $4)";
        let values = [run.into(), step.into(), side.into(), packed.clone().into()];
        db.execute_raw(self.statement(insert, values)).await?;
        Ok(())
    }

    /// Puts into steps what their records have only the beginning of, as far as a model is shown it again: what tools were
    /// given and returned, and what models said before they called tools. Whatever is whole then no longer says that it is
    /// cut.
    pub(super) async fn complete(&self, steps: &mut HashMap<RunId, Vec<RunStep>>) -> StoreResult<()> {
        let has_more = |step: &RunStep, side| matches!(step.extent(side), Extent::Kept(_) | Extent::Cut(_));
        let has_parts = |step: &RunStep| match step.kind {
            StepKind::ModelCall => !step.calls.is_empty() && has_more(step, Side::Output),
            StepKind::ToolCall => has_more(step, Side::Input) || has_more(step, Side::Output),
        };
        let runs = steps.iter().filter(|(_, steps)| steps.iter().any(has_parts));
        let runs: Vec<RunId> = runs.map(|(run, _)| *run).collect();
        if runs.is_empty() {
            return Ok(());
        }
        let select = self.statement(PARTS.replace("{among}", &self.among("$1")), [self.ids(&runs)]);
        let parts = Part::find_by_statement(select).all(&self.read).await?;
        let texts = aside::run(move || {
            let text = |part: Part| (part.run_id, part.step, part.side, part.text());
            parts.into_iter().map(text).collect::<Vec<_>>()
        });
        for (run, position, side, text) in texts.await {
            let step = steps.get_mut(&run).and_then(|steps| steps.iter_mut().find(|step| step.position == position));
            match (step, text) {
                (Some(step), Ok(text)) => put(step, side, text),
                (None, Ok(_)) => {}
                // The beginning stays, and says that it is one.
                (_, Err(error)) => tracing::error!(%run, position, %error, "reading what a step was given or gave"),
            }
        }
        Ok(())
    }
}

/// Puts a text into its step, of which it is more than the record has.
fn put(step: &mut RunStep, side: Side, text: String) {
    let is_less_than = |bytes: Option<i64>| bytes.is_some_and(|bytes| usize::try_from(bytes) != Ok(text.len()));
    match (side, step.kind) {
        (Side::Input, _) => (step.input_cut, step.input) = (is_less_than(step.input_bytes), Some(text)),
        (Side::Output, StepKind::ModelCall) => {
            (step.said_cut, step.said) = (is_less_than(step.output_bytes), Some(text));
        }
        (Side::Output, StepKind::ToolCall) => {
            (step.output_cut, step.output) = (is_less_than(step.output_bytes), Some(text));
        }
    }
}
