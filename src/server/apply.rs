//! `runboard apply` and `runboard export`: agents as a file, from the shell.

mod door;
mod words;

use self::door::Door;
use self::words::{changes, summary};
use crate::server::agents::imports::Importing;
use crate::server::config::{At, Config};
use anyhow::Context;
use std::io::{Read, Write};
use std::path::Path;
use std::process::ExitCode;

/// Exit code of a dry run that has found something to do, as that of `diff` and of others that plan.
const DIFFERENT: u8 = 2;

/// Creates and changes agents as a file says, and prints what differs; with `dry_run` only that.
///
/// # Errors
/// The file cannot be read or has mistakes in it, or neither the server nor the database can be reached.
pub async fn apply(config: &Config, file: &Path, dry_run: bool, at: &At) -> anyhow::Result<ExitCode> {
    let text = text_of(file)?;
    let door = Door::open(config, at.server.as_deref()).await?;
    let planned = door.import(&text, Importing { dry_run: true, expected: None }).await?;
    print(&changes(&planned))?;
    if planned.failed > 0 {
        print(&format!("{}\n", summary(&planned)))?;
        eprintln!("runboard: nothing was changed");
        door.close().await;
        return Ok(ExitCode::FAILURE);
    }
    if dry_run || !planned.has_changes() {
        print(&format!("{}\n", summary(&planned)))?;
        door.close().await;
        return Ok(if planned.has_changes() { ExitCode::from(DIFFERENT) } else { ExitCode::SUCCESS });
    }
    let how = Importing { dry_run: false, expected: Some(planned.fingerprint) };
    let applied = door.import(&text, how).await?;
    print(&format!("{}\n", summary(&applied)))?;
    door.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Writes agents as a file: all, or those of these names.
///
/// # Errors
/// There is no agent of a name, or neither the server nor the database can be reached.
pub async fn export(config: &Config, names: &[String], at: &At) -> anyhow::Result<()> {
    let door = Door::open(config, at.server.as_deref()).await?;
    print(&door.export(names).await?)?;
    door.close().await;
    Ok(())
}

fn text_of(file: &Path) -> anyhow::Result<String> {
    if file == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).context("cannot read standard input")?;
        return Ok(text);
    }
    std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}

fn print(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).context("cannot write to standard output")
}
