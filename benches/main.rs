//! Measurements: one table, each figure beside the least that could be done, measured in the same run. To read, not to pass:
//! run with `make bench`. `README.md` beside this says how.

mod client;
mod history;
mod processes;
mod reference;
mod rows;
mod sockets;
mod support;
mod table;

use rows::SECTIONS;
use runboard::server::clock::{Clock, SystemClock};
use std::process::ExitCode;
use std::time::Instant;

/// How often each figure is measured; its median counts.
const ROUNDS: usize = 5;

/// The sections to measure, and how often.
pub struct Plan {
    pub rounds: usize,
    sections: Vec<&'static str>,
}

const USAGE: &str = "\
Usage: make bench ARGS=\"[SECTION…] [--rounds N]\"
Without sections it measures all but the long ones; \"all\" means those too.
Sections:";

impl Plan {
    /// # Errors
    /// A text that says what may be asked for.
    fn read(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut plan = Self { rounds: ROUNDS, sections: Vec::new() };
        let mut arguments = arguments.filter(|argument| argument != "--bench");
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--rounds" => {
                    let rounds = arguments.next().and_then(|rounds| rounds.parse().ok());
                    plan.rounds = rounds.filter(|rounds| (1..=99).contains(rounds)).ok_or_else(usage)?;
                }
                "all" => plan.sections.extend(SECTIONS.iter().map(|(name, ..)| *name)),
                name => plan.sections.push(SECTIONS.iter().find(|(known, ..)| *known == name).ok_or_else(usage)?.0),
            }
        }
        if plan.sections.is_empty() {
            plan.sections.extend(SECTIONS.iter().filter(|(_, usual, _)| *usual).map(|(name, ..)| *name));
        }
        Ok(plan)
    }
}

fn usage() -> String {
    let lines = SECTIONS.iter().map(|(name, _, about)| format!("  {name:<9}{about}\n"));
    format!("{USAGE}\n{}", lines.collect::<String>())
}

#[tokio::main]
async fn main() -> ExitCode {
    if sockets::serve_if_asked().await {
        return ExitCode::SUCCESS;
    }
    let mut arguments = std::env::args().skip(1).peekable();
    if arguments.next_if(|first| first == reference::BARE).is_some() {
        let (kind, file) = (arguments.next().unwrap_or_default(), arguments.next().unwrap_or_default());
        reference::bare(kind, file.as_ref()).await;
        return ExitCode::SUCCESS;
    }
    let plan = match Plan::read(arguments) {
        Ok(plan) => plan,
        Err(usage) => {
            eprint!("{usage}");
            return ExitCode::from(2);
        }
    };
    let mut figures = Vec::new();
    for section in &plan.sections {
        let begun = Instant::now();
        eprint!("{section} … ");
        figures.extend(rows::measure(section, &plan).await);
        eprintln!("{:.0?}", begun.elapsed());
    }
    println!("\n{}\n{}", machine(), table::layout(&figures));
    ExitCode::SUCCESS
}

/// Says what was measured on, and when.
fn machine() -> String {
    let processors = std::thread::available_parallelism().map_or(0, usize::from);
    let cpus = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    let model = model.map_or("unknown processor", |(_, model)| model.trim());
    let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let memory =
        memory.lines().find_map(|line| line.strip_prefix("MemTotal:")?.split_whitespace().next()?.parse().ok());
    let memory = memory.map_or(0.0, |kilobytes: f64| kilobytes / 1048576.0);
    let today = chrono::DateTime::from_timestamp_millis(SystemClock.now().ms()).expect("a date").format("%Y-%m-%d");
    format!(
        "{today}, {} {}, {processors} × {model}, {memory:.0} GB of memory\n",
        std::env::consts::OS,
        std::env::consts::ARCH
    )
}
