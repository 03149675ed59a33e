//! The data of pages: read by the server, rendered by it, and handed to the browser with the HTML. Knows neither how it is
//! read nor how it is drawn.

pub mod agent;
pub mod analytics;
pub mod assets;
pub mod chat;
pub mod comparison;
pub mod hooks;
pub mod page;
pub mod run;
pub mod runs;
pub mod start;
pub mod versions;
