//! Agents handled in numbers: copied, exported and imported, changed together; and the models to choose from.

mod bulk;
mod commands;
mod copies;
mod imports;
mod models;
