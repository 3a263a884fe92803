//! Who sees which fines and payments, in which order.

use serde_json::{Value, json};

use super::path;
use crate::support::{Caller, Person, TestApp};

/// The ids of a list.
#[track_caller]
fn ids(caller: &Caller<'_>, list: &str) -> Vec<Value> {
    caller.get(list).expect(200).data().iter().map(|one| one["id"].clone()).collect()
}

/// Three fines, an hour apart, of 300, 100 and 200 cents: of the student the first two, of which
/// the second is paid; one of the other student.
fn fined() -> (TestApp, [Value; 3]) {
    let app = TestApp::new();
    let fines = [(Person::Student, 300), (Person::Student, 100), (Person::OtherStudent, 200)];
    let fines = fines.map(|(person, cents)| {
        app.advance_minutes(60);
        app.staff().fine(app.user_id(person), cents)["id"].clone()
    });
    app.staff().pay(&json!({ "id": fines[1] }), 100).expect(201);
    app.south_staff().fine(app.user_id(Person::SouthStudent), 700);
    (app, fines)
}

#[test]
fn staff_find_fines_by_person_state_and_booking_in_the_order_they_want() {
    let (app, [first, second, third]) = fined();
    let (staff, student) = (app.staff(), app.student().user_id());
    let stock = app.resource_with_units(1);
    let booking = app.booking(stock.unit(), 24, 26)["id"].clone();
    let all = [third.clone(), second.clone(), first.clone()];
    assert_eq!(ids(&staff, "/fines"), all);
    for (query, expected) in [
        ("sort=created_at".to_owned(), vec![&first, &second, &third]),
        ("sort=amount_cents".to_owned(), vec![&second, &third, &first]),
        ("sort=-amount_cents".to_owned(), vec![&first, &third, &second]),
        (format!("user={student}"), vec![&second, &first]),
        ("status=OPEN".to_owned(), vec![&third, &first]),
        ("status=PAID,WAIVED".to_owned(), vec![&second]),
        (format!("status=OPEN&user={student}"), vec![&first]),
        (format!("booking_id={}", booking.as_str().unwrap()), vec![]),
    ] {
        assert_eq!(
            ids(&staff, &format!("/fines?{query}")),
            expected.into_iter().cloned().collect::<Vec<_>>(),
            "{query}"
        );
    }
    let body = json!({
        "user_id": student, "booking_id": booking, "kind": "LOSS", "amount_cents": 5,
    });
    let fine = staff.post("/fines", &body).expect(201).json()["id"].clone();
    assert_eq!(ids(&staff, &format!("/fines?booking_id={}", booking.as_str().unwrap())), [fine]);
    for query in ["status=LATE", "status=", "sort=user_id", "kind=LATE", "user=somebody"] {
        staff.get(&format!("/fines?{query}")).refused(400, "invalid_parameter");
    }
}

/// Goes red with the seeded bug `fines_of_others_shown`.
#[test]
fn students_see_their_own_fines_and_payments_and_no_others() {
    let (app, [first, second, third]) = fined();
    let (student, other) = (app.student(), app.other_student());
    let own = [second.clone(), first.clone()];
    for list in ["/fines", "/me/fines", &format!("/fines?user={}", student.user_id())] {
        assert_eq!(ids(&student, list), own, "{list}");
    }
    assert_eq!(ids(&student, "/me/fines?status=OPEN"), [first]);
    assert_eq!(ids(&app.staff(), "/me/fines"), Vec::<Value>::new());
    let theirs = json!({ "id": third });
    assert_eq!(ids(&other, "/fines"), [third]);
    student.get(&path(&theirs, "")).refused(404, "not_found");
    for list in ["/fines", "/fines/payments"] {
        let theirs = format!("{list}?user={}", other.user_id());
        student.get(&theirs).refused(403, "forbidden");
    }
    let of_fine = format!("/fines/payments?fine_id={}", second.as_str().unwrap());
    for list in ["/fines/payments", of_fine.as_str()] {
        assert_eq!(student.get(list).expect(200).data().len(), 1, "{list}");
        assert_eq!(other.get(list).expect(200).data().len(), 0, "{list}");
    }
}

#[test]
fn another_organization_sees_nothing() {
    let (app, [first, second, _]) = fined();
    let south = app.south_admin();
    south.get(&path(&json!({ "id": first }), "")).refused(404, "not_found");
    let of_fine = format!("/fines/payments?fine_id={}", second.as_str().unwrap());
    let of_person = format!("/fines/payments?user={}", app.student().user_id());
    let fines = format!("/fines?user={}", app.student().user_id());
    for list in [of_fine, of_person, fines] {
        assert_eq!(south.get(&list).expect(200).data().len(), 0, "{list}");
    }
    assert_eq!(south.get("/fines").expect(200).data().len(), 1);
}

#[test]
fn payments_are_listed_by_fine_and_person_the_newest_first() {
    let (app, [first, second, third]) = fined();
    let pay = |fine: &Value, cents| {
        app.advance_minutes(60);
        app.staff().pay(&json!({ "id": fine }), cents).expect(201).json()["id"].clone()
    };
    let (one, two, three) = (pay(&first, 10), pay(&third, 20), pay(&first, 30));
    let staff = app.staff();
    let listed = ids(&staff, "/fines/payments?sort=created_at");
    assert_eq!(listed[1..], [one.clone(), two.clone(), three.clone()]);
    let mut newest_first = listed.clone();
    newest_first.reverse();
    assert_eq!(ids(&staff, "/fines/payments"), newest_first);
    let student = app.student().user_id();
    for (query, expected) in [
        (format!("fine_id={}", first.as_str().unwrap()), vec![three.clone(), one.clone()]),
        (format!("user={student}"), vec![three, one, listed[0].clone()]),
        (format!("user={student}&fine_id={}", third.as_str().unwrap()), vec![]),
        (format!("fine_id={}", second.as_str().unwrap()), vec![listed[0].clone()]),
    ] {
        assert_eq!(ids(&staff, &format!("/fines/payments?{query}")), expected, "{query}");
    }
    let page = staff.get("/fines/payments?limit=3").expect(200);
    let cursor = page.json()["next_cursor"].as_str().unwrap().to_owned();
    let rest = ids(&staff, &format!("/fines/payments?limit=3&cursor={cursor}"));
    assert_eq!((page.data().len(), rest), (3, vec![listed[0].clone()]));
    staff.get("/fines/payments?sort=amount_cents").refused(400, "invalid_parameter");
}

#[test]
fn there_is_no_path_to_change_or_delete_what_was_imposed_or_paid() {
    let (app, [first, ..]) = fined();
    let fine = path(&json!({ "id": first }), "");
    for (method, path) in
        [("PATCH", fine.as_str()), ("DELETE", &fine), ("DELETE", "/fines/payments")]
    {
        app.admin().ask(method, path).refused(405, "method_not_allowed");
    }
}
