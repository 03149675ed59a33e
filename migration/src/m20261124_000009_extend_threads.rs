//! Threads that are named and deleted by people, and runs of a thread that wait for one another.

statements!(up: UP, down: DOWN);

const UP: &str = "
-- Whether somebody has named it; otherwise its first message does.
ALTER TABLE threads ADD COLUMN titled BOOLEAN NOT NULL DEFAULT FALSE;
-- Its runs and what they cost stay on record.
ALTER TABLE threads ADD COLUMN deleted_at BIGINT;
UPDATE threads SET titled = TRUE WHERE title <> 'New thread';
-- An agent's chats.
CREATE INDEX threads_chats ON threads (agent_id, updated_at DESC) WHERE kind = 'chat' AND deleted_at IS NULL;
-- Claiming: whether an earlier run of the thread is not over yet.
CREATE INDEX agent_runs_turns ON agent_runs (thread_id, id) WHERE status IN ('queued', 'running');
";

const DOWN: &str = "
DROP INDEX agent_runs_turns;
DROP INDEX threads_chats;
ALTER TABLE threads DROP COLUMN deleted_at;
ALTER TABLE threads DROP COLUMN titled;
";
