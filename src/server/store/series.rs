//! Statements that are executed one after the other, at once. Each one that is executed alone costs SQLite's driver two
//! changes of threads, which take longer than most statements of a run do. Knows no statements.

use super::Store;
use super::error::StoreResult;
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement, Value, Values};

/// The one column of the row that stands between the rows of two statements.
const END: &str = "end_of_statement";

impl Store {
    /// Executes statements in their order, and returns the rows of each. After an error those before it have been executed:
    /// where that matters, it happens within a transaction.
    pub(super) async fn series<C: ConnectionTrait>(
        &self,
        db: &C,
        statements: Vec<Statement>,
    ) -> StoreResult<Vec<Vec<QueryResult>>> {
        let mut results = vec![Vec::new()];
        if self.backend() == DbBackend::Postgres {
            results.clear();
            for statement in statements {
                results.push(db.query_all_raw(statement).await?);
            }
            return Ok(results);
        }
        for row in db.query_all_raw(joined(statements)).await? {
            match (row.try_get::<i32>("", END), results.last_mut()) {
                (Err(_), Some(result)) => result.push(row),
                _ => results.push(Vec::new()),
            }
        }
        Ok(results)
    }
}

/// Returns one statement that consists of these, in SQLite's syntax. Its text is the same whenever theirs are.
fn joined(statements: Vec<Statement>) -> Statement {
    let mut sql = String::new();
    let mut values: Vec<Value> = Vec::new();
    for statement in statements {
        if !sql.is_empty() {
            sql.push_str(&format!("; SELECT 1 AS {END}; "));
        }
        renumber(&mut sql, &statement.sql, values.len());
        values.extend(statement.values.into_iter().flat_map(|values| values.0));
    }
    Statement { sql, values: Some(Values(values)), db_backend: DbBackend::Sqlite }
}

/// Appends a statement, the first of whose values comes after `before` others. Its parameters are `$1`, `$2` …, or `?` for
/// one after the other.
fn renumber(into: &mut String, sql: &str, before: usize) {
    let mut quote = None;
    let mut asked = before;
    let mut rest = sql.chars().peekable();
    while let Some(c) = rest.next() {
        match (c, quote) {
            ('\'' | '"', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            ('?', None) => {
                asked += 1;
                into.push_str(&format!("${asked}"));
                continue;
            }
            ('$', None) => {
                let mut number = 0;
                while let Some(digit) = rest.peek().and_then(|c| c.to_digit(10)) {
                    number = number * 10 + digit as usize;
                    rest.next();
                }
                into.push_str(&format!("${}", before + number));
                continue;
            }
            _ => {}
        }
        into.push(c);
    }
}

#[cfg(test)]
mod tests;
