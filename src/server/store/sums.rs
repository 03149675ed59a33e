//! How sums over tokens, costs and durations are written in SQL. Nobody else writes `SUM` over such a column: it fails when
//! the sum is beyond its type, on SQLite ("integer overflow") as on PostgreSQL ("bigint out of range"), and with it whatever
//! asked. Such a sum stays at the largest number instead, as it does in Rust.

/// Returns the SQL of the sum of an expression, whose type is BIGINT; null over no values, as `SUM` is.
///
/// The high and the low 32 bits are summed up apart, which is exact for two billion rows. PostgreSQL's sums are NUMERIC and
/// divide with a fraction, which makes no difference to the comparison.
macro_rules! sum {
    ($($of:tt)+) => {
        concat!(
            "CAST(CASE WHEN SUM((", $($of)+, ") / 4294967296) + SUM((", $($of)+, ") % 4294967296) / 4294967296 >= 2147483648",
            " THEN 9223372036854775807 ELSE SUM((", $($of)+, ") / 4294967296) * 4294967296 + SUM((", $($of)+,
            ") % 4294967296) END AS BIGINT)"
        )
    };
}
pub(super) use sum;

#[cfg(test)]
mod tests {
    use crate::sources::{code, rust_files};
    use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};
    use std::path::Path;

    #[tokio::test]
    async fn a_sum_is_exact_and_stays_at_the_largest_number() {
        let db = Database::connect("sqlite::memory:").await.unwrap();
        let most = i64::MAX;
        for (values, expected) in [
            (vec![], None),
            (vec![7], Some(7)),
            (vec![1 << 32, (1 << 32) - 1, 1, 0], Some(1 << 33)),
            (vec![most - 1, 1], Some(most)),
            (vec![most - 2, 1], Some(most - 1)),
            (vec![most, 1], Some(most)),
            (vec![most; 40], Some(most)),
            (vec![-5, 3], Some(-2)),
        ] {
            let rows: Vec<_> = values.iter().map(|value| format!("SELECT {value} AS n")).collect();
            let rows = [vec!["SELECT NULL AS n".to_owned()], rows].concat().join(" UNION ALL ");
            let sql = format!("SELECT {} AS whole FROM ({rows}) AS r", sum!("r.n"));
            let row = db.query_one_raw(Statement::from_string(DbBackend::Sqlite, sql)).await.unwrap().unwrap();
            assert_eq!(row.try_get::<Option<i64>>("", "whole").unwrap(), expected, "{values:?}");
        }
    }

    /// Counts of rows, of bytes and of connections are nowhere near the largest number.
    #[test]
    fn nobody_else_sums_up_what_may_be_too_much() {
        let amounts = ["cost", "tokens", "duration_ms", "prompt", "completion"];
        let store = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/server/store");
        for file in rust_files(&store).iter().filter(|file| !file.ends_with("store/sums.rs")) {
            for part in code(file).split("SUM(").skip(1) {
                let of = part.split([')', ' ']).next().unwrap_or_default();
                assert!(!amounts.iter().any(|amount| of.contains(amount)), "SUM({of}) in {}", file.display());
            }
        }
    }
}
