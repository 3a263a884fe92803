//! The edge: turns HTTP into calls and answers, and knows no slice (the router aside).

pub mod client;
pub mod cors;
pub mod cursor;
pub mod docs;
pub mod edge;
pub mod fingerprint;
pub mod input;
pub mod json;
pub mod listing;
mod objects;
pub mod openapi;
pub mod params;
pub mod password_page;
pub mod problem;
pub mod rate;
pub mod reply;
pub mod router;
pub mod trail;

pub use client::Client;
pub use input::{Act, Auth, Create, Input, KeyedCreate, NoFields, Patch};
pub use listing::{ListSpec, Listing, PageParams};
pub use params::{Id, Ids, IfMatch, Query};
pub use reply::Reply;
pub use trail::Trail;
