//! Sequences of imposing, paying and forgiving, drawn by lot, against a model that fits on a page.

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use super::{path, verify};
use crate::support::{Reply, TestApp};

/// What somebody does at the counter. Which fine is meant is counted round among those there are.
#[derive(Debug, Clone)]
enum Step {
    Impose(i64),
    Pay(usize, i64),
    Waive(usize),
}

/// A fine as it should be.
struct Model {
    fine: Value,
    amount: i64,
    paid: i64,
    waived: bool,
}

impl Model {
    fn status(&self) -> &'static str {
        match (self.waived, self.paid == self.amount) {
            (true, _) => "WAIVED",
            (_, true) => "PAID",
            _ => "OPEN",
        }
    }

    /// What a payment of so much is answered.
    fn pay(&mut self, amount: i64) -> &'static str {
        if self.waived {
            return "invalid_transition";
        }
        if amount > self.amount - self.paid {
            return "exceeds_open_amount";
        }
        self.paid += amount;
        ""
    }

    fn waive(&mut self) -> &'static str {
        if self.status() != "OPEN" {
            return "invalid_transition";
        }
        self.waived = true;
        ""
    }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        2 => (1..30_i64).prop_map(Step::Impose),
        6 => (0..4_usize, 1..30_i64).prop_map(|(which, amount)| Step::Pay(which, amount)),
        1 => (0..4_usize).prop_map(Step::Waive),
    ];
    prop::collection::vec(step, 1..24)
}

/// Does it, and answers what the model and the service say.
fn take(app: &TestApp, models: &mut Vec<Model>, step: &Step) -> Option<(&'static str, Reply)> {
    let count = models.len();
    match *step {
        Step::Impose(amount) => {
            let fine = app.staff().fine(app.student().user_id(), amount);
            models.push(Model { fine, amount, paid: 0, waived: false });
            None
        }
        Step::Pay(which, amount) => {
            let model = models.get_mut(which.checked_rem(count)?)?;
            Some((model.pay(amount), app.staff().pay(&model.fine, amount).send()))
        }
        Step::Waive(which) => {
            let model = models.get_mut(which.checked_rem(count)?)?;
            let note = json!({ "note": "forgiven" });
            let reply = app.staff().post(&path(&model.fine, "/waive"), &note).send();
            Some((model.waive(), reply))
        }
    }
}

fn run(app: &TestApp, steps: &[Step]) {
    let mut models = Vec::new();
    for step in steps {
        if let Some((code, reply)) = take(app, &mut models, step) {
            assert_eq!(reply.code(), code, "{step:?}: {reply}");
        }
    }
    for model in &models {
        let now = app.student().get(&path(&model.fine, "")).expect(200).json();
        assert_eq!(
            (&now["paid_cents"], &now["status"]),
            (&json!(model.paid), &json!(model.status()))
        );
    }
    verify(app);
}

#[test]
fn whatever_is_imposed_paid_and_forgiven_the_sums_are_right() {
    let app = TestApp::new();
    let config = ProptestConfig { cases: 24, failure_persistence: None, ..Default::default() };
    let outcome = TestRunner::new(config).run(&steps(), |steps| {
        run(&app, &steps);
        Ok(())
    });
    outcome.unwrap();
}
