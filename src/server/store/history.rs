//! The history that a run is given: the thread up to its message, as far as its model can take it. The rest is measured in
//! the database and never loaded.

use super::Store;
use super::error::StoreResult;
use crate::domain::id::MessageId;
use crate::domain::step::payload::MAX_PAYLOAD;
use crate::domain::thread::{Message, Role};
use crate::server::entity::{message, run};
use crate::server::execution::MAX_RESULT;
use sea_orm::FromQueryResult;

/// The messages of thread `$1` that a run is given which answers message `$2`, each with the message that it belongs
/// to: `asked`. That is what people have said, each with what a run has answered it; of several that succeeded, the
/// newest. It is ordered by the messages answered, not by time: one may have been posted while the one before was being
/// answered.
const SAID: &str = "
SELECT m.id, m.role, m.run_id, COALESCE(r.input_message_id, m.id) AS asked, octet_length(m.content) AS bytes
FROM thread_messages m LEFT JOIN agent_runs r ON r.id = m.run_id
WHERE m.thread_id = $1
  AND ((m.run_id IS NULL AND m.id <= $2)
       OR (r.status = 'success' AND COALESCE(r.input_message_id, m.id) < $2
           AND NOT EXISTS (SELECT 1 FROM agent_runs n
                           WHERE n.thread_id = $1 AND n.input_message_id = r.input_message_id
                             AND n.status = 'success' AND n.id > r.id)))";

/// Returns how many bytes the calls have that go with the answer of run `said.run_id`, as SQL, as `past_calls` makes them
/// from its steps: those up to the last call of a tool.
fn calls() -> String {
    let most = |bytes: &str, most: usize| format!("CASE WHEN {bytes} > {most} THEN {most} ELSE {bytes} END");
    let output = "COALESCE(s.output_bytes, octet_length(s.output), octet_length(s.error), 0)";
    let (said, result) = (most(output, MAX_PAYLOAD), most(output, MAX_RESULT));
    let given = most("COALESCE(s.input_bytes, octet_length(s.input), 0)", MAX_PAYLOAD);
    format!(
        "SELECT SUM(CASE WHEN s.kind = 'tool_call' THEN {result} + {given} ELSE {said} END
                    + COALESCE(octet_length(e.echo), 0))
         FROM run_steps s LEFT JOIN run_echoes e ON e.run_id = s.run_id AND e.step = s.position
         WHERE s.run_id = said.run_id
           AND s.position <= (SELECT MAX(t.position) FROM run_steps t
                              WHERE t.run_id = said.run_id AND t.kind = 'tool_call')"
    )
}

/// Where the history begins, and how much of it lies before.
#[derive(Debug, FromQueryResult)]
struct Cut {
    /// The first message of people that is kept.
    first: MessageId,
    /// Messages, answers included, of the turns that are left out.
    left_out: i64,
}

impl Store {
    /// Returns the history of a run: at most `limit` bytes of it, except that the message it answers always stays.
    /// Turns are left out whole, the oldest first, and a line at the beginning says so. A chat turn is preceded by its
    /// agent's system instructions, which its thread does not hold.
    pub(super) async fn history(&self, run: &run::Model, instructions: &str, limit: i64) -> StoreResult<Vec<Message>> {
        let answered = run.input_message_id.unwrap_or(MessageId(i64::MAX));
        let limit = limit.saturating_sub(i64::try_from(instructions.len()).unwrap_or(i64::MAX));
        // Materialised, since SQLite would sort the messages themselves, all of them in memory, to group them by what they answer.
        let cut = Cut::find_by_statement(self.statement(
            format!(
                "WITH said AS MATERIALIZED ({SAID}),
                      turns AS (SELECT asked, COUNT(*) AS messages, SUM(bytes + COALESCE(({}), 0)) AS bytes
                                FROM said WHERE role <> 'system' GROUP BY asked),
                      sums AS (SELECT asked, messages, SUM(bytes) OVER newest_first AS bytes,
                                      ROW_NUMBER() OVER newest_first AS place
                               FROM turns WINDOW newest_first AS (ORDER BY asked DESC))
                 SELECT CAST(COALESCE(MIN(CASE WHEN place = 1 OR bytes <= $3 THEN asked END), 0) AS BIGINT) AS first,
                        CAST(COALESCE(SUM(CASE WHEN place = 1 OR bytes <= $3 THEN 0 ELSE messages END), 0) AS BIGINT)
                            AS left_out
                 FROM sums",
                calls()
            ),
            [run.thread_id.into(), answered.into(), limit.into()],
        ));
        let cut = cut.one(&self.read).await?.unwrap_or(Cut { first: MessageId(0), left_out: 0 });
        let rows = message::Model::find_by_statement(self.statement(
            format!(
                "SELECT m.* FROM ({SAID}) said JOIN thread_messages m ON m.id = said.id
                 WHERE said.asked >= $3 OR said.role = 'system' ORDER BY said.asked, said.id"
            ),
            [run.thread_id.into(), answered.into(), cut.first.into()],
        ))
        .all(&self.read)
        .await?;
        let mut history: Vec<_> = rows.into_iter().map(Message::from).collect();
        let Some(first) = history.first().cloned() else { return Ok(history) };
        let system = |content: String| Message { role: Role::System, content, run_id: None, ..first.clone() };
        let mut at = history.iter().take_while(|message| message.role == Role::System).count();
        if run.chat && at == 0 && !instructions.trim().is_empty() {
            history.insert(0, system(instructions.to_owned()));
            at = 1;
        }
        if cut.left_out > 0 {
            history.insert(at, system(left_out(cut.left_out)));
        }
        Ok(history)
    }
}

/// Returns the line that stands in place of messages that were left out.
fn left_out(messages: i64) -> String {
    let (are, s) = if messages == 1 { ("is", "") } else { ("are", "s") };
    format!(
        "[The {messages} earliest message{s} of this conversation {are} left out here: all of it would be more than the \
         model can take.]"
    )
}
