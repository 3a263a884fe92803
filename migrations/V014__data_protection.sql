-- Data protection: people who asked to be forgotten, what an organization keeps no longer, and the
-- indexes by which what has expired is found.

-- When the person was erased: nothing of them is left but the id. The stand-ins below are born so.
ALTER TABLE users ADD COLUMN erased_at INTEGER;

-- The account of nobody to which old bookings and fines pass. Made when it is first needed; a
-- reference in the other direction than `users.org_id`, so without a foreign key.
ALTER TABLE organizations ADD COLUMN stand_in_user_id TEXT;

-- Who was erased never comes back: no name, no password, no role, no session.
CREATE TRIGGER users_erased_for_good
BEFORE UPDATE ON users
WHEN OLD.erased_at IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'users_erased_for_good');
END;

CREATE TRIGGER users_erased_whole
BEFORE UPDATE OF erased_at ON users
WHEN NEW.erased_at IS NOT NULL AND (
    NEW.is_active = 1 OR NEW.reset_token_hash IS NOT NULL OR EXISTS (
        SELECT 1 FROM memberships AS m
        JOIN user_roles AS r ON r.org_id = m.org_id AND r.user_id = m.user_id
        WHERE m.user_id = NEW.id
    )
)
BEGIN
    SELECT RAISE(ABORT, 'users_erased_whole');
END;

CREATE TRIGGER user_roles_not_erased
BEFORE INSERT ON user_roles
WHEN EXISTS (SELECT 1 FROM users WHERE id = NEW.user_id AND erased_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'user_roles_not_erased');
END;

CREATE TRIGGER sessions_not_erased
BEFORE INSERT ON sessions
WHEN EXISTS (SELECT 1 FROM users WHERE id = NEW.user_id AND erased_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'sessions_not_erased');
END;

-- A stand-in is nobody, and the organization has one for good.
CREATE TRIGGER organizations_stand_in_is_nobody
BEFORE UPDATE OF stand_in_user_id ON organizations
WHEN NEW.stand_in_user_id IS NOT OLD.stand_in_user_id AND (
    OLD.stand_in_user_id IS NOT NULL OR NOT EXISTS (
        SELECT 1 FROM users AS u
        WHERE u.id = NEW.stand_in_user_id AND u.org_id = NEW.id AND u.erased_at IS NOT NULL
    )
)
BEGIN
    SELECT RAISE(ABORT, 'organizations_stand_in_is_nobody');
END;

-- When it passed to the stand-in of its organization, with nothing left of the person.
ALTER TABLE bookings ADD COLUMN anonymised_at INTEGER;
ALTER TABLE fines ADD COLUMN anonymised_at INTEGER;

-- A booking belongs to who asked for it. The one exception: it is over, nothing of it is out or
-- owed, it goes to the stand-in, once, and keeps its period.
CREATE TRIGGER bookings_requester_stays
BEFORE UPDATE OF requester_user_id, anonymised_at ON bookings
WHEN (NEW.requester_user_id <> OLD.requester_user_id OR NEW.anonymised_at IS NOT OLD.anonymised_at)
    AND NOT (
        OLD.anonymised_at IS NULL AND NEW.anonymised_at IS NOT NULL
        AND NEW.status IN ('RETURNED', 'REJECTED', 'CANCELLED', 'EXPIRED')
        AND (OLD.status = NEW.status OR OLD.status = 'DRAFT' AND NEW.status = 'CANCELLED')
        AND NEW.requester_user_id IS (
            SELECT o.stand_in_user_id FROM organizations AS o WHERE o.id = NEW.org_id)
        AND NEW.purpose = '' AND NEW.decision_note IS NULL
        AND NEW.start_at = OLD.start_at AND NEW.end_at = OLD.end_at
        AND NOT EXISTS (
            SELECT 1 FROM unit_custody AS k
            WHERE k.org_id = NEW.org_id AND k.booking_id = NEW.id)
        AND NOT EXISTS (
            SELECT 1 FROM fines AS f
            WHERE f.org_id = NEW.org_id AND f.booking_id = NEW.id AND f.status = 'OPEN')
    )
