//! x
use crate::support::*;
#[test]
fn smoke() {
    let app = TestApp::new();
    app.student().get("/bookings").expect(200);
    println!("{}", app.student().get("/bookings/x").send());
}
