//! The desks that are measured: the same things, people and bookings, and a waitlist of any length.
//! Everything but the accounts is made through the actions, so that it is what a server would have.

use std::path::Path;
use std::sync::Arc;

use pret::booking::{self, Decision, ItemRequest, NewBooking};
use pret::db::{self, Db, DbOptions, WriteTx};
use pret::identity::{self, NewOrganization};
use pret::inventory::{self, NewResource, NewUnit};
use pret::kernel::clock::{DAY, MINUTE};
use pret::kernel::{
    Actor, BookingId, Error, ManualClock, OrgId, Precondition, ResourceId, Result, Timestamp,
    UserId,
};
use pret::waitlist;

pub(crate) const NOW: Timestamp = Timestamp::from_millis(30_000 * DAY);
pub(crate) const RESOURCES: usize = 2_000;
/// Weeks from tomorrow on, in each of which each unit is booked once.
pub(crate) const WEEKS: usize = 12;
/// Who waits, and who books. They are others, so that a cancelled booking changes no score.
pub(crate) const WAITING: usize = 2_000;
const BOOKING: usize = 200;
/// Entries in the queue of a resource.
pub(crate) const QUEUE: usize = 50;

/// How many entries are made in one transaction.
const CHUNK: usize = 1_000;

/// What all desks have alike.
#[derive(Clone)]
pub(crate) struct Stock {
    pub(crate) org: OrgId,
    pub(crate) resources: Vec<ResourceId>,
    pub(crate) people: Vec<UserId>,
    /// The booking of each resource in each week.
    pub(crate) bookings: Vec<Vec<BookingId>>,
}

/// A desk and its waitlist.
pub(crate) struct Desk {
    pub(crate) db: Db,
    pub(crate) stock: Stock,
    /// How many resources have a queue.
    pub(crate) queues: usize,
}

/// Makes a database without a waitlist.
pub(crate) fn stock(path: &Path) -> Stock {
    db::migrate(path).unwrap();
    let db = open(path);
    let stock = db
        .write_blocking(|global| {
            let new = NewOrganization {
                name: "Bench".to_owned(),
                timezone: "Europe/Berlin".to_owned(),
                currency: None,
            };
            let org = identity::create_organization(global, &new)?.id;
            let tx = global.write_within(org, Actor::system());
            set_policy(
                &tx,
                r#"{"max_active_bookings": {"student": null}, "max_advance_days": null}"#,
            )?;
            let people = (0..WAITING + BOOKING).map(|number| person(&tx, number));
            let people = people.collect::<Result<Vec<_>>>()?;
            let resources = (0..RESOURCES).map(|number| resource(&tx, number));
            let resources = resources.collect::<Result<Vec<_>>>()?;
            let mut bookings = Vec::new();
            for (number, resource) in resources.iter().enumerate() {
                let who = people[WAITING + number % BOOKING];
                let weeks = (0..WEEKS).map(|week| {
                    let asked = asked(who, *resource, NOW.plus(times(7 * week + 1, DAY)), 7 * DAY);
                    Ok(booking::create(&tx, &asked)?.id)
                });
                bookings.push(weeks.collect::<Result<Vec<_>>>()?);
            }
            waitlist::take_turn(&tx)?;
            Ok(Stock { org, resources, people, bookings })
        })
        .unwrap();
    db.close();
    stock
}

impl Desk {
    /// Opens a database that has its stock, and lets so many people wait: in full queues, over as
    /// many resources as that takes. `ended` entries were there before and have left.
    pub(crate) fn fill(path: &Path, stock: &Stock, entries: usize, ended: usize) -> Self {
        let desk = Self { db: open(path), stock: stock.clone(), queues: entries / QUEUE };
        for first in (0..ended).step_by(CHUNK) {
            desk.join(first..ended.min(first + CHUNK), ended, 400, true);
        }
        for first in (0..entries).step_by(CHUNK) {
            desk.join(first..entries.min(first + CHUNK), entries, 100, false);
        }
        desk
    }

