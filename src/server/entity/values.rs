//! How the domain's types stand in columns: words as text, ids, times and money as integers, structures as JSON text.
//!
//! A column that holds what its CHECKs forbid is an error, not a guess.

use crate::domain::bulk::{BulkAction, BulkResult};
use crate::domain::error_group::ErrorState;
use crate::domain::failure::{FailureCause, FailureKind};
use crate::domain::finish::Finish;
use crate::domain::hook::Outcome;
use crate::domain::id::{
    AgentId, BulkId, DeliveryId, ErrorGroupId, HoldId, HookId, MessageId, OwnerId, RunId, StepId, ThreadId, ViewId,
};
use crate::domain::money::NanoDollars;
use crate::domain::priority::Priority;
use crate::domain::run::{RunStatus, SkipReason, Trigger};
use crate::domain::schedule::Overlap;
use crate::domain::signal::Signals;
use crate::domain::step::StepKind;
use crate::domain::step::payload::Side;
use crate::domain::thread::{Role, ThreadKind};
use crate::domain::time::Timestamp;
use sea_orm::sea_query::{ArrayType, ColumnType, Nullable, ValueType, ValueTypeErr};
use sea_orm::{ColIdx, DbErr, QueryResult, TryFromU64, TryGetError, TryGetable, Value};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Implements SeaORM's traits of values for a type that is stored as another.
macro_rules! stored {
    ($name:ty as $inner:ty, $write:expr, $read:expr $(, $generics:tt: $bound:tt + $more:tt)?) => {
        impl $(<$generics: $bound + $more>)? From<$name> for Value {
            fn from(value: $name) -> Self {
                let write: fn($name) -> $inner = $write;
                write(value).into()
            }
        }

        impl $(<$generics: $bound + $more>)? TryGetable for $name {
            fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
                let read: fn($inner) -> Option<$name> = $read;
                let inner = <$inner as TryGetable>::try_get_by(row, index)?;
                read(inner.clone()).ok_or_else(|| {
                    DbErr::Type(format!("{inner:?} in a row is no {}", <$name as ValueType>::type_name())).into()
                })
            }
        }

        impl $(<$generics: $bound + $more>)? ValueType for $name {
            fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
                let read: fn($inner) -> Option<$name> = $read;
                read(<$inner as ValueType>::try_from(value)?).ok_or(ValueTypeErr)
            }

            fn type_name() -> String {
                stringify!($name).to_owned()
            }

            fn array_type() -> ArrayType {
                <$inner as ValueType>::array_type()
            }

            fn column_type() -> ColumnType {
                <$inner as ValueType>::column_type()
            }
        }

        impl $(<$generics: $bound + $more>)? Nullable for $name {
            fn null() -> Value {
                <$inner as Nullable>::null()
            }
        }
    };
}

macro_rules! stored_as_words {
    ($($name:ty),+) => {
        $(stored!($name as String, |value| value.as_str().to_owned(), |word| <$name>::parse(&word));)+
    };
}

macro_rules! stored_as_ids {
    ($($name:ident),+) => { $(
        stored!($name as i64, |id| id.0, |number| Some($name(number)));

        /// Primary keys must be readable as what MySQL reports, which neither of our databases does.
        impl TryFromU64 for $name {
            fn try_from_u64(number: u64) -> Result<Self, DbErr> {
                i64::try_from_u64(number).map(Self)
            }
        }
    )+ };
}

stored_as_words!(
    BulkAction,
    BulkResult,
    ErrorState,
    FailureCause,
    FailureKind,
    Finish,
    Outcome,
    Overlap,
    Priority,
    Role,
    RunStatus,
    Side,
    SkipReason,
    StepKind,
    ThreadKind,
    Trigger
);
stored_as_ids!(
    AgentId,
    BulkId,
    DeliveryId,
    ErrorGroupId,
    HoldId,
    HookId,
    MessageId,
    OwnerId,
    RunId,
    StepId,
    ThreadId,
    ViewId
);
stored!(NanoDollars as i64, |amount| amount.0, |number| Some(NanoDollars(number)));
stored!(Signals as i32, Signals::bits, Signals::of_bits);
stored!(Timestamp as i64, Timestamp::ms, |ms| Some(Timestamp::from_ms(ms)));

/// A structure in a column of text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Json<T>(pub T);

impl<T> From<Vec<T>> for Json<Vec<T>> {
    fn from(list: Vec<T>) -> Self {
        Self(list)
    }
}

impl<T> From<Json<Self>> for Vec<T> {
    fn from(json: Json<Self>) -> Self {
        json.0
    }
}

stored!(
    Json<T> as String,
    // Cannot fail: lists, texts and numbers.
    |json| serde_json::to_string(&json.0).unwrap_or_default(),
    |text| serde_json::from_str(&text).ok().map(Json),
    T: Serialize + DeserializeOwned
);

#[cfg(test)]
mod tests;
