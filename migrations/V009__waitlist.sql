-- The waitlist: who asked for what was not free, in which order they are served, and what is held
-- for whom until when.

CREATE TABLE waitlist_entries (
    id                TEXT    NOT NULL,
    org_id            TEXT    NOT NULL,
    -- The request: a booking in WAITLISTED, which follows the entry out of that state.
    booking_id        TEXT    NOT NULL,
    requester_user_id TEXT    NOT NULL,
    status            TEXT    NOT NULL CONSTRAINT waitlist_status CHECK (status IN (
        'WAITING', 'OFFERED', 'ACCEPTED', 'EXPIRED', 'CANCELLED', 'REJECTED')),
    start_at          INTEGER NOT NULL,
    end_at            INTEGER NOT NULL,
    -- The score without what time adds to it, in points times the milliseconds of a day: all
    -- entries gain at the same pace, so their order stands still. Larger is served sooner.
    priority_score    INTEGER NOT NULL,
    -- The order of the queue as an index likes it: smaller is served sooner, ties by id.
    rank              INTEGER NOT NULL GENERATED ALWAYS AS (-priority_score) VIRTUAL,
    -- The parts of the score, in points; age is points for each day.
    age_per_day       INTEGER NOT NULL,
    role_points       INTEGER NOT NULL,
    penalty_points    INTEGER NOT NULL,
    active_points     INTEGER NOT NULL,
    -- Until when the parts hold by themselves: a late return is forgotten. Null: for good.
    score_until       INTEGER,
    -- Why it was passed over the last time. Derived, as the score is: no version, no event.
    last_skip         TEXT,
    -- Whether its last offer ran out, so that who accepts too late hears so.
    offer_ran_out     INTEGER NOT NULL DEFAULT 0
        CONSTRAINT waitlist_offer_ran_out CHECK (offer_ran_out IN (0, 1)),
    -- When something happens to it by itself: its period begins, its offer ends, its score changes.
    due_at            INTEGER,
    version           INTEGER NOT NULL,
    created_at        INTEGER NOT NULL,
    PRIMARY KEY (org_id, id),
    CONSTRAINT waitlist_booking UNIQUE (org_id, booking_id),
    CONSTRAINT waitlist_period CHECK (start_at < end_at),
    CONSTRAINT waitlist_due CHECK ((due_at IS NOT NULL) = (status IN ('WAITING', 'OFFERED'))),
    FOREIGN KEY (org_id, booking_id) REFERENCES bookings (org_id, id),
    FOREIGN KEY (org_id, requester_user_id) REFERENCES memberships (org_id, user_id)
) STRICT, WITHOUT ROWID;

-- The orders of GET /waitlist: all of it, one status, and all that is alive. Who has been served
-- stands first in the whole of both orders, so those who wait have indexes without them.
CREATE INDEX waitlist_by_rank ON waitlist_entries (org_id, rank, id);
CREATE INDEX waitlist_by_created ON waitlist_entries (org_id, created_at, id);
CREATE INDEX waitlist_by_status_rank ON waitlist_entries (org_id, status, rank, id);
CREATE INDEX waitlist_by_status_created ON waitlist_entries (org_id, status, created_at, id);
CREATE INDEX waitlist_alive_by_rank ON waitlist_entries (org_id, rank, id)
    WHERE status IN ('WAITING', 'OFFERED');
CREATE INDEX waitlist_alive_by_created ON waitlist_entries (org_id, created_at, id)
    WHERE status IN ('WAITING', 'OFFERED');
-- The entries of a person: GET /me/waitlist, and whose score changes together.
CREATE INDEX waitlist_by_requester ON waitlist_entries (org_id, requester_user_id, created_at, id);
-- What is due next in an organization.
CREATE INDEX waitlist_by_due ON waitlist_entries (org_id, due_at) WHERE due_at IS NOT NULL;

-- What somebody has had, for late returns: most bookings of who waits were never handed out.
CREATE INDEX bookings_lent ON bookings (org_id, requester_user_id)
    WHERE status IN ('CHECKED_OUT', 'RETURNED');

-- What an entry asks for, as it was asked.
CREATE TABLE waitlist_items (
    org_id           TEXT    NOT NULL,
    entry_id         TEXT    NOT NULL,
    line             INTEGER NOT NULL,
    resource_id      TEXT    NOT NULL,
    -- Null: any units of the resource.
    resource_unit_id TEXT,
    quantity         INTEGER NOT NULL CONSTRAINT waitlist_item_quantity CHECK (quantity > 0),
    PRIMARY KEY (org_id, entry_id, line),
    FOREIGN KEY (org_id, entry_id) REFERENCES waitlist_entries (org_id, id),
    FOREIGN KEY (org_id, resource_id) REFERENCES resources (org_id, id),
    FOREIGN KEY (org_id, resource_unit_id) REFERENCES resource_units (org_id, id)
) STRICT, WITHOUT ROWID;

