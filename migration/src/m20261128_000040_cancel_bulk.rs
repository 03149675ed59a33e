//! Actions on many runs that can be cancelled, and the record of each deed in the row of its run: it stands for as long as the action
//! is open, however long that is.

statements!(up: UP, down: DOWN);

/// SQLite cannot change a CHECK, so the table of runs is made again.
const UP: &str = "
ALTER TABLE bulk_jobs ADD COLUMN cancelled BIGINT NOT NULL DEFAULT 0;
ALTER TABLE bulk_jobs ADD COLUMN cancelled_at BIGINT;
CREATE TABLE bulk_items_new (
    job_id BIGINT NOT NULL REFERENCES bulk_jobs (id) ON DELETE CASCADE,
    -- A run that may be gone by now.
    run_id BIGINT NOT NULL,
    -- Null until it has been carried out. Not as a list of words: SQLite could not add one.
    result TEXT CHECK (result <> ''),
    detail TEXT,
    new_run_id BIGINT,
    -- JSON: what came of it, written with the deed; null once there is a result.
    record TEXT,
    PRIMARY KEY (job_id, run_id)
) {by_key};
INSERT INTO bulk_items_new (job_id, run_id, result, detail, new_run_id, record)
SELECT i.job_id, i.run_id, i.result, i.detail, i.new_run_id,
       CASE WHEN i.result IS NULL
            THEN (SELECT k.result FROM bulk_jobs j
                  JOIN request_keys k ON k.owner_id = j.owner_id AND k.key = 'work bulk ' || i.job_id || ' ' || i.run_id
                  WHERE j.id = i.job_id) END
FROM bulk_items i;
DROP TABLE bulk_items;
ALTER TABLE bulk_items_new RENAME TO bulk_items;
CREATE INDEX bulk_items_left ON bulk_items (job_id, run_id) WHERE result IS NULL;
DELETE FROM request_keys WHERE key LIKE 'work bulk %';
";

/// Earlier versions know neither deleting nor cancelling.
const DOWN: &str = "
DELETE FROM bulk_items WHERE job_id IN (SELECT id FROM bulk_jobs WHERE action = 'delete');
DELETE FROM bulk_jobs WHERE action = 'delete';
UPDATE bulk_jobs SET unchanged = unchanged + cancelled;
CREATE TABLE bulk_items_old (
    job_id BIGINT NOT NULL REFERENCES bulk_jobs (id) ON DELETE CASCADE,
    -- A run that may be gone by now.
    run_id BIGINT NOT NULL,
    -- Null until it has been carried out.
    result TEXT CHECK (result IN ('done', 'unchanged', 'failed')),
    detail TEXT,
    new_run_id BIGINT,
    PRIMARY KEY (job_id, run_id)
) {by_key};
INSERT INTO bulk_items_old (job_id, run_id, result, detail, new_run_id)
SELECT job_id, run_id, CASE WHEN result = 'cancelled' THEN 'unchanged' ELSE result END, detail, new_run_id FROM bulk_items;
DROP TABLE bulk_items;
ALTER TABLE bulk_items_old RENAME TO bulk_items;
CREATE INDEX bulk_items_left ON bulk_items (job_id, run_id) WHERE result IS NULL;
ALTER TABLE bulk_jobs DROP COLUMN cancelled;
ALTER TABLE bulk_jobs DROP COLUMN cancelled_at;
";
