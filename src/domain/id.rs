//! Typed row ids: an agent's id cannot be passed where a run's is wanted. Shown as `#48213`.

use super::wire::{FromWire, Unreadable};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{fmt, num::ParseIntError, str::FromStr};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromWire for $name {
            fn from_wire(value: Value) -> Result<Self, Unreadable> {
                i64::from_wire(value).map(Self)
            }
        }

        impl FromStr for $name {
            type Err = ParseIntError;
            fn from_str(s: &str) -> Result<Self, Self::Err> {
                s.parse().map(Self)
            }
        }
    };
}

id!(
    /// The id of whoever agents, threads and runs belong to.
    OwnerId
);

impl OwnerId {
    /// The person at this machine: until there is sign-in, the only one.
    pub const LOCAL: Self = Self(1);
}

id!(
    /// An agent's row id.
    AgentId
);
id!(
    /// The row id of a group of errors.
    ErrorGroupId
);
id!(
    /// A thread's row id.
    ThreadId
);
id!(
    /// A message's row id; ids follow creation.
    MessageId
);
id!(
    /// A run's row id; ids follow creation, so newest first is `id DESC`.
    RunId
);
id!(
    /// The row id of an action on many runs.
    BulkId
);
id!(
    /// A saved view's row id.
    ViewId
);
id!(
    /// A hold's row id.
    HoldId
);
id!(
    /// A step's row id.
    StepId
);
id!(
    /// A webhook's row id.
    HookId
);
id!(
    /// A delivery's row id; ids follow arrival.
    DeliveryId
);
