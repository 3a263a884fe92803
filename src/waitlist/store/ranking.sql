-- The ranking: score, its parts and the places in the queues, from what they depend on. Entries
-- that have ended keep the parts they ended with. Score is without what time adds to it, in points
-- times the milliseconds of a day (see V009__waitlist.sql).
--
-- :entries  JSON list of the entries to be ranked
-- :placed   JSON list of those whose places are wanted too
WITH asked AS (
    SELECT e.id, e.requester_user_id, e.status IN ('WAITING', 'OFFERED') AS alive, e.created_at,
        e.age_per_day, e.role_points, e.penalty_points, e.active_points
    FROM json_each(:entries) AS j
    CROSS JOIN waitlist_entries AS e ON e.org_id = :org AND e.id = j.value
),
people AS MATERIALIZED (
    SELECT DISTINCT requester_user_id AS id FROM asked WHERE alive
),
late AS (
    SELECT p.id, count(*) AS returns, min(i.returned_at) AS oldest
    FROM people AS p
    CROSS JOIN bookings AS b ON b.org_id = :org AND b.requester_user_id = p.id
        AND b.status IN ('CHECKED_OUT', 'RETURNED')
    CROSS JOIN booking_items AS i ON i.org_id = :org AND i.booking_id = b.id
    -- What nobody fetched was let go, and came back from nowhere.
    WHERE i.checked_out_at IS NOT NULL
        AND i.returned_at > b.end_at AND i.returned_at > :now - :year
    GROUP BY p.id
),
standing AS MATERIALIZED (
    SELECT p.id,
        CASE (
            SELECT r.name FROM user_roles AS ur JOIN roles AS r ON r.id = ur.role_id
            WHERE ur.org_id = :org AND ur.user_id = p.id ORDER BY ur.role_id DESC LIMIT 1
        ) WHEN 'admin' THEN :admin WHEN 'staff' THEN :staff ELSE :student END AS role,
        -(:late_return * coalesce(l.returns, 0) + :unpaid_fine * (
            SELECT count(*) FROM fines AS f
            WHERE f.org_id = :org AND f.user_id = p.id AND f.status = 'OPEN'
        )) AS penalties,
        -:active_booking * (
            SELECT count(*) FROM bookings AS b
            WHERE b.org_id = :org AND b.requester_user_id = p.id
                AND b.status IN ('PENDING', 'APPROVED', 'CHECKED_OUT')
        ) AS active_bookings,
        l.oldest + :year AS until
    FROM people AS p LEFT JOIN late AS l ON l.id = p.id
),
scored AS (
    SELECT a.id, a.created_at, iif(a.alive, :age_per_day, a.age_per_day) AS age_per_day,
        coalesce(s.role, a.role_points) AS role,
        coalesce(s.penalties, a.penalty_points) AS penalties,
        coalesce(s.active_bookings, a.active_points) AS active_bookings,
        s.until
    FROM asked AS a LEFT JOIN standing AS s ON a.alive AND s.id = a.requester_user_id
),
-- Its own index makes this one step for each entry below.
places AS MATERIALIZED (
    SELECT q.entry_id, q.resource_id,
        row_number() OVER (PARTITION BY q.resource_id ORDER BY q.rank, q.entry_id) AS position
    FROM (
        SELECT DISTINCT i.resource_id FROM json_each(:placed) AS j
        CROSS JOIN waitlist_items AS i ON i.org_id = :org AND i.entry_id = j.value
    ) AS r
    CROSS JOIN waitlist_queue AS q ON q.org_id = :org AND q.resource_id = r.resource_id
)
SELECT s.id, s.age_per_day, s.role, s.penalties, s.active_bookings, s.until,
    (s.role + s.penalties + s.active_bookings) * :day - s.age_per_day * s.created_at
        AS priority_score,
    (SELECT json_group_object(p.resource_id, p.position) FROM places AS p
     WHERE p.entry_id = s.id) AS positions
FROM scored AS s
