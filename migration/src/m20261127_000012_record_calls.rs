//! The tools that a model asked for, in a column of their own. Before, each stood as a line `→ name {json}` below what the
//! model had said.
//!
//! Only lines that match the tool calls recorded after them are taken out of a text, so that words which merely look like
//! a call stay what they are. Calls that nobody made before the run ended left no record but their line, and keep it,
//! unless they stand below one that was made.

mod old;

use self::old::{Made, Split};
use crate::execute;
use sea_orm::{ConnectionTrait, Statement, Value};
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::QueryResult;

/// Runs of which the steps are read at once: with their inputs and outputs they may have some megabytes each.
const RUNS: i64 = 20;
/// Model calls that are written back at once.
const STEPS: i64 = 200;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        execute(manager, "ALTER TABLE run_steps ADD COLUMN calls TEXT NOT NULL DEFAULT '[]'").await?;
        let db = manager.get_connection();
        let mut last: i64 = 0;
        loop {
            let select = "SELECT DISTINCT run_id FROM run_steps WHERE kind = 'tool_call' AND run_id > $1
                          ORDER BY run_id LIMIT $2";
            let runs = all(db, select, [last.into(), RUNS.into()]).await?;
            let runs: Vec<i64> = runs.iter().map(|row| row.try_get("", "run_id")).collect::<Result<_, _>>()?;
            let Some(newest) = runs.last() else { return Ok(()) };
            last = *newest;
            take_apart(db, &runs).await?;
        }
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let mut last: i64 = 0;
        loop {
            let select = "SELECT id, output, output_cut, calls FROM run_steps WHERE calls <> '[]' AND id > $1
                          ORDER BY id LIMIT $2";
            let rows = all(db, select, [last.into(), STEPS.into()]).await?;
            if rows.is_empty() {
                break;
            }
            for row in rows {
                last = row.try_get("", "id")?;
                let said: Option<String> = row.try_get("", "output")?;
                let calls: String = row.try_get("", "calls")?;
                let is_cut: bool = row.try_get("", "output_cut")?;
                let (output, is_cut) = old::joined(said.as_deref().unwrap_or_default(), is_cut, &calls);
                let update = "UPDATE run_steps SET output = $2, output_cut = $3 WHERE id = $1";
                execute_with(db, update, [last.into(), output.into(), is_cut.into()]).await?;
            }
        }
        execute(manager, "ALTER TABLE run_steps DROP COLUMN calls").await
    }
}

/// Takes the model calls of these runs apart. Others are not read: there may be any number of them in between.
async fn take_apart(db: &SchemaManagerConnection<'_>, runs: &[i64]) -> Result<(), DbErr> {
    let runs = runs.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
    // Neither what models were sent nor what tools returned.
    let select = format!(
        "SELECT id, run_id, kind, name, call_id, output_cut, input_cut,
                CASE WHEN kind = 'model_call' THEN output ELSE input END AS text
         FROM run_steps WHERE run_id IN ({runs}) ORDER BY run_id DESC, position DESC"
    );
    let (mut of_run, mut made) = (0, Vec::new());
    // Backwards, so that the calls of a model are known when it comes.
    for row in all(db, &select, []).await? {
        let run: i64 = row.try_get("", "run_id")?;
        if run != of_run {
            (of_run, made) = (run, Vec::new());
        }
        let text: Option<String> = row.try_get("", "text")?;
        let kind: String = row.try_get("", "kind")?;
        if kind == "tool_call" {
            made.extend(tool_call(&row, text)?);
            continue;
        }
        let mut made: Vec<Made> = std::mem::take(&mut made);
        made.reverse();
        let text = text.unwrap_or_default();
        if made.is_empty() {
            continue;
        }
        let is_cut: bool = row.try_get("", "output_cut")?;
        let Split { said, is_cut, calls } = old::split(&text, is_cut, &made);
        let id: i64 = row.try_get("", "id")?;
        let update = "UPDATE run_steps SET output = $2, output_cut = $3, calls = $4 WHERE id = $1";
        execute_with(db, update, [id.into(), said.into(), is_cut.into(), calls.into()]).await?;
    }
    Ok(())
}

/// Returns a tool call that was made. Tools that were only recorded as missing were given nothing, not even `{}`.
fn tool_call(row: &QueryResult, input: Option<String>) -> Result<Option<Made>, DbErr> {
    let Some(input) = input.filter(|input| !input.is_empty()) else { return Ok(None) };
    let (id, name) = (row.try_get("", "call_id")?, row.try_get("", "name")?);
    Ok(Some(Made { id, name, input, is_cut: row.try_get("", "input_cut")? }))
}

async fn all<const N: usize>(
    db: &SchemaManagerConnection<'_>,
    sql: &str,
    values: [Value; N],
) -> Result<Vec<QueryResult>, DbErr> {
    db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await
}

async fn execute_with<const N: usize>(
    db: &SchemaManagerConnection<'_>,
    sql: &str,
    values: [Value; N],
) -> Result<(), DbErr> {
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await.map(drop)
}
