-- Units out of service: why, and when it is planned.

-- What was said when the unit left service. Null again when it is back.
ALTER TABLE resource_units ADD COLUMN status_note TEXT;

-- Planned maintenance: the unit is held by a claim of this id until it is over. A plan is made and
-- taken away, and never changed in between.
CREATE TABLE unit_maintenance (
    org_id           TEXT    NOT NULL,
    id               TEXT    NOT NULL,
    resource_unit_id TEXT    NOT NULL,
    start_at         INTEGER NOT NULL,
    end_at           INTEGER NOT NULL,
    note             TEXT,
    -- Null: the system.
    created_by       TEXT,
    created_at       INTEGER NOT NULL,
    -- Whether its time has passed, and its claim with it.
    is_over          INTEGER NOT NULL DEFAULT 0
        CONSTRAINT maintenance_is_over CHECK (is_over IN (0, 1)),
    PRIMARY KEY (org_id, id),
    CONSTRAINT maintenance_period CHECK (start_at < end_at),
    FOREIGN KEY (org_id, resource_unit_id) REFERENCES resource_units (org_id, id)
) STRICT, WITHOUT ROWID;

-- What is planned for a unit, in order of time.
CREATE INDEX unit_maintenance_by_unit ON unit_maintenance (org_id, resource_unit_id, start_at, id);

-- What ends next.
CREATE INDEX unit_maintenance_by_end ON unit_maintenance (org_id, end_at) WHERE is_over = 0;

-- Guard 2e: planned maintenance holds its unit. The order of writing is: the claim, then the row;
-- of leaving: the row (or that it is over), then the claim.
CREATE TRIGGER unit_maintenance_needs_claim
BEFORE INSERT ON unit_maintenance
WHEN NOT EXISTS (
    SELECT 1 FROM unit_claims AS c
    WHERE c.org_id = NEW.org_id AND c.holder = NEW.id AND c.kind = 'maintenance'
        AND c.resource_unit_id = NEW.resource_unit_id
        AND c.start_at <= NEW.start_at AND c.end_at >= NEW.end_at
)
BEGIN
    SELECT RAISE(ABORT, 'unit_maintenance_needs_claim');
END;

CREATE TRIGGER unit_maintenance_stays_as_it_is
BEFORE UPDATE OF org_id, id, resource_unit_id, start_at, end_at, note, created_by, created_at
ON unit_maintenance
BEGIN
    SELECT RAISE(ABORT, 'unit_maintenance_stays_as_it_is');
END;

CREATE TRIGGER unit_claims_maintained_delete
BEFORE DELETE ON unit_claims
WHEN OLD.kind = 'maintenance' AND EXISTS (
    SELECT 1 FROM unit_maintenance AS m
    WHERE m.org_id = OLD.org_id AND m.id = OLD.holder AND m.is_over = 0
)
BEGIN
    SELECT RAISE(ABORT, 'unit_claims_maintained');
END;

CREATE TRIGGER unit_claims_maintained_update
BEFORE UPDATE ON unit_claims
WHEN OLD.kind = 'maintenance' AND EXISTS (
    SELECT 1 FROM unit_maintenance AS m WHERE m.org_id = OLD.org_id AND m.id = OLD.holder
)
BEGIN
    SELECT RAISE(ABORT, 'unit_claims_maintained');
END;

-- The proportions of a large installation, as in V006.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('unit_maintenance', 'unit_maintenance', '20000 2000 1'),
    ('unit_maintenance', 'unit_maintenance_by_unit', '20000 2000 4 1 1'),
    ('unit_maintenance', 'unit_maintenance_by_end', '1000 100 1');
