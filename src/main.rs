//! The `runboard` executable: reads the configuration, then serves.

use clap::Parser;
use runboard::server::config::{Cli, Command, Config};
use runboard::server::{migrate, serve, telemetry};
use std::process::ExitCode;

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
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
    match cli.command.unwrap_or(Command::Serve) {
        Command::Serve => serve(config).await?,
        Command::Migrate { action } => migrate::run(&config, action).await?,
    }
    Ok(ExitCode::SUCCESS)
}
