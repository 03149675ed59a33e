//! The server's promises, tried over real sockets on a real database file. Modules mirror the routes.

mod agents;
mod at_work;
mod budgets;
mod database_file;
mod due;
mod engine;
#[cfg(target_os = "linux")]
mod faults;
mod flood;
mod frames;
mod guard;
mod headers;
mod leases;
mod live;
mod locked;
mod migrations;
mod owners;
mod pages;
mod payloads;
mod postgres;
mod process;
mod removal;
mod rollups;
mod run_lists;
mod runs;
mod schedule;
mod server;
mod silence;
mod slow;
mod sockets;
mod summary;
mod support;
mod threads;
mod tools;
mod transit;
mod usage;
