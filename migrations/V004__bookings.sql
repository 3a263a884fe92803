-- Bookings, the claims that hold units for them, and the second of the two guards against double
-- booking: even a hand-written statement can't book a unit twice. The first guard is the check
-- in calendar::actions::claim under the write lock.

CREATE TABLE bookings (
    id                TEXT    NOT NULL,
    org_id            TEXT    NOT NULL,
    requester_user_id TEXT    NOT NULL,
    status            TEXT    NOT NULL CONSTRAINT booking_status CHECK (status IN (
        'DRAFT', 'WAITLISTED', 'PENDING', 'APPROVED', 'CHECKED_OUT', 'RETURNED', 'REJECTED',
        'CANCELLED', 'EXPIRED')),
    start_at          INTEGER NOT NULL,
    end_at            INTEGER NOT NULL,
    purpose           TEXT    NOT NULL,
    at_risk           INTEGER NOT NULL DEFAULT 0 CONSTRAINT booking_at_risk CHECK (at_risk IN (0, 1)),
    decided_by        TEXT,
    decision_note     TEXT,
    version           INTEGER NOT NULL,
    created_at        INTEGER NOT NULL,
    updated_at        INTEGER NOT NULL,
    cancelled_at      INTEGER,
    PRIMARY KEY (org_id, id),
    CONSTRAINT booking_period CHECK (start_at < end_at),
    FOREIGN KEY (org_id, requester_user_id) REFERENCES memberships (org_id, user_id)
) STRICT, WITHOUT ROWID;

-- The orders of GET /bookings, for the desk and for one person.
CREATE INDEX bookings_by_start ON bookings (org_id, start_at, id);
CREATE INDEX bookings_by_created ON bookings (org_id, created_at, id);
CREATE INDEX bookings_by_requester_start ON bookings (org_id, requester_user_id, start_at, id);
CREATE INDEX bookings_by_requester_created ON bookings (org_id, requester_user_id, created_at, id);

-- How many active bookings somebody has, and all that is active.
CREATE INDEX bookings_active ON bookings (org_id, requester_user_id)
    WHERE status IN ('PENDING', 'APPROVED', 'CHECKED_OUT');

