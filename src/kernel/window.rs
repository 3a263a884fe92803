//! Half-open periods of time, `[start, end)`.

use super::clock::{MINUTE, Timestamp};

/// A period that contains its start and not its end; never empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Window {
    /// The first instant inside.
    pub start: Timestamp,
    /// The first instant after.
    pub end: Timestamp,
}

impl Window {
    /// The period between two instants, or `None` when it would be empty.
    pub fn new(start: Timestamp, end: Timestamp) -> Option<Self> {
        (start < end).then_some(Self { start, end })
    }

    /// Whether the two periods share an instant; one that begins where the other ends does not.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Whether the instant lies inside.
    pub fn contains(&self, at: Timestamp) -> bool {
        self.start <= at && at < self.end
    }

    /// The length in milliseconds.
    pub const fn millis(&self) -> i64 {
        self.end.since(self.start)
    }

    /// The same period with so many minutes kept free behind it.
    #[must_use]
    pub const fn with_buffer(&self, minutes: i64) -> Self {
        Self { start: self.start, end: self.end.plus(minutes * MINUTE) }
    }

    /// The same length, `millis` later (earlier, when negative).
    #[must_use]
    pub const fn shifted(&self, millis: i64) -> Self {
        Self { start: self.start.plus(millis), end: self.end.plus(millis) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(start: i64, end: i64) -> Window {
        Window::new(Timestamp::from_millis(start), Timestamp::from_millis(end)).unwrap()
    }

    #[test]
    fn neighbours_do_not_overlap() {
        assert!(!window(0, 10).overlaps(&window(10, 20)));
        assert!(!window(10, 20).overlaps(&window(0, 10)));
        assert!(window(0, 11).overlaps(&window(10, 20)));
        assert!(window(0, 100).overlaps(&window(10, 20)));
    }

    #[test]
    fn an_empty_period_does_not_exist() {
        assert!(Window::new(Timestamp::from_millis(5), Timestamp::from_millis(5)).is_none());
    }
}
