//! Inputs and outputs of steps that are longer than what stands in the step: as much of them as is kept, compressed. The
//! step has their first 16 KiB, as before.
//!
//! Of older steps only that was kept, and stays where it is.

statements!(up: UP, down: DOWN);

const UP: &str = "
-- Bytes of the whole, where the step has only the beginning and more is kept.
ALTER TABLE run_steps ADD COLUMN input_bytes BIGINT CHECK (input_bytes > 0);
ALTER TABLE run_steps ADD COLUMN output_bytes BIGINT CHECK (output_bytes > 0);
CREATE TABLE step_payloads (
    run_id BIGINT NOT NULL REFERENCES agent_runs (id) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    side TEXT NOT NULL CHECK (side IN ('input', 'output')),
    zstd {bytes} NOT NULL,
    PRIMARY KEY (run_id, step, side)
);
";

const DOWN: &str = "
DROP TABLE step_payloads;
ALTER TABLE run_steps DROP COLUMN output_bytes;
ALTER TABLE run_steps DROP COLUMN input_bytes;
";
