-- What the planner is told of sizes. Without statistics SQLite takes an organization for some ten
-- rows, and reads all of it where a longer index would be one step: in triggers too, where no
-- index can be named. These are the proportions of a large installation (ten organizations); the
-- numbers are rows in all, then rows for each value of the first column, of the first two, and so
-- on. Real statistics (ANALYZE) may replace them at any time.

ANALYZE roles;

DELETE FROM sqlite_stat1;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('users', 'sqlite_autoindex_users_1', '20000 1'),
    ('users', 'sqlite_autoindex_users_2', '20000 1'),
    ('memberships', 'memberships', '25000 2500 1'),
    ('memberships', 'memberships_by_user', '25000 2'),
    ('user_roles', 'user_roles', '30000 3000 2 1'),
    ('audit_events', 'audit_events', '5000000 500000 1'),
    ('audit_events', 'sqlite_autoindex_audit_events_2', '5000000 500000 1'),
    ('audit_events', 'audit_events_by_entity', '5000000 500000 5 1 1'),
    ('audit_events', 'audit_events_by_actor', '5000000 500000 500 1 1'),
    ('resources', 'sqlite_autoindex_resources_1', '10000 1'),
    ('resources', 'sqlite_autoindex_resources_2', '10000 1000 1'),
    ('resources', 'resources_by_name', '10000 1000 1 1'),
    ('resources', 'resources_by_type', '10000 1000 80 1'),
    ('resources', 'resources_by_created_at', '10000 1000 2 1'),
    ('resources', 'resources_of_type', '10000 1000 80 1 1'),
    ('tags', 'tags', '2000 200 1'),
    ('tags', 'tags_by_name', '2000 200 1'),
    ('tags', 'tags_sorted', '2000 200 1 1'),
    ('resource_tags', 'resource_tags', '30000 3000 3 1'),
    ('resource_tags', 'resource_tags_by_tag', '30000 3000 15 1'),
    ('resource_units', 'resource_units', '50000 5000 1'),
    ('resource_units', 'resource_units_by_barcode', '50000 5000 1'),
    ('resource_units', 'resource_units_sorted', '50000 5000 1 1'),
    ('resource_units', 'resource_units_by_resource', '50000 5000 5 1 1'),
    ('bookings', 'bookings', '1000000 100000 1'),
    ('bookings', 'bookings_by_start', '1000000 100000 5 1'),
    ('bookings', 'bookings_by_created', '1000000 100000 2 1'),
    ('bookings', 'bookings_by_requester_start', '1000000 100000 40 2 1'),
    ('bookings', 'bookings_by_requester_created', '1000000 100000 40 2 1'),
    ('bookings', 'bookings_active', '50000 5000 3'),
    ('booking_items', 'booking_items', '2000000 200000 1'),
    ('booking_items', 'booking_items_by_booking', '2000000 200000 2 1'),
    ('booking_items', 'booking_items_by_unit', '2000000 200000 40 1'),
    ('booking_items', 'booking_items_by_resource', '2000000 200000 200 2'),
    ('unit_claims', 'unit_claims', '500000 50000 1'),
    ('unit_claims', 'unit_claims_by_unit', '500000 50000 10 1 1'),
    ('unit_claims', 'unit_claims_by_holder', '500000 50000 2 1'),
    ('unit_usage', 'unit_usage', '50000 5000 1'),
    ('idempotency_keys', 'idempotency_keys', '100000 10000 20 1');
