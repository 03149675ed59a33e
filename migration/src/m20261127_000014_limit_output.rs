//! How many tokens a model may write in one call of an agent; null leaves it to the provider.

statements!(up: UP, down: DOWN);

const UP: &str = "
ALTER TABLE agents ADD COLUMN max_output_tokens BIGINT CHECK (max_output_tokens BETWEEN 1 AND 1000000);
";

const DOWN: &str = "
ALTER TABLE agents DROP COLUMN max_output_tokens;
";
