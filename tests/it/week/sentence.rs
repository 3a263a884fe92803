//! A line of the script: when, who, what, and how it is refused if it is.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::model::{Back, Line};

/// The wall of the desk: its calendar from the Monday on, and the clock of its zone.
#[derive(Clone)]
pub struct Wall {
    pub monday: Date,
    pub zone: TimeZone,
}

impl Wall {
    /// `Tue 09:05`, or `Mon+ 09:05` a week later. Where clocks show a time twice it is the first
    /// one, and where they leave it out the one that many minutes later.
    pub fn at(&self, day: &str, time: &str) -> Timestamp {
        const DAYS: [&str; 8] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "Mon+"];
        let after = DAYS.iter().position(|name| *name == day);
        let after = after.unwrap_or_else(|| panic!("no day is called {day}"));
        let after = jiff::Span::new().days(i64::try_from(after).unwrap());
        let date = self.monday.checked_add(after).unwrap();
        let (hour, minute) = time.split_once(':').unwrap();
        let civil = date.at(hour.parse().unwrap(), minute.parse().unwrap(), 0, 0);
        civil.to_zoned(self.zone.clone()).unwrap().timestamp()
    }
}

/// Something that is done, or found.
#[derive(Debug)]
pub struct Sentence<'a> {
    pub text: &'a str,
    pub at: Timestamp,
    pub who: &'a str,
    pub act: Act<'a>,
    /// The code of the refusal.
    pub refused: Option<&'a str>,
}

impl Sentence<'_> {
    /// Whether it is done, and not refused or only looked at.
    pub fn changes_something(&self) -> bool {
        self.refused.is_none() && !matches!(self.act, Act::Find(_))
    }
}

/// A period.
pub type Period = (Timestamp, Timestamp);

#[derive(Debug)]
pub enum Act<'a> {
    Book {
        name: &'a str,
        lines: Vec<Line>,
        period: Period,
        whom: &'a str,
        draft: bool,
    },
    Join {
        name: &'a str,
        lines: Vec<Line>,
        period: Period,
    },
    /// `submit`, `approve`, `reject` or `cancel`.
    Decide {
        name: &'a str,
        action: &'a str,
    },
    HandOut {
        name: &'a str,
        units: Vec<String>,
    },
    TakeBack {
        name: &'a str,
        backs: Vec<Back>,
    },
    Extend {
        name: &'a str,
        end: Timestamp,
    },
    Shift {
        name: &'a str,
        period: Period,
    },
    Accept {
        name: &'a str,
    },
    /// `decline` or `cancel`.
    Leave {
        name: &'a str,
        action: &'a str,
    },
    Plan {
        name: &'a str,
        unit: &'a str,
        period: Period,
    },
    Unplan {
        name: &'a str,
    },
    /// Whoever holds it.
    Withdraw {
        unit: &'a str,
        status: &'a str,
    },
    SetStatus {
        unit: &'a str,
        status: &'a str,
    },
    SetBuffer {
        thing: &'a str,
        minutes: i64,
    },
    Fine {
        name: &'a str,
        whom: &'a str,
        kind: &'a str,
        cents: i64,
        booking: Option<&'a str>,
    },
    Pay {
        fine: &'a str,
        cents: i64,
    },
    Waive {
        fine: &'a str,
    },
    Find(Finding<'a>),
}

/// What the script itself says of the desk, so that a reader can follow it.
#[derive(Debug)]
pub enum Finding<'a> {
    Status { name: &'a str, status: &'a str },
    AtRisk { name: &'a str, yes: bool },
    Has { name: &'a str, units: Vec<String> },
    Debt { who: &'a str, cents: i64 },
    Entry { name: &'a str, status: &'a str },
    Unit { unit: &'a str, status: &'a str },
}

/// Reads a line such as `Mon 09:05 Cleo books film CAM-1 Mon 10:00 to Tue 10:00`.
pub fn read<'a>(text: &'a str, wall: &Wall) -> Sentence<'a> {
    let (said, refused) = match text.split_once(" => ") {
        Some((said, code)) => (said, Some(code.trim())),
        None => (text, None),
    };
    let words: Vec<&str> = said.split_whitespace().collect();
    let [day, time, who, rest @ ..] = words.as_slice() else { panic!("no sentence: {text}") };
    let act = requests(rest, who, wall)
        .or_else(|| counter(rest, wall))
        .or_else(|| stock(rest, wall))
        .or_else(|| money(rest))
        .or_else(|| finding(who, rest).map(Act::Find));
    let act = act.unwrap_or_else(|| panic!("nobody understands: {text}"));
    Sentence { text, at: wall.at(day, time), who, act, refused }
}

