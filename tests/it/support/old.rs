//! A database as an earlier version left it: the first steps of the schema, and people in it.

use std::path::Path;

use refinery::{Migration, Runner};
use rusqlite::Connection;

use super::Source;

/// Makes a database of mode 0600 that has seen the first `steps` steps alone, with an organization
/// and so many people.
#[expect(clippy::disallowed_methods, reason = "this is an earlier version")]
pub fn old_database(path: &Path, steps: usize, people: usize) {
    use std::os::unix::fs::PermissionsExt;
    let mut connection = Connection::open(path).unwrap();
    connection
        .execute_batch("PRAGMA journal_mode = WAL; PRAGMA application_id = 0x50726574")
        .unwrap();
    let known = Source::below("migrations", &["sql"]);
    let known = known.iter().take(steps).map(|source| {
        let name = source.path.rsplit('/').next().unwrap().trim_end_matches(".sql");
        Migration::unapplied(name, &source.text).unwrap()
    });
    let known: Vec<Migration> = known.collect();
    Runner::new(&known).run(&mut connection).unwrap();
    let people = format!(
        "BEGIN;
         INSERT INTO organizations (id, name, timezone, currency, policy, version, created_at)
         VALUES ('01930f2e-0000-7000-8000-000000000000', 'Old', 'UTC', 'EUR', '{{}}', 1, 0);
         WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {people})
         INSERT INTO users (id, org_id, email, password_hash, full_name, search_text, is_active,
             password_changed_at, created_at)
         SELECT printf('01930f2e-0000-7000-8000-%012x', n), '01930f2e-0000-7000-8000-000000000000',
             n || '@old.example', hex(zeroblob(200)), 'Person', 'person', 1, 0, 0 FROM n;
         INSERT INTO memberships (org_id, user_id, version, created_at)
         SELECT org_id, id, 1, 0 FROM users;
         INSERT INTO user_roles (user_id, role_id, org_id) SELECT id, 1, org_id FROM users;
         COMMIT"
    );
    connection.execute_batch(&people).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}