CREATE TABLE booking_items (
    id               TEXT    NOT NULL,
    org_id           TEXT    NOT NULL,
    booking_id       TEXT    NOT NULL,
    -- The order in which the items were asked for.
    position         INTEGER NOT NULL,
    resource_id      TEXT    NOT NULL,
    -- Null while nothing is held: DRAFT, WAITLISTED.
    resource_unit_id TEXT,
    quantity         INTEGER NOT NULL CONSTRAINT booking_item_quantity CHECK (quantity = 1),
    -- Whether the unit was asked for by name; a draft asked for by resource chooses anew.
    named            INTEGER NOT NULL CONSTRAINT booking_item_named CHECK (named IN (0, 1)),
    checked_out_at   INTEGER,
    returned_at      INTEGER,
    return_condition TEXT,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, booking_id) REFERENCES bookings (org_id, id),
    FOREIGN KEY (org_id, resource_id) REFERENCES resources (org_id, id),
    FOREIGN KEY (org_id, resource_unit_id) REFERENCES resource_units (org_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX booking_items_by_booking ON booking_items (org_id, booking_id, position);
-- The bookings of a unit and of a resource: filters of GET /bookings, and what `in_use` names.
CREATE INDEX booking_items_by_unit ON booking_items (org_id, resource_unit_id, booking_id);
CREATE INDEX booking_items_by_resource ON booking_items (org_id, resource_id, booking_id);

-- Which unit is taken from when to when, and by what. Only what is in force stands here: claims
-- leave with the booking that holds them. `end_at` contains the buffer that was in force when the
-- claim was made.
CREATE TABLE unit_claims (
    org_id           TEXT    NOT NULL,
    id               TEXT    NOT NULL,
    resource_unit_id TEXT    NOT NULL,
    start_at         INTEGER NOT NULL,
    end_at           INTEGER NOT NULL,
    kind             TEXT    NOT NULL CONSTRAINT claim_kind
        CHECK (kind IN ('booking', 'offer', 'maintenance')),
    -- The booking (or what else) for which the unit is held.
    holder           TEXT    NOT NULL,
    buffer_minutes   INTEGER NOT NULL DEFAULT 0 CONSTRAINT claim_buffer CHECK (buffer_minutes >= 0),
    PRIMARY KEY (org_id, id),
    CONSTRAINT claim_period CHECK (start_at < end_at),
    FOREIGN KEY (org_id, resource_unit_id) REFERENCES resource_units (org_id, id)
) STRICT, WITHOUT ROWID;

-- The overlap check: claims of a unit are disjoint, so the last one that starts before the wanted
-- end is the only one that can reach into the wanted period. One step, however long the history.
CREATE UNIQUE INDEX unit_claims_by_unit ON unit_claims (org_id, resource_unit_id, start_at, end_at);

-- The claims of a booking.
CREATE INDEX unit_claims_by_holder ON unit_claims (org_id, holder, resource_unit_id);

-- How often each unit was claimed: among equal gaps the least used unit is lent.
CREATE TABLE unit_usage (
    org_id           TEXT    NOT NULL,
    resource_unit_id TEXT    NOT NULL,
    claims           INTEGER NOT NULL,
    PRIMARY KEY (org_id, resource_unit_id),
    FOREIGN KEY (org_id, resource_unit_id) REFERENCES resource_units (org_id, id)
) STRICT, WITHOUT ROWID;

-- Guard 2a: no claim overlaps another one of its unit.
CREATE TRIGGER unit_claims_overlap_insert
BEFORE INSERT ON unit_claims
WHEN (
    SELECT c.end_at FROM unit_claims AS c
    WHERE c.org_id = NEW.org_id AND c.resource_unit_id = NEW.resource_unit_id
        AND c.start_at < NEW.end_at
    ORDER BY c.start_at DESC LIMIT 1
) > NEW.start_at
BEGIN
    SELECT RAISE(ABORT, 'unit_claims_overlap');
END;

CREATE TRIGGER unit_claims_overlap_update
BEFORE UPDATE OF org_id, id, resource_unit_id, start_at, end_at ON unit_claims
WHEN (
    SELECT c.end_at FROM unit_claims AS c
    WHERE c.org_id = NEW.org_id AND c.resource_unit_id = NEW.resource_unit_id
        AND c.start_at < NEW.end_at AND NOT (c.org_id = OLD.org_id AND c.id = OLD.id)
    ORDER BY c.start_at DESC LIMIT 1
) > NEW.start_at
BEGIN
    SELECT RAISE(ABORT, 'unit_claims_overlap');
END;

-- INSERT OR REPLACE deletes without asking the DELETE trigger: refuse a second claim of one id.
CREATE TRIGGER unit_claims_no_replace
BEFORE INSERT ON unit_claims
WHEN EXISTS (SELECT 1 FROM unit_claims WHERE org_id = NEW.org_id AND id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'unit_claims_no_replace');
END;

-- Guard 2b: an item of an active booking has its claim. The order of writing is: the booking,
-- its claims, its items.
CREATE TRIGGER booking_items_need_claim_insert
BEFORE INSERT ON booking_items
WHEN NEW.returned_at IS NULL AND EXISTS (
    SELECT 1 FROM bookings AS b
    WHERE b.org_id = NEW.org_id AND b.id = NEW.booking_id
        AND b.status IN ('PENDING', 'APPROVED', 'CHECKED_OUT')
        AND NOT EXISTS (
            SELECT 1 FROM unit_claims AS c
            WHERE c.org_id = b.org_id AND c.holder = b.id
                AND c.resource_unit_id = NEW.resource_unit_id
                AND c.start_at <= b.start_at AND c.end_at >= b.end_at
        )
)
BEGIN
    SELECT RAISE(ABORT, 'booking_items_need_claim');
END;

CREATE TRIGGER booking_items_need_claim_update
BEFORE UPDATE OF org_id, booking_id, resource_unit_id, returned_at ON booking_items
WHEN NEW.returned_at IS NULL AND EXISTS (
    SELECT 1 FROM bookings AS b
    WHERE b.org_id = NEW.org_id AND b.id = NEW.booking_id
        AND b.status IN ('PENDING', 'APPROVED', 'CHECKED_OUT')
        AND NOT EXISTS (
            SELECT 1 FROM unit_claims AS c
            WHERE c.org_id = b.org_id AND c.holder = b.id
                AND c.resource_unit_id = NEW.resource_unit_id
                AND c.start_at <= b.start_at AND c.end_at >= b.end_at
        )
)
BEGIN
    SELECT RAISE(ABORT, 'booking_items_need_claim');
END;

-- A booking becomes active, or changes its period while it is, only with claims that cover it.
CREATE TRIGGER bookings_need_claims_update
BEFORE UPDATE OF org_id, id, status, start_at, end_at ON bookings
WHEN NEW.status IN ('PENDING', 'APPROVED', 'CHECKED_OUT') AND EXISTS (
    SELECT 1 FROM booking_items AS i
    WHERE i.org_id = OLD.org_id AND i.booking_id = OLD.id AND i.returned_at IS NULL
        AND NOT EXISTS (
            SELECT 1 FROM unit_claims AS c
            WHERE c.org_id = NEW.org_id AND c.holder = NEW.id
                AND c.resource_unit_id = i.resource_unit_id
                AND c.start_at <= NEW.start_at AND c.end_at >= NEW.end_at
        )
)
BEGIN
    SELECT RAISE(ABORT, 'bookings_need_claims');
END;

-- The same for a booking that is born active above items that stand there already (a file opened
-- without foreign keys takes items before their booking).
CREATE TRIGGER bookings_need_claims_insert
BEFORE INSERT ON bookings
WHEN NEW.status IN ('PENDING', 'APPROVED', 'CHECKED_OUT') AND EXISTS (
    SELECT 1 FROM booking_items AS i
    WHERE i.org_id = NEW.org_id AND i.booking_id = NEW.id AND i.returned_at IS NULL
        AND NOT EXISTS (
            SELECT 1 FROM unit_claims AS c
            WHERE c.org_id = NEW.org_id AND c.holder = NEW.id
                AND c.resource_unit_id = i.resource_unit_id
                AND c.start_at <= NEW.start_at AND c.end_at >= NEW.end_at
        )
)
BEGIN
    SELECT RAISE(ABORT, 'bookings_need_claims');
END;

-- REPLACE deletes the row that is in the way without asking the DELETE triggers: ids are for good.
CREATE TRIGGER bookings_keep_id
BEFORE UPDATE OF org_id, id ON bookings
WHEN NEW.org_id <> OLD.org_id OR NEW.id <> OLD.id
BEGIN
    SELECT RAISE(ABORT, 'bookings_keep_id');
END;

CREATE TRIGGER unit_claims_keep_id
BEFORE UPDATE OF org_id, id ON unit_claims
WHEN NEW.org_id <> OLD.org_id OR NEW.id <> OLD.id
BEGIN
    SELECT RAISE(ABORT, 'unit_claims_keep_id');
END;

-- Guard 2c: a claim whose holder is active stays. The order of leaving is: the status, then the
-- claims.
CREATE TRIGGER unit_claims_held_delete
BEFORE DELETE ON unit_claims
WHEN EXISTS (
    SELECT 1 FROM bookings AS b
    JOIN booking_items AS i ON i.org_id = b.org_id AND i.booking_id = b.id
    WHERE b.org_id = OLD.org_id AND b.id = OLD.holder
        AND b.status IN ('PENDING', 'APPROVED', 'CHECKED_OUT')
        AND i.resource_unit_id = OLD.resource_unit_id AND i.returned_at IS NULL
)
BEGIN
    SELECT RAISE(ABORT, 'unit_claims_held');
END;

CREATE TRIGGER unit_claims_held_update
BEFORE UPDATE ON unit_claims
WHEN EXISTS (
    SELECT 1 FROM bookings AS b
    JOIN booking_items AS i ON i.org_id = b.org_id AND i.booking_id = b.id
    WHERE b.org_id = OLD.org_id AND b.id = OLD.holder
        AND b.status IN ('PENDING', 'APPROVED', 'CHECKED_OUT')
        AND i.resource_unit_id = OLD.resource_unit_id AND i.returned_at IS NULL
        AND NOT (
            NEW.org_id = OLD.org_id AND NEW.holder = OLD.holder
            AND NEW.resource_unit_id = OLD.resource_unit_id
            AND NEW.start_at <= b.start_at AND NEW.end_at >= b.end_at
        )
)
BEGIN
    SELECT RAISE(ABORT, 'unit_claims_held');
END;
