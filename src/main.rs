//! The `runboard` executable: reads the configuration, then serves.

use clap::Parser;
use runboard::server::config::{Cli, Command, Config, redacted};
use runboard::server::{apply, migrate, prune, serve, stats, telemetry};
use std::process::ExitCode;

fn main() -> anyhow::Result<ExitCode> {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return Ok(refused(&error)),
    };
    let (config, filter) = match Config::check(&cli.options, |name| std::env::var(name).ok()) {
        Ok(checked) => checked,
        Err(mistakes) => {
            for mistake in mistakes {
                eprintln!("runboard: {mistake}");
            }
            return Ok(ExitCode::from(2));
        }
    };
    telemetry::start(filter);
    let runtime = tokio::runtime::Runtime::new()?;
    let ended: anyhow::Result<ExitCode> = runtime.block_on(async {
        match cli.command.unwrap_or(Command::Serve) {
            Command::Serve => serve(config).await?,
            Command::Migrate { action } => migrate::run(&config, action).await?,
            Command::Stats { action } => stats::run(&config, action).await?,
            Command::Prune(options) => prune::run(&config, options).await?,
            Command::Apply { file, dry_run, at } => return apply::apply(&config, &file, dry_run, &at).await,
            Command::Export { names, at } => apply::export(&config, &names, &at).await?,
        }
        Ok(ExitCode::SUCCESS)
    });
    // Not by dropping it: that would wait for threads that a locked database or a name server keeps busy.
    runtime.shutdown_background();
    ended
}

/// Prints what is wrong with the command line, or the help it asked for, without passwords.
fn refused(error: &clap::Error) -> ExitCode {
    let said = error.render().to_string();
    let shown = redacted(&said);
    match shown == said {
        // In colour, where the terminal has any.
        true => drop(error.print()),
        false => eprint!("{shown}"),
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}
