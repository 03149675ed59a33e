//! An executor that does as its agent's name says: what the engine does is then in the test's hands.

use async_trait::async_trait;
use runboard::domain::failure::{Failure, FailureCause};
use runboard::domain::money::NanoDollars;
use runboard::domain::run::{AgentRun, Usage};
use runboard::domain::step::StepKind;
use runboard::server::execution::{Job, NewStep, Outcome, Past, RunExecutor, Settled, StepEnding};
use std::sync::{Arc, Mutex};
use tokio::sync::Semaphore;

/// An executor that acts by the model's name, after the provider's.
#[derive(Clone)]
pub struct Stage {
    /// `wait` and `deaf` go on when they get a permit.
    pub gate: Arc<Semaphore>,
    /// History given to each execution, in order of starting.
    pub given: Arc<Mutex<Vec<Vec<Past>>>>,
}

impl Default for Stage {
    fn default() -> Self {
        Self { gate: Arc::new(Semaphore::new(0)), given: Arc::default() }
    }
}

impl Stage {
    /// Lets `n` waiting executions finish.
    pub fn open(&self, n: usize) {
        self.gate.add_permits(n);
    }

    /// Returns how many executions have begun.
    pub fn begun(&self) -> usize {
        self.given.lock().unwrap().len()
    }

    async fn passed(&self) {
        self.gate.acquire().await.unwrap().forget();
    }
}

/// Bytes of a conversation that an execution can take.
pub const HISTORY_LIMIT: i64 = 1_000_000;

/// Usage that every execution reports.
pub const USAGE: Usage = Usage {
    prompt_tokens: Some(10),
    cached_tokens: Some(4),
    completion_tokens: Some(5),
    reasoning_tokens: None,
    total_tokens: Some(15),
    total_cost: Some(NanoDollars(1_500)),
    usage_estimated: false,
    cost_billed: false,
};

/// Returns the failure of a run whose provider has refused the call.
fn refused() -> Failure {
    let failure = Failure::new(FailureCause::ProviderStatus, "400 Bad Request: no");
    Failure { detail: Some("400".to_owned()), ..failure }
}

fn settled(outcome: Outcome, text: &str) -> Settled {
    let error = match &outcome {
        Outcome::Failed(failure) => Some(failure.error.clone()),
        _ => None,
    };
    let open =
        vec![StepEnding { position: 1, usage: USAGE, output: Some(text.to_owned()), error, ..StepEnding::default() }];
    Settled { outcome, text: text.to_owned(), usage: Some(USAGE), finish: None, signals: Default::default(), open }
}

#[async_trait]
impl RunExecutor for Stage {
    fn first_step(&self, run: &AgentRun, _history: &[Past]) -> NewStep {
        NewStep {
            kind: StepKind::ModelCall,
            name: run.model.clone(),
            input: "Do it.".to_owned(),
            prompt_tokens: None,
            call_id: None,
        }
    }

    fn history_limit(&self, _model: &str) -> i64 {
        HISTORY_LIMIT
    }

    async fn execute(&self, job: Job) -> Settled {
        self.given.lock().unwrap().push(job.history.clone());
        match job.run.model.split_once('/').map_or("", |(_, name)| name) {
            "fail" => settled(Outcome::Failed(refused()), ""),
            "panic" => panic!("told to"),
            "wait" => {
                job.output.begin(1);
                job.output.push("so far");
                tokio::select! {
                    () = self.passed() => settled(Outcome::Success, "done"),
                    () = job.cut.tripped() => settled(Outcome::Cut, "so far"),
                }
            }
            // Heeds no stop, and reports success late.
            "deaf" => {
                self.passed().await;
                settled(Outcome::Success, "done, too late")
            }
            _ => settled(Outcome::Success, "done"),
        }
    }
}
