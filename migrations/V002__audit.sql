-- What happened: appended only, chained by hash within each organization.

CREATE TABLE audit_events (
    id             TEXT    NOT NULL,
    org_id         TEXT    NOT NULL REFERENCES organizations (id),
    -- 1, 2, 3 … without a gap in each organization.
    seq            INTEGER NOT NULL,
    actor_user_id  TEXT,
    entity_type    TEXT    NOT NULL,
    entity_id      TEXT    NOT NULL,
    action         TEXT    NOT NULL CONSTRAINT audit_action
        CHECK (action IN ('CREATE', 'UPDATE', 'SOFT_DELETE', 'RESTORE', 'STATUS_CHANGE')),
    before_json    TEXT,
    after_json     TEXT,
    at             INTEGER NOT NULL,
    request_id     TEXT,
    -- The chain covers the digest, not the payload: with salt and payload erased, nobody can
    -- guess what stood there, and the chain stays whole.
    salt           TEXT,
    payload_digest TEXT    NOT NULL,
    hash           TEXT    NOT NULL,
    PRIMARY KEY (org_id, seq),
    UNIQUE (org_id, id)
) STRICT, WITHOUT ROWID;

-- The history of one object, and the object as it was at a time.
CREATE INDEX audit_events_by_entity ON audit_events (org_id, entity_id, seq, id);

-- What one person did, newest first.
CREATE INDEX audit_events_by_actor ON audit_events (org_id, actor_user_id, seq, id);

CREATE TRIGGER audit_events_append_only_delete
BEFORE DELETE ON audit_events
BEGIN
    SELECT RAISE(ABORT, 'audit_events_append_only');
END;

-- The one change allowed is to erase a payload, whole and for good.
CREATE TRIGGER audit_events_append_only_update
BEFORE UPDATE ON audit_events
WHEN NOT (
    NEW.before_json IS NULL AND NEW.after_json IS NULL AND NEW.salt IS NULL
    AND NEW.id IS OLD.id AND NEW.org_id IS OLD.org_id AND NEW.seq IS OLD.seq
    AND NEW.actor_user_id IS OLD.actor_user_id AND NEW.entity_type IS OLD.entity_type
    AND NEW.entity_id IS OLD.entity_id AND NEW.action IS OLD.action AND NEW.at IS OLD.at
    AND NEW.request_id IS OLD.request_id AND NEW.payload_digest IS OLD.payload_digest
    AND NEW.hash IS OLD.hash
)
BEGIN
    SELECT RAISE(ABORT, 'audit_events_append_only');
END;

-- The chain can only grow at its end (this also stops INSERT OR REPLACE, which deletes silently).
CREATE TRIGGER audit_events_in_order
BEFORE INSERT ON audit_events
WHEN NEW.seq IS NOT 1 + coalesce((SELECT max(seq) FROM audit_events WHERE org_id = NEW.org_id), 0)
BEGIN
    SELECT RAISE(ABORT, 'audit_events_in_order');
END;
