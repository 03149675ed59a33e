//! What people see: pages, their parts and the state behind them. Reaches the server through `api` only.

pub mod components;
pub mod pages;
pub mod state;
