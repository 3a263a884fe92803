-- Answers that are given again. A key counts per person and organization; the row is written in
-- the transaction of what it did.

CREATE TABLE idempotency_keys (
    org_id      TEXT    NOT NULL REFERENCES organizations (id),
    user_id     TEXT    NOT NULL REFERENCES users (id),
    key         TEXT    NOT NULL,
    -- Keyed hash of method, path, query and JSON value: bodies can't be guessed from it.
    fingerprint TEXT    NOT NULL,
    status      INTEGER NOT NULL,
    etag        TEXT,
    location    TEXT,
    body        BLOB    NOT NULL,
    commit_seq  INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (org_id, user_id, key)
) STRICT, WITHOUT ROWID;

-- Old keys are pruned by age.
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