-- The entries that asked for a resource: the filter of GET /waitlist.
CREATE INDEX waitlist_items_by_resource ON waitlist_items (org_id, resource_id, entry_id);

-- The queue of each resource, in the order of service. Only who waits stands here, so that serving
-- a unit reads the queue of its resource and nothing else.
CREATE TABLE waitlist_queue (
    org_id      TEXT    NOT NULL,
    resource_id TEXT    NOT NULL,
    rank        INTEGER NOT NULL,
    entry_id    TEXT    NOT NULL,
    PRIMARY KEY (org_id, resource_id, rank, entry_id),
    FOREIGN KEY (org_id, entry_id) REFERENCES waitlist_entries (org_id, id),
    FOREIGN KEY (org_id, resource_id) REFERENCES resources (org_id, id)
) STRICT, WITHOUT ROWID;

-- Where an entry stands, to take it out or put it elsewhere.
CREATE INDEX waitlist_queue_by_entry ON waitlist_queue (org_id, entry_id);

-- Open offers. The units are the claims that the entry holds. An offer goes when it is over.
CREATE TABLE waitlist_offers (
    org_id      TEXT    NOT NULL,
    entry_id    TEXT    NOT NULL,
    start_at    INTEGER NOT NULL,
    end_at      INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    -- Something else than what was asked for: declining it keeps the place.
    is_proposal INTEGER NOT NULL CONSTRAINT waitlist_is_proposal CHECK (is_proposal IN (0, 1)),
    -- Who of the staff offered it; null: the queue did.
    offered_by  TEXT,
    note        TEXT,
    PRIMARY KEY (org_id, entry_id),
    CONSTRAINT waitlist_offer_period CHECK (start_at < end_at),
    FOREIGN KEY (org_id, entry_id) REFERENCES waitlist_entries (org_id, id)
) STRICT, WITHOUT ROWID;

-- Guard 2d: an open offer holds its units. The order of writing is: the claims, then the offer;
-- of leaving: the offer, then the claims.
CREATE TRIGGER waitlist_offers_need_claims
BEFORE INSERT ON waitlist_offers
WHEN NOT EXISTS (
    SELECT 1 FROM unit_claims AS c
    WHERE c.org_id = NEW.org_id AND c.holder = NEW.entry_id AND c.kind = 'offer'
        AND c.start_at <= NEW.start_at AND c.end_at >= NEW.end_at
)
BEGIN
    SELECT RAISE(ABORT, 'waitlist_offers_need_claims');
END;

CREATE TRIGGER unit_claims_offered_delete
BEFORE DELETE ON unit_claims
WHEN OLD.kind = 'offer' AND EXISTS (
    SELECT 1 FROM waitlist_offers AS o WHERE o.org_id = OLD.org_id AND o.entry_id = OLD.holder
)
BEGIN
    SELECT RAISE(ABORT, 'unit_claims_offered');
END;

CREATE TRIGGER unit_claims_offered_update
BEFORE UPDATE ON unit_claims
WHEN OLD.kind = 'offer' AND EXISTS (
    SELECT 1 FROM waitlist_offers AS o WHERE o.org_id = OLD.org_id AND o.entry_id = OLD.holder
)
BEGIN
    SELECT RAISE(ABORT, 'unit_claims_offered');
END;

-- The proportions of a large installation, as in V006.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('bookings', 'bookings_lent', '500000 50000 20'),
    ('waitlist_entries', 'waitlist_entries', '500000 50000 1'),
    ('waitlist_entries', 'sqlite_autoindex_waitlist_entries_2', '500000 50000 1'),
    ('waitlist_entries', 'waitlist_by_rank', '500000 50000 1 1'),
    ('waitlist_entries', 'waitlist_by_created', '500000 50000 2 1'),
    ('waitlist_entries', 'waitlist_by_status_rank', '500000 50000 10000 1 1'),
    ('waitlist_entries', 'waitlist_by_status_created', '500000 50000 10000 2 1'),
    ('waitlist_entries', 'waitlist_alive_by_rank', '100000 10000 1 1'),
    ('waitlist_entries', 'waitlist_alive_by_created', '100000 10000 2 1'),
    ('waitlist_entries', 'waitlist_by_requester', '500000 50000 20 1 1'),
    ('waitlist_entries', 'waitlist_by_due', '100000 10000 2'),
    ('waitlist_items', 'waitlist_items', '600000 60000 2 1'),
    ('waitlist_items', 'waitlist_items_by_resource', '600000 60000 60 1'),
    ('waitlist_queue', 'waitlist_queue', '100000 10000 10 1 1'),
    ('waitlist_queue', 'waitlist_queue_by_entry', '100000 10000 2'),
    ('waitlist_offers', 'waitlist_offers', '1000 100 1');
