//! Holds: while an owner has one, none of its runs begins. And which skipped runs are due to one.

statements!(up: UP, down: DOWN);

const UP: &str = "
CREATE TABLE holds (
    id {id},
    owner_id BIGINT NOT NULL,
    held_at BIGINT NOT NULL,
    -- The owner who asked for it, and the door.
    held_by BIGINT NOT NULL,
    trigger TEXT NOT NULL CHECK (trigger IN ('manual', 'api')),
    note TEXT,
    -- Null while it holds.
    released_at BIGINT,
    released_by BIGINT,
    CHECK ((released_at IS NULL) = (released_by IS NULL))
);
CREATE UNIQUE INDEX holds_in_force ON holds (owner_id) WHERE released_at IS NULL;
CREATE INDEX holds_by_owner ON holds (owner_id, held_at);
-- Whether a run that was missed was missed because of a hold: SQLite cannot add a word to the CHECK of skip_reason.
ALTER TABLE agent_runs ADD COLUMN missed_on_hold BOOLEAN;
";

const DOWN: &str = "
ALTER TABLE agent_runs DROP COLUMN missed_on_hold;
DROP TABLE holds;
";
