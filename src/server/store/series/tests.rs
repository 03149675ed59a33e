//! Tests that statements written together keep their parameters.

use super::*;

fn statement(sql: &str, values: &[i32]) -> Statement {
    Statement::from_sql_and_values(DbBackend::Sqlite, sql, values.iter().map(|value| Value::from(*value)))
}

#[test]
fn parameters_keep_their_values() {
    let one = joined(vec![
        statement("UPDATE a SET b = $2, c = '$1?' WHERE d = $1", &[10, 20]),
        statement("UPDATE \"a?\" SET b = ?, c = 'it''s $1' WHERE d = ?", &[30, 40]),
        statement("DELETE FROM a WHERE b = $1 OR c = $1", &[50]),
    ]);
    assert_eq!(
        one.sql,
        "UPDATE a SET b = $2, c = '$1?' WHERE d = $1; SELECT 1 AS end_of_statement; \
         UPDATE \"a?\" SET b = $3, c = 'it''s $1' WHERE d = $4; SELECT 1 AS end_of_statement; \
         DELETE FROM a WHERE b = $5 OR c = $5"
    );
    assert_eq!(one.values.unwrap().0, [10, 20, 30, 40, 50].map(Value::from));
}
