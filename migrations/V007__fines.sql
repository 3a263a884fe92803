-- What people owe: for late returns, for damage and loss, for other reasons.

CREATE TABLE fines (
    id           TEXT    NOT NULL,
    org_id       TEXT    NOT NULL,
    user_id      TEXT    NOT NULL,
    -- Null where no booking is the reason.
    booking_id   TEXT,
    kind         TEXT    NOT NULL CONSTRAINT fine_kind
        CHECK (kind IN ('LATE', 'DAMAGE', 'LOSS', 'OTHER')),
    amount_cents INTEGER NOT NULL CONSTRAINT fine_amount CHECK (amount_cents > 0),
    -- What has been paid of it so far.
    paid_cents   INTEGER NOT NULL DEFAULT 0,
    status       TEXT    NOT NULL CONSTRAINT fine_status
        CHECK (status IN ('OPEN', 'PAID', 'WAIVED')),
    note         TEXT,
    version      INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    PRIMARY KEY (org_id, id),
    CONSTRAINT fine_paid_part CHECK (paid_cents BETWEEN 0 AND amount_cents),
    -- PAID and nothing else means that nothing is left to pay.
    CONSTRAINT fine_paid_whole CHECK ((status = 'PAID') = (paid_cents = amount_cents)),
    FOREIGN KEY (org_id, user_id) REFERENCES memberships (org_id, user_id),
    FOREIGN KEY (org_id, booking_id) REFERENCES bookings (org_id, id)
) STRICT, WITHOUT ROWID;

-- What somebody owes: asked at each booking.
CREATE INDEX fines_open ON fines (org_id, user_id) WHERE status = 'OPEN';

-- What the planner is told of sizes, in the proportions of V006: few fines, and few of them open.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('fines', 'fines', '50000 5000 1'),
    ('fines', 'fines_open', '5000 500 2');
