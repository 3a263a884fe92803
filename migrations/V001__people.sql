-- Organizations and the people in them. An organization is the tenant: every row of every table
-- but `roles` belongs to one, and composite foreign keys keep a row from referring to another's.

CREATE TABLE organizations (
    id         TEXT    NOT NULL PRIMARY KEY,
    name       TEXT    NOT NULL,
    timezone   TEXT    NOT NULL,
    currency   TEXT    NOT NULL,
    -- The policy as JSON: fields come with features, and each has its default in the code.
    policy     TEXT    NOT NULL CONSTRAINT organization_policy CHECK (json_valid(policy)),
    version    INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- An account. `org_id` is the home organization, the only one that may change it.
CREATE TABLE users (
    id            TEXT    NOT NULL PRIMARY KEY,
    org_id        TEXT    NOT NULL REFERENCES organizations (id),
    -- Folded to lower case: one account per address, compared without case.
    email         TEXT    NOT NULL,
    password_hash TEXT    NOT NULL,
    full_name     TEXT    NOT NULL COLLATE NOCASE,
    -- Name and address without case and accents: where the search for members looks.
    search_text   TEXT    NOT NULL,
    is_active     INTEGER NOT NULL CONSTRAINT user_is_active CHECK (is_active IN (0, 1)),
    -- So that a change of the password is a change that the audit trail can show.
    password_changed_at INTEGER NOT NULL,
    -- The one-time token with which a new password can be set, and until when; only a hash.
    reset_token_hash TEXT,
    reset_expires_at INTEGER,
    created_at    INTEGER NOT NULL,
    CONSTRAINT user_email UNIQUE (email)
) STRICT;

-- Whose token is this?
CREATE UNIQUE INDEX users_by_reset_token ON users (reset_token_hash)
    WHERE reset_token_hash IS NOT NULL;

CREATE TABLE roles (
    id   INTEGER NOT NULL PRIMARY KEY,
    name TEXT    NOT NULL CONSTRAINT role_name UNIQUE
) STRICT;

INSERT INTO roles (id, name) VALUES (1, 'student'), (2, 'staff'), (3, 'admin');

-- That a person is or was known to an organization. It stays when the roles go, so that old
-- bookings keep their requester.
CREATE TABLE memberships (
    org_id     TEXT    NOT NULL REFERENCES organizations (id),
    user_id    TEXT    NOT NULL REFERENCES users (id),
    version    INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (org_id, user_id)
) STRICT, WITHOUT ROWID;

-- "In which organizations is this person?" at sign-in.
CREATE INDEX memberships_by_user ON memberships (user_id);

CREATE TABLE user_roles (
    user_id TEXT    NOT NULL,
    role_id INTEGER NOT NULL REFERENCES roles (id),
    org_id  TEXT    NOT NULL,
    PRIMARY KEY (org_id, user_id, role_id),
    FOREIGN KEY (org_id, user_id) REFERENCES memberships (org_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE invitations (
    id         TEXT    NOT NULL PRIMARY KEY,
    org_id     TEXT    NOT NULL REFERENCES organizations (id),
    email      TEXT    NOT NULL,
    -- The roles offered, as a JSON array of names.
    roles      TEXT    NOT NULL CONSTRAINT invitation_roles CHECK (json_valid(roles)),
    status     TEXT    NOT NULL
        CONSTRAINT invitation_status CHECK (status IN ('OPEN', 'ACCEPTED', 'DECLINED', 'WITHDRAWN')),
    created_at INTEGER NOT NULL,
    UNIQUE (org_id, id)
) STRICT;

-- The open invitations of an address, shown by GET /me; at most one per organization.
CREATE UNIQUE INDEX invitations_open ON invitations (email, org_id) WHERE status = 'OPEN';

-- A sign-in. Ending it ends every token made from it at once.
CREATE TABLE sessions (
    id         TEXT    NOT NULL PRIMARY KEY,
    org_id     TEXT    NOT NULL REFERENCES organizations (id),
    user_id    TEXT    NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    ended_at   INTEGER
) STRICT;

-- Ending all sessions of a person.
CREATE INDEX sessions_by_user ON sessions (user_id) WHERE ended_at IS NULL;

-- Each works once; presenting a used one ends its session. Only a hash is stored.
CREATE TABLE refresh_tokens (
    token_hash TEXT    NOT NULL PRIMARY KEY,
    org_id     TEXT    NOT NULL REFERENCES organizations (id),
    session_id TEXT    NOT NULL REFERENCES sessions (id),
    expires_at INTEGER NOT NULL,
    used_at    INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);
