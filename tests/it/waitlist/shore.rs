//! What is drawn by lot at the counter: things go out, come back, are kept, break.

use serde_json::{Value, json};

use super::booking_path;
use super::sea::Sea;
use crate::support::{Ask, minutes};

impl Sea<'_> {
    /// Handing out, taking back, keeping longer.
    pub fn counter(&mut self) -> Ask {
        let staff = self.app.staff();
        match self.below(8) {
            0..=3 => {
                let booking = self.one_of("/bookings?status=APPROVED,CHECKED_OUT");
                if booking["id"] == "none" {
                    return staff.post("/bookings", &self.request());
                }
                let items = self.named(&booking, false);
                staff.post(&booking_path(&booking, "/check-out"), &items)
            }
            4..=6 => {
                let booking = self.one_of("/bookings?status=CHECKED_OUT");
                let items = self.named(&booking, true);
                staff.post(&booking_path(&booking, "/return"), &items)
            }
            _ => {
                let booking = self.one_of("/bookings?status=CHECKED_OUT");
                let hours = [1, 2, 3, 4, 5, 6][self.below(6)];
                let end = minutes(self.now / 60 * 60 + 60 * hours);
                self.any().patch(&booking_path(&booking, ""), "*", &json!({ "end_at": end }))
            }
        }
    }

    /// All of it, one of its items, or a unit that is scanned.
    fn named(&mut self, booking: &Value, back: bool) -> Value {
        let mut item = match self.below(4) {
            0 | 1 => return json!({}),
            2 => {
                let items = booking["items"].as_array().cloned().unwrap_or_default();
                let index = self.below(items.len());
                json!({ "item_id": items.get(index).map(|item| item["id"].clone()) })
            }
            _ => {
                let unit =
                    self.app.admin().get(&format!("/units/{}?include_deleted=true", self.unit()));
                json!({ "barcode": unit.expect(200).json()["barcode"] })
            }
        };
        if back {
            let said = ["GOOD", "WORN", "DAMAGED", "LOST"][self.below(4)];
            item["condition"] = json!(said);
            item["withdraw"] = json!(said == "LOST" || (said == "DAMAGED" && self.below(2) == 0));
        }
        json!({ "items": [item] })
    }

    /// Units leave service though they are held, or are planned to.
    pub fn service(&mut self) -> Ask {
        let (staff, unit) = (self.app.staff(), self.unit());
        if self.below(2) == 0 {
            let status = ["MAINTENANCE", "LOST"][self.below(2)];
            return staff.post(&format!("/units/{unit}/withdraw"), &json!({ "status": status }));
        }
        let planned = staff.get(&format!("/units/{unit}/maintenance")).send().json();
        if let Some(id) = planned["data"][0]["id"].as_str() {
            return staff.delete(&format!("/units/{unit}/maintenance/{id}"));
        }
        let (start_at, end_at) = self.period();
        let period = json!({ "start_at": start_at, "end_at": end_at });
        staff.post(&format!("/units/{unit}/maintenance"), &period)
    }
}
