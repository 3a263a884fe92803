//! People of a desk who ask for themselves.

use std::net::SocketAddr;

use serde_json::json;

use crate::desk::{Desk, PASSWORD, sign_in};
use crate::line::{Line, Voice};
use crate::waiting::ask;

/// Points that staff have for their role.
const STAFF_POINTS: i64 = 20;

/// Somebody who is signed in.
pub struct Member {
    address: SocketAddr,
    voice: Voice,
    /// Points for the role.
    pub points: i64,
}

impl Member {
    /// A connection of their own, for now: the server ends those that say nothing for long.
    pub fn line(&self) -> Line {
        Line::open(self.address, &self.voice).unwrap()
    }
}

/// Makes so many students, and so many of the staff behind them.
pub fn members(desk: &Desk, students: usize, staff: usize) -> Vec<Member> {
    let mut line = desk.line();
    let mut join = |number: usize| {
        let (role, points) =
            if number < students { ("student", 0) } else { ("staff", STAFF_POINTS) };
        let email = format!("member-{number}@proof.example");
        let new = json!({
            "email": email, "password": PASSWORD, "full_name": "Member", "roles": [role],
        });
        ask(&mut line, "POST", "/auth/register", &new, 201);
        let voice = sign_in(&desk.server, &email);
        Member { address: desk.address(), voice, points }
    };
    (0..students + staff).map(|number| join(number)).collect()
}
