//! Money: whole cents in the currency of the organization. There is no fraction of a cent, so
//! nothing is ever rounded.

use serde::{Deserialize, Serialize};

use super::{Error, Result};

/// An amount in cents; a plain integer outside and in the database.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Cents(i64);

impl Cents {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// So many cents.
    pub const fn new(cents: i64) -> Self {
        Self(cents)
    }

    /// The number of cents.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// Both together.
    ///
    /// # Errors
    /// `internal`, when the sum can't be held.
    pub fn plus(self, other: Self) -> Result<Self> {
        self.0.checked_add(other.0).map(Self).ok_or_else(too_large)
    }

    /// What is left of it.
    ///
    /// # Errors
    /// `internal`, when the difference can't be held.
    pub fn minus(self, other: Self) -> Result<Self> {
        self.0.checked_sub(other.0).map(Self).ok_or_else(too_large)
    }

    /// So many times as much.
    ///
    /// # Errors
    /// `internal`, when the product can't be held.
    pub fn times(self, count: i64) -> Result<Self> {
        self.0.checked_mul(count).map(Self).ok_or_else(too_large)
    }
}

/// The rule for amounts that come from outside, in the form that `garde` takes.
pub fn between(min: i64, max: i64) -> impl Fn(&Cents, &()) -> garde::Result {
    move |amount, ()| {
        if (min..=max).contains(&amount.0) {
            return Ok(());
        }
        Err(garde::Error::new(format!("must be between {min} and {max} cents")))
    }
}

fn too_large() -> Error {
    Error::internal("an amount of money is too large to be held")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Code;

    const MOST: Cents = Cents::new(i64::MAX);
    const LEAST: Cents = Cents::new(i64::MIN);

    #[test]
    fn amounts_are_added_taken_away_and_multiplied() {
        let (five, two) = (Cents::new(5), Cents::new(2));
        assert_eq!(five.plus(two).unwrap(), Cents::new(7));
        assert_eq!(two.minus(five).unwrap(), Cents::new(-3));
        assert_eq!(five.times(0).unwrap(), Cents::ZERO);
        assert_eq!(five.times(-3).unwrap(), Cents::new(-15));
        assert_eq!(MOST.plus(Cents::ZERO).unwrap(), MOST);
    }

    #[test]
    fn what_can_not_be_held_is_an_error_and_never_wraps() {
        let one = Cents::new(1);
        for result in [
            MOST.plus(one),
            LEAST.plus(Cents::new(-1)),
            LEAST.minus(one),
            Cents::ZERO.minus(LEAST),
            MOST.times(2),
            LEAST.times(-1),
        ] {
            assert_eq!(result.unwrap_err().code(), Code::Internal);
        }
    }

    #[test]
    fn it_is_read_and_written_as_a_whole_number_alone() {
        let read = |text| serde_json::from_str::<Cents>(text);
        assert_eq!(serde_json::to_string(&Cents::new(-1_250)).unwrap(), "-1250");
        assert_eq!(read("1250").unwrap(), Cents::new(1_250));
        for other in ["12.5", "12.0", "1e3", "\"12\"", "null", "9223372036854775808"] {
            assert!(read(other).is_err(), "{other}");
        }
    }

    #[test]
    fn what_comes_from_outside_lies_in_its_range() {
        let rule = between(1, 100);
        for (amount, fits) in [(0, false), (1, true), (100, true), (101, false), (-5, false)] {
            assert_eq!(rule(&Cents::new(amount), &()).is_ok(), fits, "{amount}");
        }
    }
}
