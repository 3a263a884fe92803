//! Who may have a connection. A connection is waited for by its client (a request is worked on), or
//! it waits for its client: for a request, the rest of one, or an answer to be taken. When the
//! seats run out, the one that has waited the longest makes room: idle connections lock nobody out,
//! and neither does anybody who sends byte by byte.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, oneshot};

use crate::kernel::{Networks, bug, network};
use crate::metrics::{Connections, Gone};

/// All seats of a server.
pub(super) struct Seats {
    table: Mutex<Table>,
    /// A seat was left, or somebody began to wait.
    changed: Notify,
    limits: SeatLimits,
    counted: Connections,
}

/// How many seats there are.
pub(super) struct SeatLimits {
    /// For all.
    pub(super) all: usize,
    /// For one address.
    pub(super) of_one: usize,
    /// Whose connections are those of many, and not counted by address.
    pub(super) proxies: Networks,
}

#[derive(Default)]
struct Table {
    next: u64,
    taken: HashMap<u64, Taken>,
    /// Who waits for a client, the longest first.
    waiting: BTreeSet<(Instant, u64)>,
    by_address: HashMap<IpAddr, usize>,
}

struct Taken {
    /// What it is counted by; none for a proxy.
    address: Option<IpAddr>,
    since: Instant,
    waits: bool,
    /// Dropped to end the connection.
    _end: oneshot::Sender<()>,
}

/// The seat of an open connection; left when it is dropped.
pub(super) struct Seat {
    id: u64,
    seats: Arc<Seats>,
}

impl Seats {
    pub(super) fn new(limits: SeatLimits, counted: Connections) -> Arc<Self> {
        counted.limit.set(i64::try_from(limits.all).unwrap_or(i64::MAX));
        Arc::new(Self { table: Mutex::default(), changed: Notify::new(), limits, counted })
    }

    /// Waits until there is a seat, or somebody who can make room. While every connection is being
    /// worked on, new ones stay in the backlog of the machine.
    pub(super) async fn room(&self) {
        loop {
            {
                let table = self.table();
                let evictable = !table.waiting.is_empty() && !bug::seeded("idle_locks_out");
                if table.taken.len() < self.limits.all || evictable {
                    return;
                }
            }
            self.changed.notified().await;
        }
    }

    /// Waits until every seat was left.
    pub(super) async fn empty(&self) {
        while !self.table().taken.is_empty() {
            self.changed.notified().await;
        }
    }

    /// Gives a new connection its seat, with word of when it must end; none when its address has all
    /// seats that it may have and none of them waits.
    pub(super) fn take(
        self: &Arc<Self>,
        peer: IpAddr,
        now: Instant,
    ) -> Option<(Seat, oneshot::Receiver<()>)> {
        let mut table = self.table();
        let counted_by = (!self.limits.proxies.contain(peer)).then(|| network(peer));
        if let Some(address) = counted_by
            && table.count(address) >= self.limits.of_one
            && !bug::seeded("address_takes_all")
        {
            let Some(id) = table.longest(Some(address)) else {
                self.counted.closed(Gone::Refused);
                return None;
            };
            self.end(&mut table, id, Gone::Address);
        }
        if table.taken.len() >= self.limits.all
            && let Some(id) = table.longest(None)
        {
            self.end(&mut table, id, Gone::Crowded);
        }
        let (end, ended) = oneshot::channel();
        let id = table.seat(counted_by, now, end);
        self.counted.accepted.inc();
        self.counted.open.inc();
        Some((Seat { id, seats: Arc::clone(self) }, ended))
    }

    /// Ends who has waited for longer than this: a client that does not take its answer.
    pub(super) fn end_slow(&self, now: Instant, longest: Duration) {
        let mut table = self.table();
        while let Some((since, id)) = table.waiting.first().copied()
            && now.saturating_duration_since(since) > longest
        {
            self.end(&mut table, id, Gone::Slow);
        }
    }

    fn end(&self, table: &mut Table, id: u64, why: Gone) {
        if table.leave(id) {
            self.counted.open.dec();
            self.counted.closed(why);
        }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn count(&self, address: IpAddr) -> usize {
        self.by_address.get(&address).copied().unwrap_or_default()
    }

    fn seat(&mut self, address: Option<IpAddr>, now: Instant, end: oneshot::Sender<()>) -> u64 {
        let id = self.next;
        self.next += 1;
        if let Some(address) = address {
            *self.by_address.entry(address).or_default() += 1;
        }
        self.taken.insert(id, Taken { address, since: now, waits: true, _end: end });
        self.waiting.insert((now, id));
        id
    }

    /// Who has waited the longest, of this address or of all.
    fn longest(&self, address: Option<IpAddr>) -> Option<u64> {
        let of_address = |id: &u64| self.taken.get(id).is_some_and(|one| one.address == address);
        let mut ids = self.waiting.iter().map(|(_, id)| *id);
        ids.find(|id| address.is_none() || of_address(id))
    }

    /// Takes a seat away; whether it was still taken.
    fn leave(&mut self, id: u64) -> bool {
        let Some(left) = self.taken.remove(&id) else { return false };
        self.waiting.remove(&(left.since, id));
        if let Some(address) = left.address
            && let Some(count) = self.by_address.get_mut(&address)
        {
            *count -= 1;
            if *count == 0 {
                self.by_address.remove(&address);
            }
        }
        true
    }

    /// Notes whether it waits for its client now, and since when if that begins anew.
    fn set(&mut self, id: u64, waits: bool, since: Option<Instant>) {
        let Some(taken) = self.taken.get_mut(&id) else { return };
        self.waiting.remove(&(taken.since, id));
        taken.since = since.unwrap_or(taken.since);
        taken.waits = waits;
        if taken.waits {
            self.waiting.insert((taken.since, id));
        }
    }
}

impl Seat {
    /// The head of a request is there.
    pub(super) fn begins(&self, now: Instant) {
        self.seats.table().set(self.id, false, Some(now));
    }

