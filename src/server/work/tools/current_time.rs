//! The tool `current_time`: models know no clock.

use super::arguments::Arguments;
use super::{Tool, ToolError, ToolSpec};
use crate::domain::tool::BuiltInTool;
use crate::server::clock::SharedClock;
use async_trait::async_trait;
use chrono_tz::Tz;
use serde_json::{Value, json};
use std::time::Duration;

pub(super) struct CurrentTime {
    spec: ToolSpec,
    clock: SharedClock,
}

impl CurrentTime {
    pub(super) fn new(clock: SharedClock) -> Self {
        let spec = ToolSpec {
            name: BuiltInTool::CurrentTime.as_str().to_owned(),
            description: "Tells the present date, weekday and time.".to_owned(),
            parameters: json!({
                "type": "object",
                "properties": {
                    "time_zone": {
                        "type": "string",
                        "description": "IANA name of a time zone, such as Europe/Berlin. UTC if left out.",
                    },
                },
                "additionalProperties": false,
            }),
        };
        Self { spec, clock }
    }
}

#[async_trait]
impl Tool for CurrentTime {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn time_limit(&self) -> Duration {
        Duration::from_secs(5)
    }

    async fn call(&self, arguments: Value) -> Result<String, ToolError> {
        let arguments = Arguments::read(arguments, &["time_zone"])?;
        let name = arguments.text("time_zone")?.map_or("UTC", str::trim);
        let zone: Tz = name.parse().map_err(|_| {
            ToolError::new(format!("unknown time zone {name:?}: use an IANA name, such as Europe/Berlin or UTC"))
        })?;
        let now = self.clock.now().to_utc().with_timezone(&zone);
        Ok(now.format(&format!("%A, %Y-%m-%dT%H:%M:%S%:z ({zone})")).to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::clock::ManualClock;

    async fn call(arguments: Value) -> Result<String, String> {
        let clock = ManualClock::at(1_795_444_200_000);
        CurrentTime::new(clock).call(arguments).await.map_err(|error| error.message)
    }

    #[tokio::test]
    async fn it_tells_the_time_of_the_clock_it_was_given() {
        assert_eq!(call(json!({})).await.unwrap(), "Monday, 2026-11-23T14:30:00+00:00 (UTC)");
        assert_eq!(
            call(json!({ "time_zone": "Asia/Kathmandu" })).await.unwrap(),
            "Monday, 2026-11-23T20:15:00+05:45 (Asia/Kathmandu)"
        );
    }

    #[tokio::test]
    async fn it_says_which_names_would_do() {
        let said = call(json!({ "time_zone": "Mars" })).await.unwrap_err();
        assert_eq!(said, "unknown time zone \"Mars\": use an IANA name, such as Europe/Berlin or UTC");
    }
}
