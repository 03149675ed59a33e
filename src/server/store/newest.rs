//! The newest runs of each agent, as one value of its row: handing them through the driver one by one takes longer than
//! finding them. They are found without reading anything else, however long the history is.

use sea_orm::DbBackend;

/// Newest first, for [`as_json`].
pub(super) const NEWEST_FIRST: &str = "j.id DESC";

/// Returns SQL for the rows `j` of a selection as JSON: an array of arrays of `values`, in an order.
pub(super) fn as_json(backend: DbBackend, values: &str, order: &str, selection: &str) -> String {
    match backend {
        DbBackend::Postgres => format!(
            "COALESCE(CAST((SELECT json_agg(json_build_array({values}) ORDER BY {order}) FROM ({selection}) j) AS TEXT), '[]')"
        ),
        _ => format!("(SELECT json_group_array(json_array({values}) ORDER BY {order}) FROM ({selection}) j)"),
    }
}

/// Returns SQL for columns of up to `limit` newest runs of agent `a`.
pub(super) fn newest(limit: usize, columns: &str) -> String {
    format!("SELECT n.id, {columns} FROM agent_runs n WHERE n.agent_id = a.id ORDER BY n.id DESC LIMIT {limit}")
}

/// Like [`newest`], for runs `n` that meet a condition, which are looked for `among` that many newest runs of the agent.
pub(super) fn newest_with(limit: usize, condition: &str, among: usize, columns: &str) -> String {
    let beyond = among.saturating_sub(1);
    // The status is spelled out rather than bound, as the words of all conditions on it.
    format!(
        "SELECT n.id, {columns} FROM agent_runs n WHERE n.agent_id = a.id AND {condition}
           AND n.id >= COALESCE((SELECT m.id FROM agent_runs m WHERE m.agent_id = a.id
                                 ORDER BY m.id DESC LIMIT 1 OFFSET {beyond}), 0)
         ORDER BY n.id DESC LIMIT {limit}"
    )
}
