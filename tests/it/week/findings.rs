//! What the script says a reader would find, looked up at the service and not in the model.

use super::desk::Desk;
use super::sentence::Finding;

impl Desk {
    pub fn finds(&self, finding: &Finding<'_>) -> bool {
        let see = |path: &str| self.caller("Bo").get(path).expect(200).json();
        let booking = |name: &str| see(&self.booking_path(name, ""));
        match finding {
            Finding::Status { name, status } => booking(name)["status"] == *status,
            Finding::AtRisk { name, yes } => booking(name)["at_risk"] == *yes,
            Finding::Has { name, units } => {
                let items = booking(name)["items"].clone();
                let mut held: Vec<&str> = items
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|item| self.model.unit_name(item["resource_unit_id"].as_str().unwrap()))
                    .collect();
                held.sort_unstable();
                held == *units
            }
            Finding::Debt { who, cents } => self.open_cents(who) == *cents,
            Finding::Entry { name, status } => {
                see(&format!("/waitlist/{}", self.model.entries[*name].id))["status"] == *status
            }
            Finding::Unit { unit, status } => {
                see(&format!("/units/{}", self.model.units[*unit].id))["status"] == *status
            }
        }
    }

    /// What is open of somebody's fines, as the service lists them.
    pub fn open_cents(&self, who: &str) -> i64 {
        let path = format!("/fines?status=OPEN&limit=200&user={}", self.model.people[who].id);
        let fines = self.caller("Bo").get(&path).expect(200).data();
        let cents = |fine: &serde_json::Value, name: &str| fine[name].as_i64().unwrap();
        fines.iter().map(|fine| cents(fine, "amount_cents") - cents(fine, "paid_cents")).sum()
    }
}
