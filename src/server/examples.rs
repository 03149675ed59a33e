//! The agents a new database begins with, so that there is something to run. They cost nothing: the demo model
//! answers.

use crate::domain::agent::AgentSettings;
use crate::server::store::Store;
use crate::server::store::error::StoreResult;

/// Plants the examples where no agent has ever been; deleted ones stay deleted.
pub async fn plant(store: &Store) -> StoreResult<()> {
    let examples = EXAMPLES.map(|(name, description, system, task, model)| AgentSettings {
        description: description.to_owned(),
        system_instructions: system.to_owned(),
        task_instructions: task.to_owned(),
        model: model.to_owned(),
        ..AgentSettings::named(name)
    });
    store.create_first_agents(&examples).await?;
    Ok(())
}

/// Name, description, system instructions, task instructions, model.
const EXAMPLES: [(&str, &str, &str, &str, &str); 3] = [
    (
        "Morning brief",
        "Sums up what happened overnight; answers at once",
        "You write short, factual briefs for an engineering team.",
        "Sum up last night's deployments and incidents in five lines.",
        "demo/quick",
    ),
    (
        "Incident review",
        "Works for about 20 seconds: watch it tick, or stop it",
        "You review incidents. You look for causes, not for culprits.",
        "Write a review of the latest incident: timeline, cause, what to change.",
        "demo/slow",
    ),
    (
        "Flaky import",
        "Fails the first time and succeeds when you retry it",
        "You check data imports and report what did not fit.",
        "Check the latest import and list the rows that were refused.",
        "demo/flaky",
    ),
];
