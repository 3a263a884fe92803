//! What the file itself refuses: the exceptions that data protection needs are no holes.

use super::{Life, erase, retention};
use crate::support::{Person, TestApp};

#[track_caller]
fn refused(app: &TestApp, sql: &str, name: &str) {
    let refusal = app.sql(sql).unwrap_err().to_string();
    assert!(refusal.contains(name), "{sql}: {refusal}");
}

/// An organization with a stand-in, the student with bookings of every kind, and one that is active.
fn with_stand_in() -> (TestApp, String, String) {
    let Life { app, stock, .. } = Life::lived();
    let old = app.other_student().book(stock.unit(), 100, 101);
    app.other_student().act(&super::path(&old, "/cancel")).expect(200);
    retention::keep(&app, 12);
    app.sql(
        "UPDATE bookings SET updated_at = 1, end_at = 3, start_at = 2
        WHERE status = 'CANCELLED' AND requester_user_id = (
            SELECT id FROM users WHERE email = 'other@north.example')",
    )
    .unwrap();
    app.tidy();
    let hours = 24 * 30;
    app.booking(stock.unit(), hours, hours + 2);
    app.staff().fine(app.student().user_id(), 500);
    let stand_in = app
        .file()
        .text("SELECT stand_in_user_id FROM organizations WHERE stand_in_user_id IS NOT NULL");
    let student = app.student().user_id().to_owned();
    (app, stand_in, student)
}

#[test]
fn a_booking_passes_only_to_the_stand_in_when_it_is_over_and_nothing_is_left_of_it() {
    let (app, stand_in, student) = with_stand_in();
    let name = "bookings_requester_stays";
    let all = format!(
        "UPDATE bookings SET anonymised_at = 1, purpose = '', decision_note = NULL,
             requester_user_id = '{stand_in}' WHERE requester_user_id = '{student}'"
    );
    for sql in [
        format!("UPDATE bookings SET requester_user_id = '{stand_in}'"),
        format!("{all} AND status = 'PENDING'"),
        format!("{all} AND status = 'DRAFT'"),
        // A fine of it is open.
        {
            let lent =
                "UPDATE fines SET status = 'OPEN', paid_cents = 0 WHERE booking_id IS NOT NULL";
            app.sql(&format!(
                "DROP TRIGGER fine_payments_append_only_delete;
                DELETE FROM fine_payments; {lent}"
            ))
            .unwrap();
            format!("{all} AND status = 'RETURNED'")
        },
        format!("{} AND status = 'CANCELLED'", all.replace("purpose = ''", "purpose = 'x'")),
        format!(
            "{} AND status = 'CANCELLED'",
            all.replace("decision_note = NULL", "decision_note = 'x'")
        ),
        format!("{} AND status = 'CANCELLED'", all.replace("anonymised_at = 1, ", "")),
        format!("{} AND status = 'CANCELLED'", all.replace(&stand_in, app.staff().user_id())),
        format!(
            "{} AND status = 'CANCELLED'",
            all.replace("purpose = ''", "purpose = '', end_at = end_at + 1")
        ),
        format!(
            "{} AND status = 'CANCELLED'",
            all.replace("purpose = ''", "purpose = '', status = 'RETURNED'")
        ),
        "UPDATE bookings SET anonymised_at = NULL WHERE anonymised_at IS NOT NULL".to_owned(),
        "UPDATE bookings SET anonymised_at = 5 WHERE anonymised_at IS NOT NULL".to_owned(),
    ] {
        refused(&app, &sql, name);
    }
    app.sql(&format!("{all} AND status = 'CANCELLED'")).unwrap();
}

#[test]
fn a_fine_passes_only_when_it_is_settled_with_its_amounts() {
    let (app, stand_in, student) = with_stand_in();
    let all = format!(
        "UPDATE fines SET anonymised_at = 1, note = NULL, user_id = '{stand_in}'
         WHERE user_id = '{student}'"
    );
    for sql in [
        format!("{all} AND status = 'OPEN'"),
        format!(
            "{} AND status = 'OPEN'",
            all.replace("note = NULL", "note = NULL, status = 'WAIVED'")
        ),
        format!("{} AND status = 'WAIVED'", all.replace("anonymised_at = 1, ", "")),
        format!("{} AND status = 'WAIVED'", all.replace("note = NULL", "note = 'x'")),
        format!(
            "{} AND status = 'WAIVED'",
            all.replace("note = NULL", "note = NULL, amount_cents = 9")
        ),
        format!("{} AND status = 'WAIVED'", all.replace(&stand_in, app.staff().user_id())),
    ] {
        refused(&app, &sql, "fines_user_stays");
    }
    app.sql(&format!("{all} AND status = 'WAIVED'")).unwrap();
    refused(&app, "UPDATE fine_payments SET reference = NULL", "fine_payments_append_only");
}

#[test]
fn an_entry_follows_its_booking_and_nothing_else() {
    let (app, stand_in, student) = with_stand_in();
    for whom in [&stand_in, app.staff().user_id()] {
        let sql = format!(
            "UPDATE waitlist_entries SET requester_user_id = '{whom}'
            WHERE requester_user_id = '{student}'"
        );
        refused(&app, &sql, "waitlist_requester_stays");
    }
}

#[test]
fn who_was_erased_stays_erased_and_a_stand_in_is_nobody() {
    let (app, stand_in, student) = with_stand_in();
    let other = app.user_id(Person::OtherStudent).to_owned();
    erase(&app, Person::OtherStudent);
    for nobody in [&stand_in, &other] {
        for set in ["email = 'x'", "is_active = 1", "erased_at = NULL", "password_hash = 'x'"] {
            let sql = format!("UPDATE users SET {set} WHERE id = '{nobody}'");
            refused(&app, &sql, "users_erased_for_good");
        }
        let north = app.north();
        refused(
            &app,
            &format!(
                "INSERT INTO user_roles (user_id, role_id, org_id) VALUES ('{nobody}', 1, '{north}')"
            ),
            "user_roles_not_erased",
        );
        refused(
            &app,
            &format!(
                "INSERT INTO sessions (id, org_id, user_id, created_at) VALUES ('s', '{north}', '{nobody}', 1)"
            ),
            "sessions_not_erased",
        );
    }
    refused(
        &app,
        &format!("UPDATE users SET erased_at = 1 WHERE id = '{student}'"),
        "users_erased_whole",
    );
    for whom in [format!("'{student}'"), "NULL".to_owned(), format!("'{other}'")] {
        let sql = format!("UPDATE organizations SET stand_in_user_id = {whom}");
        refused(&app, &sql, "organizations_stand_in_is_nobody");
    }
}
