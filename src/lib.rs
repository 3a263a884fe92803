//! Prêt: the lending desk of a university in one binary.
//!
//! People ask for equipment, staff decide, and no unit is ever booked twice. One process, one
//! SQLite file, no other service. This page is the plan of the house; `tests/it/architecture.rs`
//! holds the parts of it that can be counted.
//!
//! # Map
//!
//! From the ground up; each line may use those above it.
//!
//! | module | holds |
//! | --- | --- |
//! | [`kernel`] | the words that all share: errors and their codes, ids, roles, the clock, periods, pages. Imports nothing of this crate |
//! | [`metrics`] | figures for whoever watches: their names, and the handles through which the parts count |
//! | [`db`] | SQLite machinery that knows no table: connections and pragmas, transactions that carry their organization, the writer, migrations |
//! | [`keys`], [`passwords`] | the secrets of a server: what signs tokens, seals cursors, fingerprints requests; hashing passwords, on threads that give way and bounded in number |
//! | [`http`] | the edge that knows no slice: extractors, problems, ETags, idempotency keys, cursors, rates, the API document. `http/router.rs` alone names the slices: it is the table of contents |
//! | [`audit`] → [`identity`] → [`notification`] → [`calendar`] → [`inventory`] → [`fines`] → [`booking`] → [`waitlist`] → [`desk`] | the slices, in the order in which they may see each other |
//! | [`app`] | what a handler may reach, who asks ([`app::Caller`]), the one write path ([`app::App::write`]) with the upkeep around it, the timer that does on time what is due, what is removed by age, and forgetting a person |
//! | [`health`], [`verify`], [`doctor`] | whether the service works; whether all that is stored is sound; whether a desk can be served as it is installed here |
//! | [`backup`] | verified copies, their schedule, and the way back |
//! | [`transfer`] | an organization into a file and out of it: beside the slices the one place that writes their tables, with constraints and triggers on and every slice's check before COMMIT |
//! | [`config`], [`bootstrap`] | the settings; the token that makes the first organization |
//! | [`seed`] | the demo: files of `seeds/`, a plan made from them and the day, done through the actions of the slices with the upkeep of `app` between them |
//! | [`serve`], [`cli`] | the listener and its graceful end; one thin file per subcommand |
//!
//! # Slices and rooms
//!
//! A slice is a noun of the desk. It sees only the slices to its left, and of those only the door:
//! the `pub use` in their `mod.rs`. It may read any table and writes only its own. Each slice has
//! the same rooms, so that a path can be guessed; a room that gets crowded becomes a folder of the
//! same name, and a room that is not needed is left out.
//!
//! | room | holds | may not mention |
//! | --- | --- | --- |
//! | `mod.rs` | what it owns, its endpoints, its invariants; the door | logic |
//! | `model` | nouns, states, what is sent and answered | axum, rusqlite |
//! | `rules` | pure decisions: facts in, plan or refusal out | axum, rusqlite, tokio, the clock |
//! | `store` | SQL and row mapping; decides nothing | axum |
//! | `actions` | use cases: load facts, decide, write, record; called by API, command line, seeds and tests alike | axum, rusqlite |
//! | `api` | handlers of a few lines, each with its part of the API document | rusqlite |
//!
//! # Invariants
//!
//! 1. **No unit is held twice at the same time.** Two guards, each enough by itself: the check in
//!    [`calendar::claim`] under the write lock, and the triggers of `V004__bookings.sql`, which
//!    stop even a hand-written statement. Every path that takes a unit goes through that function.
//! 2. **An item of an active booking has its claim** until it is back: held by triggers. That a claim
//!    of a booking belongs to one that is active is checked by `pret verify`.
//! 3. **Every change leaves one event**, in the transaction that makes it; a refusal leaves none.
//!    The events of an organization are numbered without a gap and chained by hash.
//! 4. **Nobody is answered before COMMIT**, and `synchronous=FULL` makes COMMIT mean the disk.
//! 5. **No statement without its organization.** [`db::Tx`] binds `:org` itself and refuses a
//!    statement that has no place for it; composite foreign keys keep a row from pointing at
//!    another organization's. The few places that look over the fence use [`db::GlobalTx`] and are
//!    listed in `tests/it/architecture.rs`.
//! 6. **Time is read once per transaction**, from a clock that tests can set.
//! 7. **A request that bears a key is done once.** Its answer is written in the transaction of its
//!    work, and given again word for word.
//! 8. **Nobody waits for what is free**, with `auto_offer` on, after any COMMIT. What a write
//!    frees, or changes about somebody's place, is left on its transaction
//!    ([`kernel::Aftermath`]), and [`waitlist::take_turn`] acts on it before COMMIT. `pret verify`
//!    tries every entry that waits.
//! 9. **An open offer holds its units**, as claims like those of a booking, while now lies before
//!    its end: by the clock inside the transaction, not by the timer.
//! 10. **Nobody pays more than they owe.** Two guards again: the check in [`fines::pay`], and the
//!     triggers of `V011__payments.sql`, behind which a payment neither changes nor goes and a fine
//!     says what its payments come to.
//! 11. **A unit is in one place.** What is out stands in `unit_custody` with its item: the check in
//!     [`calendar::hand_out`], and a unique index. Being late changes no claim.
//! 12. **Who may not find their unit has moved or is marked**, after any COMMIT: a unit that is late
//!     or leaves service is looked at in the transaction that finds out, by the clock before the
//!     work ([`booking::do_due`]) or behind it ([`booking::rescue`], within the turn, and before who
//!     waits). `pret verify` compares each mark with where the units are.
//! 13. **What is checked is what is decided.** One function measures a booking by every rule, for
//!     `POST /bookings/check` as for every path that books.
//! 14. **Who was erased never comes back**, and what is over passes to nobody but the stand-in of its
//!     organization: checks, and the triggers of `V014__data_protection.sql`.
//!
//! # One request, from the socket to COMMIT
//!
//! `POST /bookings`, two cameras for Friday:
//!
//! 1. `serve` gives the connection a seat; when all are taken, whoever has waited the longest for
//!    their client makes room. Headers that trickle are cut off.
//! 2. `http::client` says where the request comes from, also behind a proxy that is trusted.
//!    `http::edge` gives the request its id and its [`http::Trail`], and turns away what need not
//!    be looked at: a server that stops, headers or a body that are too large.
//! 3. The router finds path and method, or answers 404 and 405. Then the address pays for the
//!    request (`http::rate`).
//! 4. [`app::Caller`] verifies the token, and in one snapshot on a reader: that its session is
//!    alive, that the person belongs to the organization of `X-Org-Id`, and that the role suffices.
//!    Unknown query parameters are refused here, and not earlier.
//! 5. [`http::Input`] reads the body, bounded in size and time: type, JSON, fields, shape. Only then
//!    the `Idempotency-Key`, with a keyed fingerprint of what was asked.
//! 6. `booking::api::create_booking` hands a closure to [`app::App::write`], which puts it into the
//!    bounded queue of the writer. A full queue answers 503 at once.
//! 7. The writer, the only thread that writes, opens `BEGIN IMMEDIATE` over whatever waits. The
//!    request's job runs in a savepoint of its own.
//! 8. Inside, session, membership and role are read again: what was taken away meanwhile counts.
//!    A key that was used answers what it answered before, and nothing else happens. Then
//!    `app::upkeep` does what is due by the clock in the organization (offers that ran out, requests
//!    that nobody decided, bookings that nobody fetched, units that are late) and hands on what is
//!    free: who waits comes before who asks now.
//! 9. [`booking::create`] looks up what the items refer to, looks at the clock, writes the booking as
//!    a draft, and measures it by every rule there is: one list in one place, which
//!    `POST /bookings/check` answers as it stands ([`booking::check`]). [`calendar::claim`] chooses units, best fit first, and writes a claim for
//!    each: here stands the first guard, and the trigger on `unit_claims` is the second. Then the
//!    booking becomes active, its items are written, and [`audit::record`] adds the event. Each of
//!    these steps has a trigger behind it that would refuse the wrong order.
//! 10. A refusal rolls its work back. After work that freed a unit (a cancelled booking, say) the
//!     queues take their turn, in a savepoint of their own: a fault there is logged and tried again
//!     by the timer, and never makes a cancellation fail. The answer is kept under its key in the
//!     same transaction. Then the other jobs of the batch run, and one COMMIT, one fsync, serves all of them.
//! 11. Only now everybody is answered. The edge adds request id, `X-Commit-Seq` and cache headers,
//!     and writes one line to the log.
//!
//! Where units lack, step 9 ends in `unit_unavailable`. What could be had instead is searched on a
//! reader, with the write lock free for others, and the refusal is kept when it is complete.
//!
//! # What the writer does when things break
//!
//! A job that fails or panics is rolled back to its savepoint and hurts nobody else. When SQLite
//! ends the whole transaction (disk full), the batch is run again one by one. When COMMIT itself
//! fails nobody knows what is on the disk: all callers get `outcome_unknown`, and the process ends
//! rather than guess. After kill -9 or a power cut SQLite replays its log; no repair is needed.
//!
//! # Where the house differs from its first plan, and why
//!
//! - **What is due is handed on before the work, not after it.** Were an offer that ran out only
//!   ended before the job and passed on behind it, the job could book the unit in between, past
//!   everybody who waits. So the turn runs twice: before the work over what fell due, and after it
//!   over what it freed.
//! - **What is freed is left on the transaction as a word of the kernel** ([`kernel::Aftermath`]),
//!   because no slice may look to its right. It goes with the savepoint it was left in, so a refusal
//!   leaves nothing. Commands that write beside the server go through the same upkeep
//!   ([`app::write_as_system`]).
//! - **The timer is a part of `app`**, since it conducts a slice as the write path does, and what
//!   wakes it early is known there: a write that makes something due sooner than it expects.
//! - **Only who waits stands in `waitlist_queue`**, by resource and rank, as only what is in force
//!   stands in `unit_claims`. So serving reads one queue in its order, however long the history.
//! - **A late return stops counting after twelve months without anybody writing**, so an entry also
//!   remembers until when its score holds, and that instant is due like the end of an offer.
//! - **An accepted offer hands its claims over** to the booking and does not take them anew: nobody
//!   can come in between, and the buffer stays the one they were made with.
//! - **An offer of a unit that leaves service is withdrawn**, and the place kept: else it would hold
//!   until its end what nobody can be handed.
//! - **What is never fetched stays an item**: items that nobody came for while others of their booking are
//!   out are let go with `returned_at` alone, so that the triggers need no exception.
//! - **A return gives the buffer back too**: it keeps time free between two plans, and the desk has the
//!   thing in hand.
//! - **When a booking is due by itself is stored** (`bookings.due_at`), so that every write finds what
//!   is due in one step. What lateness endangers is found by looking at what is late: few things are.
//! - **Withdrawing a unit leaves word of it** ([`kernel::Aftermath`]) as freeing one does: the turn
//!   moves the bookings, since `inventory` sees none of them.
//! - **`desk` is a slice without tables**: its pages read what four others own.
//! - **`notification` is a slice** to the left of all that tell: what happened to somebody and is
//!   unread. It tells of events that stand in the trail, and leaves none of its own.
//! - **Every handler is listed in `http/router.rs` itself**, not in a `routes()` of each slice: one
//!   list instead of two, and the whole API on one screen.
//! - **PATCH of an active booking leaves the active state inside its transaction** and comes back
//!   to it. So the triggers that hold claims need no exception through which a mistake could slip.
//! - **Nothing of the database is kept in memory between transactions.** Session, role and policy
//!   are read when they are needed, from pages that SQLite has at hand anyway. So nothing has to be
//!   dropped when another process has written (`pret user revoke` beside `pret serve`), and what is
//!   taken away counts at once.
//! - **`app` is a folder**: who asks, the write path, and kept answers are three things to read.
//! - **`keys` stands on its own**: `http` and `identity` both need secrets, and neither may own the
//!   other's. **`passwords` too**: hashing wants threads, and the actions that need its result are
//!   plain functions that receive it.
//! - **A struct is read from an object only** (`http/objects.rs`): left alone, serde also takes an
//!   array of its fields, which the API document would not mention.
//! - **The document is also the rule for queries**: which parameters an operation takes and how long
//!   each may be is read from it, so the two can't drift apart.
//! - **The schema brings statistics along** (`V006__statistics.sql`): without them SQLite takes an
//!   organization for some ten rows, and lets go of a booking by reading every claim there is.
//! - **`health` is no slice**: it owns no table and speaks about the process.
//! - **`transfer` writes tables of slices**: what moves are rows as they stand, not decisions, and a
//!   function of each slice for that would be the same one many times.
//! - **`PRAGMA optimize` is not run**: statistics gathered from a real desk gave several statements of
//!   the write path a worse plan than the proportions that the schema ships.
//! - **Some more files look over the fence** than in the first plan: the doctor, a move and a backup
//!   are about the whole file.
//! - **A room may be a folder**, so that no file grows past 400 lines.

pub mod app;
pub mod audit;
pub mod backup;
pub mod booking;
pub mod bootstrap;
pub mod calendar;
pub mod cli;
pub mod config;
pub mod db;
pub mod desk;
pub mod doctor;
pub mod fines;
pub mod health;
pub mod http;
pub mod identity;
pub mod inventory;
pub mod kernel;
pub mod keys;
pub mod metrics;
pub mod notification;
pub mod passwords;
pub mod seed;
pub mod serve;
pub mod transfer;
pub mod verify;
pub mod waitlist;
