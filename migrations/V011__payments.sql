-- What was paid of fines, and the orders in which fines and payments are listed.

CREATE TABLE fine_payments (
    id           TEXT    NOT NULL,
    org_id       TEXT    NOT NULL,
    fine_id      TEXT    NOT NULL,
    amount_cents INTEGER NOT NULL CONSTRAINT fine_payment_amount CHECK (amount_cents > 0),
    method       TEXT    NOT NULL CONSTRAINT fine_payment_method
        CHECK (method IN ('CASH', 'CARD', 'TRANSFER', 'OTHER')),
    -- What the receipt or the bank calls it.
    reference    TEXT,
    -- Who took the money.
    recorded_by  TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, fine_id) REFERENCES fines (org_id, id),
    FOREIGN KEY (org_id, recorded_by) REFERENCES memberships (org_id, user_id)
) STRICT, WITHOUT ROWID;

-- The order of GET /fines/payments.
CREATE INDEX fine_payments_by_created ON fine_payments (org_id, created_at, id);
-- The payments of a fine: their list, and their sum at each further payment.
CREATE INDEX fine_payments_by_fine ON fine_payments (org_id, fine_id, created_at, id);

-- The orders of GET /fines: all, one status (what is open is what the desk asks for), a person's.
CREATE INDEX fines_by_created ON fines (org_id, created_at, id);
CREATE INDEX fines_by_amount ON fines (org_id, amount_cents, id);
CREATE INDEX fines_by_status_created ON fines (org_id, status, created_at, id);
CREATE INDEX fines_by_status_amount ON fines (org_id, status, amount_cents, id);
CREATE INDEX fines_by_user_created ON fines (org_id, user_id, created_at, id);
CREATE INDEX fines_by_user_amount ON fines (org_id, user_id, amount_cents, id);
-- The fines of a booking are few: put into another order as they are read.
CREATE INDEX fines_by_booking ON fines (org_id, booking_id, created_at, id);

-- The second guard behind the check of the payment: never more than the fine. The order of writing
-- is the payment, then the fine.
CREATE TRIGGER fine_payments_above_open
BEFORE INSERT ON fine_payments
WHEN NEW.amount_cents + (
    SELECT coalesce(sum(p.amount_cents), 0) FROM fine_payments AS p
    WHERE p.org_id = NEW.org_id AND p.fine_id = NEW.fine_id
) > coalesce((
    SELECT f.amount_cents FROM fines AS f WHERE f.org_id = NEW.org_id AND f.id = NEW.fine_id
), 0)
BEGIN
    SELECT RAISE(ABORT, 'fine_payments_above_open');
END;

-- Nobody pays what was forgiven.
CREATE TRIGGER fine_payments_not_waived
BEFORE INSERT ON fine_payments
WHEN EXISTS (
    SELECT 1 FROM fines AS f
    WHERE f.org_id = NEW.org_id AND f.id = NEW.fine_id AND f.status = 'WAIVED'
)
BEGIN
    SELECT RAISE(ABORT, 'fine_payments_not_waived');
END;

-- Money that was taken stays recorded as it was.
CREATE TRIGGER fine_payments_append_only_update
BEFORE UPDATE ON fine_payments
BEGIN
    SELECT RAISE(ABORT, 'fine_payments_append_only');
END;

CREATE TRIGGER fine_payments_append_only_delete
BEFORE DELETE ON fine_payments
BEGIN
    SELECT RAISE(ABORT, 'fine_payments_append_only');
END;

-- INSERT OR REPLACE deletes without asking the DELETE trigger: refuse a second payment of one id.
CREATE TRIGGER fine_payments_append_only_replace
BEFORE INSERT ON fine_payments
WHEN EXISTS (SELECT 1 FROM fine_payments WHERE org_id = NEW.org_id AND id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'fine_payments_append_only');
END;

-- What a fine says of its payments is their sum.
CREATE TRIGGER fines_paid_sum_insert
AFTER INSERT ON fines
WHEN NEW.paid_cents <> (
    SELECT coalesce(sum(p.amount_cents), 0) FROM fine_payments AS p
    WHERE p.org_id = NEW.org_id AND p.fine_id = NEW.id
)
BEGIN
    SELECT RAISE(ABORT, 'fines_paid_sum');
END;

CREATE TRIGGER fines_paid_sum_update
AFTER UPDATE OF org_id, id, paid_cents ON fines
WHEN NEW.paid_cents <> (
    SELECT coalesce(sum(p.amount_cents), 0) FROM fine_payments AS p
    WHERE p.org_id = NEW.org_id AND p.fine_id = NEW.id
)
BEGIN
    SELECT RAISE(ABORT, 'fines_paid_sum');
END;

-- The proportions of a large installation, as in V006.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('fines', 'fines_by_created', '50000 5000 2 1'),
    ('fines', 'fines_by_amount', '50000 5000 25 1'),
    ('fines', 'fines_by_status_created', '50000 5000 1700 2 1'),
    ('fines', 'fines_by_status_amount', '50000 5000 1700 10 1'),
    ('fines', 'fines_by_user_created', '50000 5000 4 1 1'),
    ('fines', 'fines_by_user_amount', '50000 5000 4 2 1'),
    ('fines', 'fines_by_booking', '50000 5000 2 1 1'),
    ('fine_payments', 'fine_payments', '50000 5000 1'),
    ('fine_payments', 'fine_payments_by_created', '50000 5000 2 1'),
    ('fine_payments', 'fine_payments_by_fine', '50000 5000 2 1 1');
