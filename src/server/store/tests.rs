//! Tests of the store that need no scenario: values, lists of ids, columns by name.

mod plans;

use super::*;
use crate::domain::id::{RunId, ThreadId};
use crate::server::entity::{message, run, step};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, IdenStatic, Set};
use std::collections::BTreeSet;

#[test]
fn no_text_on_its_way_into_the_database_has_a_nul() {
    let row = message::ActiveModel { content: Set("a\0b".to_owned()), ..Default::default() };
    assert_eq!(storable_row(row).content, Set("a\u{fffd}b".to_owned()));

    let mut update = Query::update();
    update
        .table(step::Entity)
        .and_where(step::Column::RunId.eq(RunId(1)))
        .value(step::Column::Output, Some("a\0b".to_owned()))
        .value(step::Column::Error, None::<String>);
    for backend in [DbBackend::Sqlite, DbBackend::Postgres] {
        let values = storable_statement(&update, backend).values.unwrap().0;
        let expected = [Value::from("a\u{fffd}b"), Value::String(None), Value::BigInt(Some(1))];
        assert_eq!(values, expected, "{backend:?}");
    }
}

#[test]
fn ids_are_listed_as_sql_has_them() {
    assert_eq!(named::list(&[ThreadId(3), ThreadId(4)]), "3,4");
}

#[test]
fn an_agent_s_newest_runs_are_read_by_the_names_of_their_columns() {
    let (columns, _) = runs::read::NEWEST.trim().strip_prefix("SELECT ").unwrap().split_once("FROM").unwrap();
    let named: BTreeSet<_> = columns.split(',').map(|column| column.trim().to_owned()).collect();
    let all: BTreeSet<_> = run::Column::iter().map(|column| column.as_str().to_owned()).collect();
    assert_eq!(named, all);
}
