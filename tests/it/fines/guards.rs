//! The second guard: the file itself refuses what would take more than is owed, or forget money.

use crate::support::{Person, TestApp};

/// A fine of 500 cents of which 200 have been paid.
fn paid_in_part() -> TestApp {
    let app = TestApp::new();
    let fine = app.staff().fine(app.user_id(Person::Student), 500);
    app.staff().pay(&fine, 200).expect(201);
    app
}

/// A payment by hand, copied from the one that is there.
fn payment(id: &str, amount: i64) -> String {
    format!(
        "INTO fine_payments (id, org_id, fine_id, amount_cents, method, recorded_by, created_at)
         SELECT {id}, org_id, fine_id, {amount}, 'CASH', recorded_by, 0 FROM fine_payments"
    )
}

#[track_caller]
fn refusal(app: &TestApp, sql: &str) -> String {
    app.sql(sql).expect_err("the file must refuse").to_string()
}

/// Goes red with the seeded bug `triggers_gone`.
#[test]
fn a_payment_by_hand_that_is_above_the_fine_is_refused_and_another_is_not() {
    let app = paid_in_part();
    for amount in [301, 500, i64::MAX] {
        let pay = format!("INSERT {}", payment("'by hand'", amount));
        assert_eq!(refusal(&app, &pay), "fine_payments_above_open");
    }
    for amount in [0, -1] {
        let pay = format!("INSERT {}", payment("'by hand'", amount));
        assert!(refusal(&app, &pay).contains("fine_payment_amount"));
    }
    app.sql(&format!("INSERT {}", payment("'by hand'", 300))).unwrap();
}

#[test]
fn a_payment_is_for_good() {
    let app = paid_in_part();
    for sql in [
        "UPDATE fine_payments SET amount_cents = 1".to_owned(),
        "UPDATE fine_payments SET recorded_by = recorded_by".to_owned(),
        "DELETE FROM fine_payments".to_owned(),
        format!("INSERT OR REPLACE {}", payment("id", 1)),
    ] {
        assert_eq!(refusal(&app, &sql), "fine_payments_append_only", "{sql}");
    }
    assert!(refusal(&app, "DELETE FROM fines").contains("FOREIGN KEY"));
}

#[test]
fn a_fine_says_what_was_paid_and_nothing_else() {
    let app = paid_in_part();
    for sql in [
        "UPDATE fines SET paid_cents = 100",
        "UPDATE fines SET paid_cents = 0",
        "UPDATE fines SET paid_cents = 500, status = 'PAID'",
        "UPDATE fines SET id = 'another'",
        "INSERT INTO fines SELECT 'copy', org_id, user_id, booking_id, kind, amount_cents,
             paid_cents, status, note, version, created_at, NULL FROM fines",
        "INSERT OR REPLACE INTO fines SELECT id, org_id, user_id, booking_id, kind, amount_cents, 0,
             status, note, version, created_at, NULL FROM fines",
    ] {
        assert_eq!(refusal(&app, sql), "fines_paid_sum", "{sql}");
    }
}

#[test]
fn nobody_pays_by_hand_what_was_waived() {
    let app = paid_in_part();
    app.sql("UPDATE fines SET status = 'WAIVED'").unwrap();
    let pay = format!("INSERT {}", payment("'by hand'", 1));
    assert_eq!(refusal(&app, &pay), "fine_payments_not_waived");
}

#[test]
fn a_payment_stays_in_its_organization() {
    let app = paid_in_part();
    let theirs = app.south_staff().fine(app.user_id(Person::SouthStudent), 500);
    let pay = format!(
        "INSERT INTO fine_payments (id, org_id, fine_id, amount_cents, method, recorded_by,
             created_at)
         VALUES ('by hand', '{}', '{}', 1, 'CASH', '{}', 0)",
        app.south(),
        theirs["id"].as_str().unwrap(),
        app.user_id(Person::Staff)
    );
    assert!(refusal(&app, &pay).contains("FOREIGN KEY"));
    let pay = pay.replace(app.south(), app.north());
    assert_eq!(refusal(&app, &pay), "fine_payments_above_open");
}
