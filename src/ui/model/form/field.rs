//! The fields of the agent form: their order, names and words. Knows no values.

/// A field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Name,
    Description,
    Model,
    System,
    Task,
    Schedule,
    TimeZone,
    Overlap,
    CatchUp,
    Paused,
    TimeLimit,
    Concurrency,
    Steps,
    RunCost,
    RunTokens,
    MonthCost,
    MonthTokens,
    Tools,
}

/// How many there are.
pub const FIELDS: usize = Field::ALL.len();

impl Field {
    /// In the order of the form.
    pub const ALL: [Self; 18] = [
        Self::Name,
        Self::Description,
        Self::Model,
        Self::System,
        Self::Task,
        Self::Schedule,
        Self::TimeZone,
        Self::Overlap,
        Self::CatchUp,
        Self::Paused,
        Self::TimeLimit,
        Self::Concurrency,
        Self::Steps,
        Self::RunCost,
        Self::RunTokens,
        Self::MonthCost,
        Self::MonthTokens,
        Self::Tools,
    ];

    /// Id of the control, and the name of the value.
    pub fn id(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Description => "description",
            Self::Model => "model",
            Self::System => "system_instructions",
            Self::Task => "task_instructions",
            Self::Schedule => "schedule",
            Self::TimeZone => "time_zone",
            Self::Overlap => "overlap",
            Self::CatchUp => "catch_up",
            Self::Paused => "paused",
            Self::TimeLimit => "timeout_s",
            Self::Concurrency => "max_concurrent_runs",
            Self::Steps => "max_steps",
            Self::RunCost => "run_budget_usd",
            Self::RunTokens => "run_budget_tokens",
            Self::MonthCost => "month_budget_usd",
            Self::MonthTokens => "month_budget_tokens",
            Self::Tools => "tools",
        }
    }

    /// What people call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Name => "Name",
            Self::Description => "Description",
            Self::Model => "Model",
            Self::System => "System instructions",
            Self::Task => "Task instructions",
            Self::Schedule => "Cron expression",
            Self::TimeZone => "Time zone",
            Self::Overlap => "If a run is still active",
            Self::CatchUp => "Catch up on missed times",
            Self::Paused => "Paused",
            Self::TimeLimit => "Time limit",
            Self::Concurrency => "Max concurrent runs",
            Self::Steps => "Max steps per run",
            Self::RunCost => "Max cost per run",
            Self::RunTokens => "Max tokens per run",
            Self::MonthCost => "Max cost per month",
            Self::MonthTokens => "Max tokens per month",
            Self::Tools => "Tools",
        }
    }

    /// What to do about it when it is wrong.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Name => "Enter a name of 1 to 100 characters.",
            Self::Description => "Keep the description to 500 characters.",
            Self::Model => "Enter provider/model in 3 to 200 characters, or leave it empty.",
            Self::System | Self::Task => "Keep the instructions to 256 KiB.",
            Self::Schedule => "Keep the expression to 200 characters.",
            Self::TimeZone => "Enter the name of a time zone, such as Europe/Berlin.",
            Self::Overlap | Self::CatchUp | Self::Paused => "Choose one of what is offered.",
            Self::TimeLimit => "Enter 1 to 86,400 seconds.",
            Self::Concurrency => "Enter 1 to 100.",
            Self::Steps => "Enter 1 to 200.",
            Self::RunCost | Self::MonthCost => "Enter dollars such as 2.50, more than 0, or leave it empty.",
            Self::RunTokens | Self::MonthTokens => "Enter a whole number of tokens, 1 or more, or leave it empty.",
            Self::Tools => "Pick 100 at most.",
        }
    }
}
