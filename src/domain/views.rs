//! What pages show, as the server reads it and the browser takes it over. Knows neither how it is read nor how it is drawn.

pub mod agent;
pub mod assets;
pub mod chat;
pub mod page;
pub mod run;
