//! Actions on many runs: what is to be done, and which runs it is to be done to, each with what came of it.

statements!(up: UP, down: DOWN);

const UP: &str = "
CREATE TABLE bulk_jobs (
    id {id},
    owner_id BIGINT NOT NULL,
    -- Not as a list of words: SQLite could not add one.
    action TEXT NOT NULL CHECK (action <> ''),
    -- JSON: lists.
    add_tags TEXT NOT NULL,
    remove_tags TEXT NOT NULL,
    -- The query by which the runs were chosen; null where they were named.
    filter TEXT,
    -- The door through which it was asked for.
    trigger TEXT NOT NULL CHECK (trigger IN ('manual', 'api')),
    total BIGINT NOT NULL,
    done BIGINT NOT NULL DEFAULT 0,
    unchanged BIGINT NOT NULL DEFAULT 0,
    failed BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    finished_at BIGINT,
    -- The process that carries it out, and until when it is known to; by the database's clock.
    lease_owner TEXT,
    lease_until BIGINT
);
CREATE INDEX bulk_jobs_by_owner ON bulk_jobs (owner_id, id);
CREATE INDEX bulk_jobs_unfinished ON bulk_jobs (id) WHERE finished_at IS NULL;
CREATE TABLE bulk_items (
    job_id BIGINT NOT NULL REFERENCES bulk_jobs (id) ON DELETE CASCADE,
    -- A run that may be gone by now.
    run_id BIGINT NOT NULL,
    -- Null until it has been carried out.
    result TEXT CHECK (result IN ('done', 'unchanged', 'failed')),
    detail TEXT,
    new_run_id BIGINT,
    PRIMARY KEY (job_id, run_id)
) {by_key};
CREATE INDEX bulk_items_left ON bulk_items (job_id, run_id) WHERE result IS NULL;
";

const DOWN: &str = "
DROP TABLE bulk_items;
DROP TABLE bulk_jobs;
";
