//! The texts of runs, for their documents: what they were given, their errors, what their models wrote, and their tools. What is
//! most likely to be looked for comes first, since documents are bounded.

use super::document::Document;
use crate::domain::id::RunId;
use crate::domain::run_filter::found::SearchedText;
use crate::domain::step::StepKind;
use crate::domain::step::payload::Side;
use crate::server::entity::values::Json;
use crate::server::store::Store;
use crate::server::store::error::StoreResult;
use sea_orm::FromQueryResult;
use std::collections::BTreeMap;

/// Steps of which the texts are read together, at up to 48 KiB each; one run may have more.
pub(super) const STEPS: i64 = 400;

const RUNS: &str = "
SELECT r.id, r.error, r.input_preview, r.answer_preview, i.input, i.variables, m.content AS asked
FROM agent_runs r LEFT JOIN run_inputs i ON i.run_id = r.id LEFT JOIN thread_messages m ON m.id = r.input_message_id
WHERE r.id {among}";

const SAID: &str = "
SELECT run_id, content FROM thread_messages WHERE run_id {among} ORDER BY id";

/// Without what models were sent: it is made of what the other texts have.
const TEXTS: &str = "
SELECT run_id, position, kind, name, CASE WHEN kind = 'tool_call' THEN input END AS input, input_bytes, output, output_bytes, error
FROM run_steps WHERE run_id {among} ORDER BY run_id, position";

#[derive(FromQueryResult)]
struct Given {
    id: RunId,
    error: Option<String>,
    input_preview: Option<String>,
    answer_preview: Option<String>,
    input: Option<String>,
    variables: Option<Json<BTreeMap<String, String>>>,
    asked: Option<String>,
}

#[derive(FromQueryResult)]
struct Said {
    run_id: RunId,
    content: String,
}

#[derive(FromQueryResult)]
struct Texts {
    run_id: RunId,
    position: i32,
    kind: StepKind,
    name: String,
    input: Option<String>,
    input_bytes: Option<i64>,
    output: Option<String>,
    output_bytes: Option<i64>,
    error: Option<String>,
}

impl Store {
    /// Returns the documents of these runs, as far as they are there.
    pub(super) async fn documents_of(&self, runs: &[RunId]) -> StoreResult<BTreeMap<RunId, Document>> {
        let statement = |sql: &str| self.statement(sql.replace("{among}", &self.among("$1")), [self.ids(runs)]);
        let mut documents: BTreeMap<RunId, Document> = BTreeMap::new();
        let mut previews = Vec::new();
        for given in Given::find_by_statement(statement(RUNS)).all(&self.read).await? {
            let Given { id, error, input_preview, answer_preview, input, variables, asked } = given;
            let document = documents.entry(id).or_default();
            // The message that it answers is mostly made of its input.
            let asked = asked.filter(|asked| input.as_ref().is_none_or(|input| asked.trim() != input.trim()));
            let preview = input_preview.filter(|_| input.is_none() && asked.is_none());
            let variables = variables.into_iter().flat_map(|variables| variables.0.into_values());
            for text in input.into_iter().chain(preview).chain(variables).chain(asked) {
                document.put(SearchedText::Input, &text);
            }
            document.put(SearchedText::Error, error.as_deref().unwrap_or_default());
            previews.extend(answer_preview.map(|preview| (id, preview)));
        }
        for Said { run_id, content } in Said::find_by_statement(statement(SAID)).all(&self.read).await? {
            documents.entry(run_id).or_default().put(SearchedText::Answer, &content);
        }
        // What rows show is found, also where there is no more of it.
        for (run, preview) in previews {
            let document = documents.entry(run).or_default();
            if !document.texts().iter().any(|(kind, _)| *kind == SearchedText::Answer) {
                document.put(SearchedText::Answer, &preview);
            }
        }
        let steps = Texts::find_by_statement(statement(TEXTS)).all(&self.read).await?;
        for is_tool in [false, true] {
            for step in steps.iter().filter(|step| (step.kind == StepKind::ToolCall) == is_tool) {
                let document = documents.entry(step.run_id).or_default();
                self.put_step(document, step).await?;
            }
        }
        Ok(documents)
    }

    async fn put_step(&self, document: &mut Document, step: &Texts) -> StoreResult<()> {
        let written = match step.kind {
            StepKind::ModelCall => SearchedText::Answer,
            StepKind::ToolCall => SearchedText::Tool,
        };
        if step.kind == StepKind::ToolCall {
            document.put(SearchedText::Tool, &step.name);
        }
        let sides = [(Side::Input, &step.input, step.input_bytes), (Side::Output, &step.output, step.output_bytes)];
        for (side, record, bytes) in sides {
            let Some(record) = record else { continue };
            // Of a long text the record has the beginning.
            let whole = match bytes {
                Some(_) if document.room() > record.len() => {
                    self.longer_text(step.run_id, step.position, side, document.room()).await?
                }
                _ => None,
            };
            document.put(written, whole.as_deref().unwrap_or(record));
        }
        document.put(SearchedText::Error, step.error.as_deref().unwrap_or_default());
        Ok(())
    }
}
