//! Slow clients, idle connections and floods of sign-ins, while ordinary people go on working: what
//! they wait for stays within twice the usual, measured in turns in the same run, and the memory
//! of the server stays bounded.

mod attack;
mod people;

use std::collections::HashMap;
use std::net::TcpStream;
use std::time::Duration;

use serde_json::json;

use crate::desk::Desk;
use crate::support::Server;
use attack::Attack;
use people::work;

/// Turns of each attack, with a turn of peace before each.
const TURNS: usize = 6;
/// How long each lasts.
const TURN: Duration = Duration::from_millis(1_500);
/// So many times the usual.
const BOUND: f64 = 2.0;
/// Below this a difference is the noise of a machine with few cores, not something people feel.
const NOISE: Duration = Duration::from_millis(10);
/// What an attack may add to the memory of the server: beyond it the limits do not hold.
const MEMORY: u64 = 192 * 1024 * 1024;

/// The resident memory of the server, in bytes.
fn memory(server: &Server) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap() * 1024
}

fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    times[(times.len() * percent / 100).min(times.len() - 1)]
}

/// Measures in turns: peace, attack, peace, attack.
fn besiege(desk: &Desk, name: &str, attack: &dyn Fn(&Desk) -> Attack) {
    work(desk, TURN);
    let before = memory(&desk.server);
    let (mut quiet, mut loud, mut highest) = (Vec::new(), Vec::new(), before);
    let mut heard: HashMap<String, usize> = HashMap::new();
    for _ in 0..TURNS {
        quiet.extend(work(desk, TURN));
        let running = attack(desk);
        loud.extend(work(desk, TURN));
        highest = highest.max(memory(&desk.server));
        for (what, times) in running.end() {
            *heard.entry(what).or_default() += times;
        }
    }
    work(desk, TURN);
    let after = memory(&desk.server);
    let (calls, calls_loud) = (quiet.len(), loud.len());
    let medians = (percentile(&mut quiet, 50), percentile(&mut loud, 50));
    let (usual, now) = (percentile(&mut quiet, 99), percentile(&mut loud, 99));
    let mib = |bytes: u64| bytes / (1024 * 1024);
    println!(
        "{name}: p99 {usual:.1?} in peace, {now:.1?} under it ({:.2} times; medians {:.1?}, {:.1?}; \
         {calls} and {calls_loud} calls); memory {} MiB before, {} at most, {} after; heard: {heard:?}",
        now.as_secs_f64() / usual.as_secs_f64(),
        medians.0,
        medians.1,
        mib(before),
        mib(highest),
        mib(after),
    );
    assert!(now <= NOISE.max(usual.mul_f64(BOUND)), "{name}: people wait too long");
    assert!(highest - before.min(highest) < MEMORY, "{name}: the memory grows");
}

/// No limit by address, since all of this comes from one: each attacker counts as many.
const FROM_EVERYWHERE: [(&str, &str); 2] =
    [("PRET_LIMITS__CONNECTIONS_PER_ADDRESS", "4096"), ("PRET_LIMITS__CONNECTIONS", "1500")];

#[test]
fn people_can_work_under_siege() {
    attack::allow_many_files();
    let desk = Desk::open(&FROM_EVERYWHERE);
    besiege(&desk, "2,000 idle connections for 1,500 seats", &|desk| attack::idle(desk, 2_000));
    besiege(&desk, "300 heads byte by byte", &|desk| attack::slow_heads(desk, 300));
    besiege(&desk, "300 bodies that never end", &|desk| attack::endless_bodies(desk, 300));
    besiege(&desk, "sign-ins by 24 at once", &|desk| attack::sign_ins(desk, 24));
    desk.verify();
}

#[test]
fn with_the_usual_settings_one_address_gets_nowhere() {
    attack::allow_many_files();
    let desk = Desk::open(&[("PRET_LIMITS__ENABLED", "true")]);
    let idle: Vec<TcpStream> =
        (0..2_000).map(|_| TcpStream::connect(desk.address()).unwrap()).collect();
    let flood = attack::sign_ins(&desk, 8);
    let mut line = desk.line();
    // Its own place in the queue of nobody: reading needs no password.
    for _ in 0..200 {
        let answer = line.call("GET", "/resources", "", &json!(null)).unwrap();
        assert!([200, 429].contains(&answer.status), "{answer:?}");
    }
    let heard = flood.end();
    let figures = desk.server.get("/metrics");
    let figures = String::from_utf8_lossy(figures.bytes()).into_owned();
    let open = figures.lines().find(|line| line.starts_with("pret_connections_open "));
    println!("{} idle connections of one address: {open:?}; the flood heard {heard:?}", idle.len());
    let open: usize = open.unwrap().rsplit(' ').next().unwrap().parse().unwrap();
    assert!(open <= 1_024, "one address has {open} connections");
}
