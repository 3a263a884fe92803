//! The calendar as it is shown.

use serde_json::json;

use crate::support::{TestApp, at};

#[test]
fn a_resource_shows_busy_units_and_free_steps_without_names() {
    let app = TestApp::new();
    let stock = app.resource_with_units(2);
    let resource = format!("/resources/{}", stock.resource);
    let etag = app.staff().get(&resource).expect(200).etag();
    app.staff().patch(&resource, &etag, &json!({ "buffer_minutes": 60 })).expect(200);
    app.booking(&stock.units[0], 24, 26);
    let path = format!("{resource}/availability?from={}&to={}", at(20), at(30));
    let reply = app.other_student().get(&path).expect(200);
    let found = reply.json();
    let step = |from, to, free| json!({ "start_at": at(from), "end_at": at(to), "free": free });
    assert_eq!(found["steps"], json!([step(20, 24, 2), step(24, 27, 1), step(27, 30, 2)]));
    let busy = |from, to, kind| json!({ "start_at": at(from), "end_at": at(to), "kind": kind });
    let units = found["units"].as_array().unwrap();
    let taken = units.iter().find(|unit| unit["resource_unit_id"] == *stock.units[0]).unwrap();
    assert_eq!(taken["busy"], json!([busy(24, 26, "booking"), busy(26, 27, "buffer")]));
    assert!(!reply.to_string().contains("purpose"));
}

#[test]
fn a_type_shows_the_same_numbers_for_each_resource() {
    let app = TestApp::new();
    let (one, two) = (app.resource_with_units(1), app.resource_with_units(2));
    app.south_staff().resource_with_units(1);
    app.booking(one.unit(), 24, 26);
    let range = format!("from={}&to={}", at(20), at(30));
    let list = app.student().get(&format!("/availability?type=camera&{range}")).expect(200).data();
    assert_eq!(list.len(), 2);
    for resource in [&one.resource, &two.resource] {
        let path = format!("/resources/{resource}/availability?{range}");
        let alone = app.student().get(&path).expect(200).json();
        let listed = list.iter().find(|found| found["resource_id"] == **resource).unwrap();
        assert_eq!(listed["steps"], alone["steps"]);
    }
}

#[test]
fn ranges_are_bounded_and_resources_of_others_are_not_there() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let path = |from, to| {
        format!("/resources/{}/availability?from={}&to={}", stock.resource, at(from), at(to))
    };
    app.student().get(&path(0, 366 * 24)).expect(200);
    app.student().get(&path(0, 366 * 24 + 1)).refused(400, "invalid_parameter");
    app.student().get(&path(5, 5)).refused(400, "invalid_parameter");
    app.south_admin().get(&path(0, 5)).refused(404, "not_found");
    let bare = format!("/resources/{}/availability", stock.resource);
    app.student().get(&bare).refused(400, "invalid_parameter");
}
