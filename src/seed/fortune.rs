//! Chance that is the same on every run: `SplitMix64`, started from a word.

/// A sequence of numbers that only its word decides.
pub(super) struct Fortune(u64);

impl Fortune {
    /// The sequence of this word (its FNV-1a hash is the beginning).
    pub(super) fn of(word: &str) -> Self {
        let hash = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        Self(word.bytes().fold(0xcbf2_9ce4_8422_2325, hash))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to below `end`; 0 when `end` is.
    pub(super) fn below(&mut self, end: u32) -> u32 {
        // The upper half times the range: no bias worth speaking of, and no division.
        let scaled = (self.next() >> 32) * u64::from(end);
        u32::try_from(scaled >> 32).unwrap_or(0)
    }

    /// A number from `first` to `last`, both of them possible.
    pub(super) fn between(&mut self, first: u32, last: u32) -> u32 {
        first + self.below(last.saturating_sub(first) + 1)
    }

    /// True in so many cases of a hundred.
    pub(super) fn percent(&mut self, cases: u32) -> bool {
        self.below(100) < cases
    }

    /// One of them; none of none.
    pub(super) fn pick<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        let index = self.below(u32::try_from(all.len()).ok()?);
        all.get(index as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_always_gives_the_same_numbers_and_another_word_others() {
        let numbers = |word| {
            let mut fortune = Fortune::of(word);
            [fortune.below(1000), fortune.below(1000), fortune.below(1000)]
        };
        assert_eq!(numbers("halyard"), numbers("halyard"));
        assert_ne!(numbers("halyard"), numbers("kowhai"));
    }

    #[test]
    fn numbers_fill_their_range_evenly() {
        let mut fortune = Fortune::of("even");
        let mut counts = [0_u32; 4];
        for _ in 0..4000 {
            counts[fortune.between(0, 3) as usize] += 1;
        }
        assert!(counts.iter().all(|count| (900..1100).contains(count)), "{counts:?}");
        assert_eq!(fortune.pick::<u8>(&[]), None);
    }
}
