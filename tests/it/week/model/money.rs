//! What people owe: begun days counted on the wall calendar, and a ledger in whole cents.

use jiff::{SignedDuration, Timestamp};

use super::{CAP_CENTS, CENTS_PER_DAY, Fine, LATE_GRACE, Model, Payment};

impl Model {
    /// The fine for one item: so much for each local date that the lateness reaches into.
    pub fn late_cents(&self, due: Timestamp, back: Timestamp) -> i64 {
        if back.duration_since(due) <= LATE_GRACE {
            return 0;
        }
        let date = |at: Timestamp| at.to_zoned(self.zone.clone()).date();
        // The instant of the return itself does not count.
        let last = date(back - SignedDuration::from_millis(1));
        let days = date(due).series(jiff::Span::new().days(1)).take_while(|day| *day <= last);
        (CENTS_PER_DAY * i64::try_from(days.count()).unwrap()).min(CAP_CENTS)
    }

    /// All that somebody owes.
    pub fn debt(&self, who: &str) -> i64 {
        self.fines.values().filter(|fine| fine.who == who).map(Fine::open).sum()
    }

    pub fn fine(&mut self, name: &str, fine: Fine, actor: &str) {
        assert!(self.fines.insert(name.to_owned(), fine).is_none(), "two fines called {name}");
        self.record("fine", name, "CREATE", Some(actor));
    }

    /// Fines for what a booking brings back late; answers how much each is.
    pub fn fine_late(&mut self, booking: &str, items: usize, actor: &str) -> Vec<i64> {
        let now = self.now;
        let (who, due) = (self.bookings[booking].who.clone(), self.bookings[booking].end);
        let amount = self.late_cents(due, now);
        if amount == 0 {
            return Vec::new();
        }
        for _ in 0..items {
            let of_booking =
                |fine: &&Fine| fine.booking.as_deref() == Some(booking) && fine.kind == "LATE";
            let number = self.fines.values().filter(of_booking).count() + 1;
            let fine = Fine {
                id: String::new(),
                who: who.clone(),
                booking: Some(booking.to_owned()),
                kind: "LATE".to_owned(),
                amount,
                paid: 0,
                waived: false,
                created_at: now,
            };
            self.fine(&format!("late-{booking}-{number}"), fine, actor);
        }
        vec![amount; items]
    }

    pub fn pay(&mut self, id: &str, fine: &str, amount: i64, actor: &str) {
        let paid = self.fines.get_mut(fine).unwrap();
        paid.paid += amount;
        let action = if paid.status() == "PAID" { "STATUS_CHANGE" } else { "UPDATE" };
        let payment = Payment {
            id: id.to_owned(),
            fine: fine.to_owned(),
            amount,
            by: actor.to_owned(),
            created_at: self.now,
        };
        self.payments.push(payment);
        self.record("payment", id, "CREATE", Some(actor));
        self.record("fine", fine, action, Some(actor));
    }

    pub fn waive(&mut self, fine: &str, actor: &str) {
        self.fines.get_mut(fine).unwrap().waived = true;
        self.record("fine", fine, "STATUS_CHANGE", Some(actor));
    }
}
