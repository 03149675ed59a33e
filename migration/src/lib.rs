//! The database's history, one file per change. Runs on SQLite and PostgreSQL.
//!
//! Statements are SQL, not a builder's calls: CHECKs, partial indexes and identity columns read as what they are.
//! Times are BIGINT milliseconds since the epoch and money is BIGINT nano-dollars, so that both databases compare
//! and compute with them alike. Each runs in a transaction, on SQLite too: a server killed half-way leaves no half.

pub use sea_orm_migration::prelude::*;

/// Makes a file's `Migration` of statements for the way up and the way down. It is named after the file.
macro_rules! statements {
    (up: $up:expr, down: $down:expr) => {
        use sea_orm_migration::prelude::*;

        #[derive(DeriveMigrationName)]
        pub struct Migration;

        #[async_trait::async_trait]
        impl MigrationTrait for Migration {
            fn use_transaction(&self) -> Option<bool> {
                Some(true)
            }

            async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
                crate::execute(manager, $up).await
            }

            async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
                crate::execute(manager, $down).await
            }
        }
    };
}

mod m20261123_000001_create_agents;
mod m20261123_000002_create_threads;
mod m20261123_000003_create_agent_runs;
mod m20261123_000004_create_thread_messages;
mod m20261123_000005_create_run_steps;
mod m20261124_000006_index_agent_runs;
mod m20261124_000007_schedule_agents;
mod m20261124_000008_extend_runs;
mod m20261124_000009_extend_threads;
mod m20261127_000010_record_answers;
mod m20261127_000011_name_owners;
mod m20261127_000012_record_calls;
mod m20261127_000013_drop_parent_run;
mod m20261127_000014_limit_output;
mod m20261127_000015_count_run_hours;
mod m20261127_000016_drop_wide_indexes;
mod m20261127_000017_turn_finish_index;
mod m20261127_000018_keep_payloads;
mod m20261127_000019_keep_request_keys;
mod m20261127_000020_record_causes;
mod m20261127_000021_give_input;
mod m20261127_000022_keep_versions;
mod m20261127_000023_list_agents;
mod m20261127_000024_hold;
mod m20261127_000025_receive_hooks;
mod m20261127_000027_note_last_finished;
mod m20261127_000028_prioritise_runs;
mod m20261127_000029_group_agents;
mod m20261128_000030_list_runs;
mod m20261128_000031_find_leases;
mod m20261128_000032_keep_runs;
mod m20261128_000033_signal_runs;
mod m20261128_000034_record_offers;
mod m20261128_000035_group_errors;
mod m20261128_000036_act_on_many_runs;
mod m20261128_000037_search_runs;
mod m20261128_000038_list_signals;
mod m20261128_000040_cancel_bulk;
mod m20261128_000041_save_views;

/// Applies the history in order.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261123_000001_create_agents::Migration),
            Box::new(m20261123_000002_create_threads::Migration),
            Box::new(m20261123_000003_create_agent_runs::Migration),
            Box::new(m20261123_000004_create_thread_messages::Migration),
            Box::new(m20261123_000005_create_run_steps::Migration),
            Box::new(m20261124_000006_index_agent_runs::Migration),
            Box::new(m20261124_000007_schedule_agents::Migration),
            Box::new(m20261124_000008_extend_runs::Migration),
            Box::new(m20261124_000009_extend_threads::Migration),
            Box::new(m20261127_000010_record_answers::Migration),
            Box::new(m20261127_000011_name_owners::Migration),
            Box::new(m20261127_000012_record_calls::Migration),
            Box::new(m20261127_000013_drop_parent_run::Migration),
            Box::new(m20261127_000014_limit_output::Migration),
            Box::new(m20261127_000015_count_run_hours::Migration),
            Box::new(m20261127_000016_drop_wide_indexes::Migration),
            Box::new(m20261127_000017_turn_finish_index::Migration),
            Box::new(m20261127_000018_keep_payloads::Migration),
            Box::new(m20261127_000019_keep_request_keys::Migration),
            Box::new(m20261127_000020_record_causes::Migration),
            Box::new(m20261127_000021_give_input::Migration),
            Box::new(m20261127_000022_keep_versions::Migration),
            Box::new(m20261127_000023_list_agents::Migration),
            Box::new(m20261127_000024_hold::Migration),
            Box::new(m20261127_000025_receive_hooks::Migration),
            Box::new(m20261127_000027_note_last_finished::Migration),
            Box::new(m20261127_000028_prioritise_runs::Migration),
            Box::new(m20261127_000029_group_agents::Migration),
            Box::new(m20261128_000030_list_runs::Migration),
            Box::new(m20261128_000031_find_leases::Migration),
            Box::new(m20261128_000032_keep_runs::Migration),
            Box::new(m20261128_000033_signal_runs::Migration),
            Box::new(m20261128_000034_record_offers::Migration),
            Box::new(m20261128_000035_group_errors::Migration),
            Box::new(m20261128_000036_act_on_many_runs::Migration),
            Box::new(m20261128_000037_search_runs::Migration),
            Box::new(m20261128_000038_list_signals::Migration),
            Box::new(m20261128_000040_cancel_bulk::Migration),
            Box::new(m20261128_000041_save_views::Migration),
        ]
    }
}

/// Executes statements in which `{id}` stands for a row id that is never used twice, `{bytes}` for the type of bytes,
/// `{by_key}`, after a table, for keeping its rows in the order of their key, and `{instr}` for the function that returns
/// where a text has another one, from 1 on.
async fn execute(manager: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    let (id, bytes, by_key, instr) = match manager.get_database_backend() {
        sea_orm::DbBackend::Sqlite => ("INTEGER PRIMARY KEY AUTOINCREMENT", "BLOB", "WITHOUT ROWID", "instr"),
        // PostgreSQL keeps rows in no order.
        _ => ("BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY", "BYTEA", "", "strpos"),
    };
    let sql = sql.replace("{id}", id).replace("{bytes}", bytes).replace("{by_key}", by_key);
    let sql = sql.replace("{instr}", instr);
    manager.get_connection().execute_unprepared(&sql).await?;
    Ok(())
}
