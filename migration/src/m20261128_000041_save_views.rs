//! Saved views of the page of runs: a name for a filter, and which of them the page opens with.

statements!(up: UP, down: DOWN);

const UP: &str = "
CREATE TABLE saved_views (
    id {id},
    owner_id BIGINT NOT NULL,
    name TEXT NOT NULL CHECK (name <> ''),
    -- The name in lower case, by which names are told apart.
    name_key TEXT NOT NULL,
    -- The filter, as a query.
    query TEXT NOT NULL,
    -- When it was made the one that the page opens with; the latest is.
    default_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX saved_views_by_name ON saved_views (owner_id, name_key);
";

const DOWN: &str = "DROP TABLE saved_views;";