    /// Joins spread over the hundred days that begin so many days ago, resource by resource in
    /// turn, so that the entries of a queue lie far from each other.
    fn join(&self, numbers: std::ops::Range<usize>, of: usize, days_ago: usize, leave: bool) {
        let (stock, queues, begin) = (self.stock.clone(), self.queues, times(days_ago, DAY));
        self.db
            .write_blocking(move |global| {
                for number in numbers.clone() {
                    let joined = NOW.plus(times(number, 100 * DAY) / times(of, 1)).plus(-begin);
                    let tx = global.write_at(stock.org, Actor::system(), joined);
                    let entry = waitlist::join(&tx, &wish(&stock, number, queues))?;
                    if leave {
                        let (why, seen) = (Decision::default(), Precondition::none());
                        waitlist::cancel(&tx, entry.id, &why, &seen)?;
                    }
                }
                waitlist::take_turn(&global.write_within(stock.org, Actor::system()))
            })
            .unwrap();
    }

    /// Runs work in one write, as the system.
    pub(crate) fn write<T: Send + 'static>(
        &self,
        work: impl Fn(&WriteTx<'_>) -> Result<T> + Send + 'static,
    ) -> T {
        let org = self.stock.org;
        let done =
            self.db.write_blocking(move |global| work(&global.write_within(org, Actor::system())));
        done.unwrap()
    }
}

/// What somebody waits for: days in the middle of a week, so that one is served by each unit that
/// gets free. Nobody waits twice in one queue.
fn wish(stock: &Stock, number: usize, queues: usize) -> NewBooking {
    let (queue, place) = (number % queues, number / queues);
    let (week, turn) = (place % WEEKS, place / WEEKS);
    let who = stock.people[(queue + 37 * place) % WAITING];
    let start = NOW.plus(times(7 * week + 3, DAY)).plus(times(turn % 20, 60 * MINUTE));
    asked(who, stock.resources[queue], start, 3 * DAY)
}

fn asked(who: UserId, resource: ResourceId, start_at: Timestamp, length: i64) -> NewBooking {
    NewBooking {
        start_at,
        end_at: start_at.plus(length),
        purpose: "Measuring".to_owned(),
        items: vec![ItemRequest::any(resource, 1)],
        draft: None,
        requester_user_id: Some(who),
    }
}

fn open(path: &Path) -> Db {
    Db::open(path, DbOptions::new(Arc::new(ManualClock::new(NOW)))).unwrap()
}

/// So many times this length.
fn times(count: usize, length: i64) -> i64 {
    i64::try_from(count).unwrap_or_default() * length
}

/// A student. Nobody signs in here, so there is no password to be hashed.
fn person(tx: &WriteTx<'_>, number: usize) -> Result<UserId> {
    let id = UserId::new();
    let email = format!("{number}@bench.example");
    tx.execute(
        "INSERT INTO users (id, org_id, email, password_hash, full_name, search_text, is_active,
             password_changed_at, created_at)
         VALUES (:id, :org, :email, '', :email, :email, 1, :now, :now)",
        &[(":id", &id), (":email", &email)],
    )?;
    identity::grant_role(tx, id, pret::kernel::Role::Student)?;
    Ok(id)
}

fn resource(tx: &WriteTx<'_>, number: usize) -> Result<ResourceId> {
    let new = serde_json::json!({ "type": "camera", "name": format!("Camera {number}") });
    let new: NewResource = serde_json::from_value(new).map_err(Error::internal)?;
    let id = inventory::create_resource(tx, &new)?.id;
    let new = serde_json::json!({ "barcode": number.to_string() });
    let new: NewUnit = serde_json::from_value(new).map_err(Error::internal)?;
    inventory::create_units(tx, id, &[new])?;
    Ok(id)
}

/// Changes the policy by a JSON merge patch.
pub(crate) fn set_policy(tx: &WriteTx<'_>, patch: &str) -> Result<()> {
    let patch = serde_json::from_str(&format!(r#"{{"policy": {patch}}}"#));
    identity::change_organization(tx, &patch.map_err(Error::internal)?, &Precondition::none())?;
    Ok(())
}