    /// The rest of the request is waited for. Bytes that trickle in do not make it younger.
    pub(super) fn waits(&self) {
        self.seats.table().set(self.id, true, None);
        self.seats.changed.notify_one();
    }

    /// More of the request is there.
    pub(super) fn goes_on(&self) {
        self.seats.table().set(self.id, false, None);
    }

    /// The answer is given.
    pub(super) fn rests(&self, now: Instant) {
        self.seats.table().set(self.id, true, Some(now));
        self.seats.changed.notify_one();
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if self.seats.table().leave(self.id) {
            self.seats.counted.open.dec();
        }
        self.seats.changed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seats(all: usize, of_one: usize, proxies: &[&str]) -> Arc<Seats> {
        let proxies = serde_json::from_value(serde_json::json!(proxies)).unwrap();
        Seats::new(SeatLimits { all, of_one, proxies }, Connections::default())
    }

    fn address(number: u8) -> IpAddr {
        [192, 0, 2, number].into()
    }

    type Taken = (Seat, oneshot::Receiver<()>);

    fn ended((_, end): &mut Taken) -> bool {
        end.try_recv() == Err(oneshot::error::TryRecvError::Closed)
    }

    #[test]
    fn who_has_waited_the_longest_makes_room() {
        let (seats, start) = (seats(3, 3, &[]), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut taken: Vec<Taken> =
            (0..3).map(|n| seats.take(address(n), at(u64::from(n))).unwrap()).collect();
        // The first one is being answered, and the second one has just been.
        taken[0].0.begins(at(5));
        taken[1].0.begins(at(5));
        taken[1].0.rests(at(6));
        let mut newcomer = seats.take(address(9), at(7)).unwrap();
        let gone: Vec<bool> = taken.iter_mut().map(ended).collect();
        assert_eq!(gone, [false, false, true]);
        assert!(!ended(&mut newcomer));
        assert_eq!(seats.counted.open.get(), 3);
        // A body that trickles in waits since its head.
        taken[0].0.waits();
        seats.take(address(10), at(8)).unwrap();
        assert!(ended(&mut taken[0]) && !ended(&mut taken[1]));
    }

    #[test]
    fn an_address_makes_room_for_itself_and_is_refused_when_it_can_not() {
        let (seats, now) = (seats(9, 2, &["10.0.0.1"]), Instant::now());
        let mut taken: Vec<Taken> = (0..2).map(|_| seats.take(address(1), now).unwrap()).collect();
        let mut other = seats.take(address(2), now).unwrap();
        let third = seats.take(address(1), now).unwrap();
        assert!(ended(&mut taken[0]) && !ended(&mut taken[1]) && !ended(&mut other));
        taken[1].0.begins(now);
        third.0.begins(now);
        assert!(seats.take(address(1), now).is_none());
        drop(third);
        assert!(seats.take(address(1), now).is_some());
        let proxied: Vec<Taken> =
            (0..5).map(|_| seats.take([10, 0, 0, 1].into(), now).unwrap()).collect();
        assert_eq!(proxied.len(), 5);
    }

    #[test]
    fn a_client_that_does_not_take_its_answer_is_let_go() {
        let (seats, start) = (seats(9, 9, &[]), Instant::now());
        let mut idle = seats.take(address(1), start).unwrap();
        let mut busy = seats.take(address(2), start).unwrap();
        busy.0.begins(start);
        seats.end_slow(start + Duration::from_secs(10), Duration::from_secs(10));
        assert!(!ended(&mut idle));
        seats.end_slow(start + Duration::from_secs(11), Duration::from_secs(10));
        assert!(ended(&mut idle) && !ended(&mut busy));
        drop((idle, busy));
        assert_eq!(seats.counted.open.get(), 0);
        assert!(seats.table().taken.is_empty() && seats.table().by_address.is_empty());
    }

    #[tokio::test]
    async fn while_everybody_is_being_answered_the_next_one_waits_outside() {
        let (seats, now) = (seats(1, 1, &[]), Instant::now());
        let (seat, _end) = seats.take(address(1), now).unwrap();
        seats.room().await;
        seat.begins(now);
        let waiting = Arc::clone(&seats);
        let room = tokio::spawn(async move { waiting.room().await });
        tokio::task::yield_now().await;
        assert!(!room.is_finished());
        seat.rests(now);
        room.await.unwrap();
        drop(seat);
        seats.empty().await;
    }
}
