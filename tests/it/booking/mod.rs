//! Bookings: what can be asked, what is refused and why, and that no unit is ever held twice.

mod change;
mod check;
mod create;
mod debts;
mod decide;
mod guards;
mod list;
mod race;
mod storm;
