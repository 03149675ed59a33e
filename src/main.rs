//! The `runboard` executable: reads the configuration, then serves.

use clap::Parser;
use runboard::server::config::{Cli, Command, Config};
use runboard::server::{migrate, serve, telemetry};
use std::process::ExitCode;

fn main() -> anyhow::Result<ExitCode> {
    let cli = Cli::parse();
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
    let ended = runtime.block_on(async {
        match cli.command.unwrap_or(Command::Serve) {
            Command::Serve => serve(config).await,
            Command::Migrate { action } => migrate::run(&config, action).await,
        }
    });
    // Not by dropping it: that would wait for threads that a locked database or a name server keeps busy.
    runtime.shutdown_background();
    ended.map(|()| ExitCode::SUCCESS)
}
