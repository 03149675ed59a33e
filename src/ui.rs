//! What people see: pages, their parts and the state behind them. Reaches the server through `api` only.

pub mod components;
pub mod dom;
pub mod figures;
pub mod form;
pub mod lower;
pub mod page;
pub mod pages;
pub mod state;
pub mod tools;
pub mod when;
pub mod words;
