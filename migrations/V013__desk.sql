-- What the people at the counter look at first: what is to be handed out, by start.

-- Granted, and something of it is still to be fetched: `due_at` is when that ends by itself, and
-- null when everything has been fetched. What is over does not stand here.
CREATE INDEX bookings_to_hand_out ON bookings (org_id, start_at, id)
    WHERE status IN ('APPROVED', 'CHECKED_OUT') AND due_at IS NOT NULL;

-- The proportions of a large installation, as in V006.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('bookings', 'bookings_to_hand_out', '30000 3000 5 1');
