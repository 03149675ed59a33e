//! Keys of requests that are carried out once, each with what came of its request.

statements!(up: UP, down: DOWN);

const UP: &str = "
CREATE TABLE request_keys (
    owner_id BIGINT NOT NULL,
    key TEXT NOT NULL CHECK (key <> ''),
    -- SHA-256 of the request.
    fingerprint {bytes} NOT NULL,
    created_at BIGINT NOT NULL,
    -- JSON. Null only within the transaction that carries the request out.
    result TEXT,
    PRIMARY KEY (owner_id, key)
) {by_key};
CREATE INDEX request_keys_age ON request_keys (created_at);
";

const DOWN: &str = "
DROP TABLE request_keys;
";
