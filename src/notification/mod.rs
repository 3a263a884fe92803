//! Notifications: what happened to a person and is unread, until there is mail.
//!
//! Endpoints: `GET /me/notifications`, `POST /me/notifications/read`. Owns `notifications`.
//! Invariants: one is written in the transaction of what it tells of; nobody is told what they did
//! themselves; everybody sees and marks their own alone.
//!
//! Making and reading one leaves no audit event: it tells of an event that stands in the trail
//! already.

mod actions;
pub(crate) mod api;
mod model;
mod store;

pub use actions::{forget_booking, forget_reader, list, mark_read, prune, tell};
pub use model::{MarkRead, MarkedRead, News, Notification, NotificationKind};
