-- Where the things are: which unit is out, for which item, since when and until when. A second
-- fact beside the claims: being late never changes a claim.

CREATE TABLE unit_custody (
    org_id           TEXT    NOT NULL,
    -- The item of a booking for which the unit is out.
    booking_item_id  TEXT    NOT NULL,
    booking_id       TEXT    NOT NULL,
    resource_unit_id TEXT    NOT NULL,
    since            INTEGER NOT NULL,
    -- When the unit is to be back: the end of the booking. Late is what is out after it.
    due_at           INTEGER NOT NULL,
    PRIMARY KEY (org_id, booking_item_id),
    FOREIGN KEY (org_id, booking_item_id) REFERENCES booking_items (org_id, id),
    FOREIGN KEY (org_id, booking_id) REFERENCES bookings (org_id, id),
    FOREIGN KEY (org_id, resource_unit_id) REFERENCES resource_units (org_id, id)
) STRICT, WITHOUT ROWID;

-- A unit is in one place: nobody gets what is out already. The second guard behind the check at
-- the counter; also the question at every claim, whether a unit is late.
CREATE UNIQUE INDEX unit_custody_by_unit ON unit_custody (org_id, resource_unit_id);
-- REPLACE would take the row that is in the way without a word.
CREATE TRIGGER unit_custody_no_replace
BEFORE INSERT ON unit_custody
WHEN EXISTS (
    SELECT 1 FROM unit_custody
    WHERE org_id = NEW.org_id AND booking_item_id = NEW.booking_item_id
) OR EXISTS (
    SELECT 1 FROM unit_custody
    WHERE org_id = NEW.org_id AND resource_unit_id = NEW.resource_unit_id
)
BEGIN
    SELECT RAISE(ABORT, 'unit_custody_no_replace');
END;

-- What is out is where it is: only the time at which it is due may move.
CREATE TRIGGER unit_custody_stays
BEFORE UPDATE OF org_id, booking_item_id, booking_id, resource_unit_id, since ON unit_custody
BEGIN
    SELECT RAISE(ABORT, 'unit_custody_stays');
END;

-- Nothing is lost from sight. The order of coming back is: the item, then its custody.
CREATE TRIGGER unit_custody_out_delete
BEFORE DELETE ON unit_custody
WHEN EXISTS (
    SELECT 1 FROM booking_items AS i
    WHERE i.org_id = OLD.org_id AND i.id = OLD.booking_item_id
        AND i.checked_out_at IS NOT NULL AND i.returned_at IS NULL
)
BEGIN
    SELECT RAISE(ABORT, 'unit_custody_out');
END;

-- What a booking has out: its extension moves the time at which it is due.
CREATE INDEX unit_custody_by_booking ON unit_custody (org_id, booking_id);
-- What is late, the longest first, and what is late next.
CREATE INDEX unit_custody_by_due ON unit_custody (org_id, due_at, booking_item_id);

-- One claim serves one item: a booking does not name a unit twice among what is not back.
CREATE UNIQUE INDEX booking_items_unit_once ON booking_items (org_id, booking_id, resource_unit_id)
    WHERE returned_at IS NULL AND resource_unit_id IS NOT NULL;

-- What was said about an item when it came back.
ALTER TABLE booking_items ADD COLUMN return_note TEXT;
-- Whether its unit may not be there in time: it is late, or out of service, and no other was free.
ALTER TABLE booking_items ADD COLUMN endangered INTEGER NOT NULL DEFAULT 0
    CONSTRAINT booking_item_endangered CHECK (endangered IN (0, 1));

-- What is at risk, for the desk and for the filter of GET /bookings.
CREATE INDEX bookings_at_risk ON bookings (org_id, start_at, id) WHERE at_risk = 1;

-- When something happens to a booking by itself: a request was not decided by its start, nobody
-- has come for what is reserved. Not within a minute of what people at the counter do, so that what
-- is asked for from now on can still be decided and fetched.
ALTER TABLE bookings ADD COLUMN due_at INTEGER;
CREATE INDEX bookings_by_due ON bookings (org_id, due_at) WHERE due_at IS NOT NULL;

-- No policy names a grace yet, so the default of 120 minutes holds.
UPDATE bookings SET due_at = CASE status
    WHEN 'PENDING' THEN max(start_at, min(updated_at, start_at + 60000) + 60000)
    ELSE max(min(start_at + 120 * 60000, end_at), updated_at + 60000) END
WHERE status IN ('PENDING', 'APPROVED');

-- The proportions of a large installation, as in V006.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('unit_custody', 'unit_custody', '10000 1000 1'),
    ('unit_custody', 'unit_custody_by_unit', '10000 1000 1'),
    ('unit_custody', 'unit_custody_by_booking', '10000 1000 2'),
    ('unit_custody', 'unit_custody_by_due', '10000 1000 2 1'),
    ('booking_items', 'booking_items_unit_once', '1000000 100000 2 1'),
    ('bookings', 'bookings_at_risk', '500 50 2 1'),
    ('bookings', 'bookings_by_due', '40000 4000 2');
