//! How far a copy is, for a person who watches.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::backup::Watching;

/// A bar on a terminal, and nothing elsewhere.
pub(super) struct Progress(ProgressBar);

impl Progress {
    pub(super) fn new() -> Self {
        let bar = ProgressBar::new(0);
        if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {bytes}/{total_bytes}") {
            bar.set_style(style);
        }
        bar.set_message("copying");
        bar.enable_steady_tick(Duration::from_millis(100));
        Self(bar)
    }

    /// Shows the work, and goes when it is done.
    pub(super) fn watch<T>(self, work: impl FnOnce(Watching<'_>) -> T) -> T {
        let copying = |done: u64, all: u64| {
            self.0.set_length(all);
            self.0.set_position(done);
            true
        };
        let checking = |what: &str| self.0.set_message(format!("checking {what}"));
        let done = work(Watching { copying: &copying, checking: &checking });
        self.0.finish_and_clear();
        done
    }
}
