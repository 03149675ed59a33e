//! Why runs failed, as a cause of a fixed set and what it is about; how many of their tool calls failed; and the beginning
//! of their answers, for lists.
//!
//! The causes of older runs are found by the words of their errors, by which pages found them until now. Their answers
//! begin with their first line as it is written.

statements!(up: UP, down: DOWN);

const UP: &str = "
ALTER TABLE agent_runs ADD COLUMN failure_cause TEXT;
-- The status of HTTP, or the variable, that the cause is about.
ALTER TABLE agent_runs ADD COLUMN failure_detail TEXT;
ALTER TABLE agent_runs ADD COLUMN failed_calls INTEGER NOT NULL DEFAULT 0 CHECK (failed_calls >= 0);
ALTER TABLE agent_runs ADD COLUMN answer_preview TEXT;

UPDATE agent_runs SET failure_cause = CASE
    WHEN failure_kind = 'timeout' THEN 'time_limit'
    WHEN failure_kind = 'interrupted' THEN 'interrupted'
    WHEN failure_kind = 'budget' AND error LIKE '%is not known, so a budget%' THEN 'unknown_price'
    WHEN failure_kind = 'budget' AND error LIKE '%runs of this month%' THEN 'month_budget'
    WHEN failure_kind = 'budget' THEN 'run_budget'
    WHEN error LIKE '%with the same arguments%' THEN 'loop'
    -- openai/… needs OPENAI_API_KEY: set it …
    WHEN error LIKE '% needs %:%'
         AND error NOT LIKE '% needs :%'
         AND ltrim(substr(substr(error, {instr}(error, ' needs ') + 7) || ':', 1,
                          {instr}(substr(error, {instr}(error, ' needs ') + 7) || ':', ':') - 1),
                   'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_') = '' THEN 'missing_key'
    -- 429 Too Many Requests: slow down
    WHEN substr(error, 1, 1) IN ('3', '4', '5')
         AND substr(error, 2, 1) IN ('0', '1', '2', '3', '4', '5', '6', '7', '8', '9')
         AND substr(error, 3, 1) IN ('0', '1', '2', '3', '4', '5', '6', '7', '8', '9')
         AND substr(error, 4, 1) IN (' ', ':', '') THEN 'provider_status'
    WHEN error LIKE '%cannot be reached%' THEN 'provider_unreachable'
    WHEN error LIKE '%sent nothing for%' THEN 'provider_silent'
    WHEN error LIKE '%broke off before%' THEN 'broke_off'
    WHEN error LIKE '%its limit, without%' THEN 'step_limit'
    WHEN error LIKE '%declined to answer%' THEN 'declined'
    ELSE 'other' END
WHERE status = 'failed';

UPDATE agent_runs SET failure_detail = CASE failure_cause
    WHEN 'provider_status' THEN substr(error, 1, 3)
    ELSE substr(substr(error, {instr}(error, ' needs ') + 7) || ':', 1,
                {instr}(substr(error, {instr}(error, ' needs ') + 7) || ':', ':') - 1) END
WHERE failure_cause IN ('provider_status', 'missing_key');

-- A tool that was not offered to the model has no input. Steps that ended with their run did not fail by themselves.
UPDATE agent_runs SET failed_calls = failed.calls
FROM (SELECT s.run_id, COUNT(*) AS calls FROM run_steps s JOIN agent_runs r ON r.id = s.run_id
      WHERE s.kind = 'tool_call' AND s.error IS NOT NULL AND s.input <> ''
        AND (r.status = 'success' OR s.finished_at < r.finished_at)
      GROUP BY s.run_id) AS failed
WHERE id = failed.run_id;

UPDATE agent_runs SET answer_preview = said.line || CASE WHEN length(said.line) = 120 THEN '…' ELSE '' END
FROM (SELECT run_id, substr(substr(text, 1, {instr}(text || '
', '
') - 1), 1, 120) AS line
      FROM (SELECT run_id, ltrim(substr(content, 1, 2000), '
 #>') AS text FROM thread_messages WHERE run_id IS NOT NULL AND role = 'assistant') AS answers) AS said
WHERE id = said.run_id AND said.line <> '';
";

const DOWN: &str = "
ALTER TABLE agent_runs DROP COLUMN answer_preview;
ALTER TABLE agent_runs DROP COLUMN failed_calls;
ALTER TABLE agent_runs DROP COLUMN failure_detail;
ALTER TABLE agent_runs DROP COLUMN failure_cause;
";
