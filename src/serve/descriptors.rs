//! How many connections the machine lets this process have.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Kept for the database, its readers and whatever else is opened.
const RESERVED: u64 = 300;

/// Raises the limit of descriptors as far as this process may, and answers how many of the wanted
/// connections that leaves.
pub(super) fn room_for(wanted: u32) -> u32 {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: maximum, maximum };
    let limit = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => maximum,
        Err(error) => {
            tracing::warn!(%error, "the limit of open files could not be raised");
            current
        }
    };
    let room = limit.map_or(wanted, |limit| within(limit, wanted));
    if room < wanted {
        tracing::warn!(
            connections = room,
            wanted,
            "fewer connections than the settings say, since this machine lets the server open no \
             more files; raise `ulimit -n`"
        );
    }
    room
}

/// Half of a very small limit; of a usual one all but what is reserved.
fn within(limit: u64, wanted: u32) -> u32 {
    let room = limit.saturating_sub(RESERVED).max(limit / 2).max(1);
    u32::try_from(room).unwrap_or(u32::MAX).min(wanted)
}

#[cfg(test)]
mod tests {
    use super::within;

    #[test]
    fn connections_leave_descriptors_for_the_database() {
        for (limit, wanted, room) in
            [(20_000, 4_096, 4_096), (1_024, 4_096, 724), (256, 4_096, 128), (1, 8, 1)]
        {
            assert_eq!(within(limit, wanted), room);
        }
    }
}