fn requests<'a>(words: &[&'a str], who: &'a str, wall: &Wall) -> Option<Act<'a>> {
    let period =
        |from: (&str, &str), to: (&str, &str)| (wall.at(from.0, from.1), wall.at(to.0, to.1));
    Some(match *words {
        [verb @ ("books" | "drafts"), name, items, d1, t1, "to", d2, t2, ref rest @ ..] => {
            let whom = if let ["for", whom] = rest { whom } else { who };
            let period = period((d1, t1), (d2, t2));
            Act::Book { name, lines: lines(items), period, whom, draft: verb == "drafts" }
        }
        ["joins", name, items, d1, t1, "to", d2, t2] => {
            Act::Join { name, lines: lines(items), period: period((d1, t1), (d2, t2)) }
        }
        ["moves", name, "to", d1, t1, "to", d2, t2] => {
            Act::Shift { name, period: period((d1, t1), (d2, t2)) }
        }
        ["submits", name] => Act::Decide { name, action: "submit" },
        ["approves", name] => Act::Decide { name, action: "approve" },
        ["rejects", name] => Act::Decide { name, action: "reject" },
        ["cancels", name] => Act::Decide { name, action: "cancel" },
        ["accepts", name] => Act::Accept { name },
        ["declines", name] => Act::Leave { name, action: "decline" },
        ["leaves", name] => Act::Leave { name, action: "cancel" },
        _ => return None,
    })
}

fn counter<'a>(words: &[&'a str], wall: &Wall) -> Option<Act<'a>> {
    Some(match *words {
        ["hands", "out", name] => Act::HandOut { name, units: Vec::new() },
        ["hands", "out", name, "with", units] => Act::HandOut { name, units: names(units) },
        ["takes", "back", name] => Act::TakeBack { name, backs: Vec::new() },
        ["takes", "back", name, "with", said] => {
            Act::TakeBack { name, backs: said.split('+').map(back).collect() }
        }
        ["extends", name, "to", day, time] => Act::Extend { name, end: wall.at(day, time) },
        _ => return None,
    })
}

fn stock<'a>(words: &[&'a str], wall: &Wall) -> Option<Act<'a>> {
    Some(match *words {
        ["plans", name, unit, d1, t1, "to", d2, t2] => {
            Act::Plan { name, unit, period: (wall.at(d1, t1), wall.at(d2, t2)) }
        }
        ["unplans", name] => Act::Unplan { name },
        ["withdraws", unit, "as", status] => Act::Withdraw { unit, status },
        ["sets", unit, "to", status] => Act::SetStatus { unit, status },
        ["keeps", minutes, "minutes", "behind", thing] => {
            Act::SetBuffer { thing, minutes: minutes.parse().ok()? }
        }
        _ => return None,
    })
}

fn money<'a>(words: &[&'a str]) -> Option<Act<'a>> {
    Some(match *words {
        ["fines", whom, cents, "for", kind, "as", name, ref rest @ ..] => {
            let booking = if let ["of", booking] = *rest { Some(booking) } else { None };
            Act::Fine { name, whom, kind, cents: cents.parse().ok()?, booking }
        }
        ["pays", cents, "of", fine] | ["takes", cents, "for", fine] => {
            Act::Pay { fine, cents: cents.parse().ok()? }
        }
        ["waives", fine] => Act::Waive { fine },
        _ => return None,
    })
}

fn finding<'a>(name: &'a str, words: &[&'a str]) -> Option<Finding<'a>> {
    Some(match *words {
        ["is", "at", "risk"] => Finding::AtRisk { name, yes: true },
        ["is", "safe"] => Finding::AtRisk { name, yes: false },
        ["is", status] => Finding::Status { name, status },
        ["has", units] => Finding::Has { name, units: names(units) },
        ["owes", cents] => Finding::Debt { who: name, cents: cents.parse().ok()? },
        ["waits", "as", status] => Finding::Entry { name, status },
        ["stands", "as", status] => Finding::Unit { unit: name, status },
        _ => return None,
    })
}

/// `CAM-1+2*tripod`
fn lines(items: &str) -> Vec<Line> {
    let line = |item: &str| match item.split_once('*') {
        Some((count, thing)) => Line::Any(thing.to_owned(), count.parse().unwrap()),
        None => Line::Unit(item.to_owned()),
    };
    items.split('+').map(line).collect()
}

/// `CAM-1+CAM-2`
fn names(units: &str) -> Vec<String> {
    units.split('+').map(str::to_owned).collect()
}

/// `CAM-1`, `CAM-1:WORN`, `CAM-1:DAMAGED:withdrawn`
fn back(said: &str) -> Back {
    let parts: Vec<&str> = said.split(':').collect();
    let condition = parts.get(1).map(|condition| (*condition).to_owned());
    Back { unit: parts[0].to_owned(), condition, withdraw: parts.get(2) == Some(&"withdrawn") }
}
