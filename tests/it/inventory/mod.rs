//! Resources, units and tags.

mod in_use;
mod lists;
mod maintenance;
mod resources;
mod search;
mod tags;
mod units;
mod withdraw;

use serde_json::Value;

use crate::support::Reply;

/// The names in a list, in its order.
fn names(reply: &Reply) -> Vec<String> {
    texts(reply, "name")
}

/// A text member of each object in a list, in its order.
fn texts(reply: &Reply, member: &str) -> Vec<String> {
    let text = |object: &Value| object[member].as_str().unwrap().to_owned();
    reply.data().iter().map(text).collect()
}
