-- What happened to a person and is unread. It tells of an event that stands in the audit trail
-- already, so making and reading one leaves no event of its own.

CREATE TABLE notifications (
    id                TEXT    NOT NULL,
    org_id            TEXT    NOT NULL,
    -- Who is told.
    user_id           TEXT    NOT NULL,
    kind              TEXT    NOT NULL CONSTRAINT notification_kind CHECK (kind IN (
        'OFFER_MADE', 'OFFER_ENDED', 'DECIDED', 'EXPIRED', 'MOVED', 'AT_RISK')),
    booking_id        TEXT,
    -- No foreign key: the waitlist is built above this table and may let go of its entries.
    waitlist_entry_id TEXT,
    -- What became of the booking or entry, in its own words.
    status            TEXT,
    -- Until when an offer holds.
    expires_at        INTEGER,
    note              TEXT,
    created_at        INTEGER NOT NULL,
    read_at           INTEGER,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, user_id) REFERENCES memberships (org_id, user_id),
    FOREIGN KEY (org_id, booking_id) REFERENCES bookings (org_id, id)
) STRICT, WITHOUT ROWID;

-- The unread of a person in the order of GET /me/notifications, and those to mark as read. What
-- was read leaves it, so that the list costs the same after years.
CREATE INDEX notifications_unread ON notifications (org_id, user_id, created_at, id)
    WHERE read_at IS NULL;

-- As in V006: what the planner is told of sizes. Of two million a hundred thousand are unread.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('notifications', 'notifications', '2000000 200000 1'),
    ('notifications', 'notifications_unread', '100000 10000 4 1 1');
