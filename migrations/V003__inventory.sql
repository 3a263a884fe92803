-- What is lent: resources (a kind of thing), their units (the things), and tags.

CREATE TABLE resources (
    -- The rowid of the search index; an explicit key, so that VACUUM can't renumber it.
    search_key     INTEGER NOT NULL PRIMARY KEY,
    id             TEXT    NOT NULL UNIQUE,
    org_id         TEXT    NOT NULL REFERENCES organizations (id),
    type           TEXT    NOT NULL COLLATE NOCASE,
    name           TEXT    NOT NULL COLLATE NOCASE,
    description    TEXT    NOT NULL,
    serial_number  TEXT,
    status         TEXT    NOT NULL CONSTRAINT resource_status
        CHECK (status IN ('AVAILABLE', 'MAINTENANCE', 'DISABLED')),
    -- Null: the policy of the organization decides.
    buffer_minutes INTEGER CONSTRAINT resource_buffer CHECK (buffer_minutes >= 0),
    version        INTEGER NOT NULL,
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    deleted_at     INTEGER,
    UNIQUE (org_id, id)
) STRICT;

-- One index for each order of GET /resources, so that each page is a step into it.
CREATE INDEX resources_by_name ON resources (org_id, name, id);
CREATE INDEX resources_by_type ON resources (org_id, type, id);
CREATE INDEX resources_by_created_at ON resources (org_id, created_at, id);
-- One type by name: the page people look at most.
CREATE INDEX resources_of_type ON resources (org_id, type, name, id);

-- Words of name, description and serial number. The organization is a token of its own in every
-- row and every MATCH, so that neither results nor time tell about others.
CREATE VIRTUAL TABLE resource_search USING fts5 (
    org, name, description, serial_number,
    content = '', contentless_delete = 1,
    tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);

CREATE TABLE tags (
    id         TEXT    NOT NULL,
    org_id     TEXT    NOT NULL REFERENCES organizations (id),
    name       TEXT    NOT NULL COLLATE NOCASE,
    created_at INTEGER NOT NULL,
    deleted_at INTEGER,
    PRIMARY KEY (org_id, id)
) STRICT, WITHOUT ROWID;

-- A name is used once among the tags that are not deleted.
CREATE UNIQUE INDEX tags_by_name ON tags (org_id, name) WHERE deleted_at IS NULL;
CREATE INDEX tags_sorted ON tags (org_id, name, id);

CREATE TABLE resource_tags (
    org_id      TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    tag_id      TEXT NOT NULL,
    PRIMARY KEY (org_id, resource_id, tag_id),
    FOREIGN KEY (org_id, resource_id) REFERENCES resources (org_id, id),
    FOREIGN KEY (org_id, tag_id) REFERENCES tags (org_id, id)
) STRICT, WITHOUT ROWID;

-- The resources of a tag, for the filter.
CREATE INDEX resource_tags_by_tag ON resource_tags (org_id, tag_id, resource_id);

CREATE TABLE resource_units (
    id          TEXT    NOT NULL,
    org_id      TEXT    NOT NULL,
    resource_id TEXT    NOT NULL,
    barcode     TEXT    NOT NULL,
    condition   TEXT    NOT NULL CONSTRAINT unit_condition
        CHECK (condition IN ('NEW', 'GOOD', 'WORN', 'DAMAGED')),
    status      TEXT    NOT NULL CONSTRAINT unit_status
        CHECK (status IN ('AVAILABLE', 'MAINTENANCE', 'LOST', 'RETIRED')),
    version     INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    deleted_at  INTEGER,
    -- Whether it was deleted together with its resource, and so comes back with it.
    with_resource INTEGER NOT NULL DEFAULT 0
        CONSTRAINT unit_with_resource CHECK (with_resource IN (0, 1)),
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, resource_id) REFERENCES resources (org_id, id)
) STRICT, WITHOUT ROWID;

-- A barcode is used once in its organization among the units that are not deleted.
CREATE UNIQUE INDEX resource_units_by_barcode ON resource_units (org_id, barcode)
    WHERE deleted_at IS NULL;

-- The order of GET /units.
CREATE INDEX resource_units_sorted ON resource_units (org_id, barcode, id);

-- The units of a resource: its page, its counts, the candidates of a booking.
CREATE INDEX resource_units_by_resource ON resource_units (org_id, resource_id, barcode, id);