BEGIN
    SELECT RAISE(ABORT, 'bookings_requester_stays');
END;

-- A debt stays with who owes it. What is settled goes to the stand-in, once, with its amounts.
CREATE TRIGGER fines_user_stays
BEFORE UPDATE OF user_id, anonymised_at ON fines
WHEN (NEW.user_id <> OLD.user_id OR NEW.anonymised_at IS NOT OLD.anonymised_at)
    AND NOT (
        OLD.anonymised_at IS NULL AND NEW.anonymised_at IS NOT NULL
        AND OLD.status <> 'OPEN' AND NEW.status = OLD.status
        AND NEW.user_id IS (
            SELECT o.stand_in_user_id FROM organizations AS o WHERE o.id = NEW.org_id)
        AND NEW.note IS NULL
        AND NEW.amount_cents = OLD.amount_cents AND NEW.paid_cents = OLD.paid_cents
    )
BEGIN
    SELECT RAISE(ABORT, 'fines_user_stays');
END;

-- An entry that has ended follows its booking, and only there.
CREATE TRIGGER waitlist_requester_stays
BEFORE UPDATE OF requester_user_id ON waitlist_entries
WHEN NEW.requester_user_id <> OLD.requester_user_id
    AND NOT (
        NEW.status NOT IN ('WAITING', 'OFFERED') AND EXISTS (
            SELECT 1 FROM bookings AS b
            WHERE b.org_id = NEW.org_id AND b.id = NEW.booking_id
                AND b.anonymised_at IS NOT NULL AND b.requester_user_id = NEW.requester_user_id)
    )
BEGIN
    SELECT RAISE(ABORT, 'waitlist_requester_stays');
END;

-- What may be anonymised next, the oldest first. What has been leaves it.
CREATE INDEX bookings_to_anonymise ON bookings (org_id, end_at, id)
    WHERE anonymised_at IS NULL
        AND status IN ('DRAFT', 'RETURNED', 'REJECTED', 'CANCELLED', 'EXPIRED');
-- The fines of bookings go with them.
CREATE INDEX fines_to_anonymise ON fines (org_id, created_at, id)
    WHERE anonymised_at IS NULL AND booking_id IS NULL AND status <> 'OPEN';

-- When the newest refresh token expires: then nothing can prolong the session.
ALTER TABLE sessions ADD COLUMN expires_at INTEGER NOT NULL DEFAULT 0;
UPDATE sessions SET expires_at = coalesce(
    (SELECT max(t.expires_at) FROM refresh_tokens AS t WHERE t.session_id = sessions.id),
    created_at);
-- Sessions that are over, the longest first.
CREATE INDEX sessions_by_end ON sessions (coalesce(ended_at, expires_at));

-- What was read, to be removed by age.
CREATE INDEX notifications_read ON notifications (org_id, read_at) WHERE read_at IS NOT NULL;
-- What was told of a booking, to go with its person.
CREATE INDEX notifications_by_booking ON notifications (org_id, booking_id)
    WHERE booking_id IS NOT NULL;

-- The proportions of a large installation, as in V006.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('bookings', 'bookings_to_anonymise', '800000 80000 2 1'),
    ('fines', 'fines_to_anonymise', '10000 1000 2 1'),
    ('sessions', 'sessions_by_end', '50000 1'),
    ('sessions', 'sqlite_autoindex_sessions_1', '50000 1'),
    ('refresh_tokens', 'refresh_tokens', '500000 1'),
    ('refresh_tokens', 'refresh_tokens_by_session', '500000 10'),
    ('idempotency_keys', 'idempotency_keys_by_age', '100000 1'),
    ('notifications', 'notifications_read', '1900000 190000 1'),
    ('notifications', 'notifications_by_booking', '2000000 200000 3');
