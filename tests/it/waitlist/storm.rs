//! A storm of everything that can be asked around a queue and at the counter. After each request
//! the audit position is told truly, and every second one nothing is wrong: no free unit is waited
//! for, and whatever is endangered has moved or is marked.

use super::sea::Sea;
use super::verify;
use crate::support::TestApp;

const SEEDS: std::ops::Range<u64> = 0..4;
const STEPS: usize = 200;

impl Sea<'_> {
    /// One request, or some time that goes by.
    fn step(&mut self) {
        if self.below(16) == 0 {
            let by = [1, 10, 10, 30, 60][self.below(5)];
            self.now += by;
            self.app.advance_minutes(by);
            if self.below(2) == 0 {
                self.app.run_jobs();
            }
            return;
        }
        let reply = self.ask().send();
        assert!(reply.status() < 500, "{reply}");
        if let Some(seq) = reply.header("x-commit-seq") {
            let org = self.app.north();
            let head = format!("SELECT max(seq) FROM audit_events WHERE org_id = '{org}'");
            let head = self.app.file().number(&head);
            assert_eq!(seq.parse(), Ok(head), "{reply}");
        }
    }
}

#[test]
fn nobody_waits_for_what_is_free_whatever_happens() {
    for seed in SEEDS {
        let app = TestApp::new();
        let mut sea = Sea::new(&app, seed);
        for step in 0..STEPS {
            sea.step();
            if step % 2 == 0 {
                verify(&app);
            }
        }
    }
}
