//! The rows of the table, in sections that share what they need.

pub mod live;
pub mod reads;
pub mod runs;

use crate::Plan;
use crate::table::Figure;

/// A part of the table: its name on the command line, whether it is measured unless named, and what it is about.
pub const SECTIONS: &[(&str, bool, &str)] = &[
    ("rest", true, "runs over REST with the demo model, and what each writes"),
    ("instant", true, "runs within the process, by a model that answers at once"),
    ("start", true, "starting a run while others execute"),
    ("list", true, "the list of runs beside a bare handler"),
    ("million", true, "lists, pages, memory and file with a million runs"),
    ("sockets", true, "ten thousand watchers beside a bare broadcast"),
    ("agents", true, "the dashboard with five thousand agents"),
    ("idle", true, "memory of a server that has just been started"),
    ("long", false, "lists, dashboard and claims with ten million runs; takes 3 GB and some minutes"),
];

/// Measures a section.
pub async fn measure(section: &str, plan: &Plan) -> Vec<Figure> {
    match section {
        "rest" => runs::rest(plan).await,
        "instant" => runs::instantly(plan).await,
        "start" => runs::starting(plan).await,
        "list" => reads::lists(plan).await,
        "million" => reads::million(plan).await,
        "sockets" => live::sockets(plan).await,
        "agents" => reads::agents(plan).await,
        "idle" => reads::idle(plan).await,
        "long" => reads::long(plan).await,
        other => unreachable!("{other} is no section"),
    }
}
