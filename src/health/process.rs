//! What Linux says of this process. Elsewhere the figures are left out.

use std::fs;

use rustix::process::{Resource, getrlimit};

use crate::kernel::Timestamp;
use crate::metrics::OfProcess;

/// As of now.
pub(super) fn look(started_at: Timestamp) -> OfProcess {
    let descriptors = fs::read_dir("/proc/self/fd").ok().map(Iterator::count);
    OfProcess {
        started_at,
        resident: fs::read_to_string("/proc/self/status").ok().and_then(|text| resident(&text)),
        descriptors: descriptors.and_then(|count| u64::try_from(count).ok()),
        descriptor_limit: getrlimit(Resource::Nofile).current,
    }
}

/// `VmRSS:     1234 kB`, in bytes.
fn resident(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kib.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::resident;

    #[test]
    fn resident_memory_is_read_in_bytes() {
        assert_eq!(resident("Name:\tpret\nVmRSS:\t    2048 kB\nThreads:\t9\n"), Some(2_097_152));
        assert_eq!(resident("Name:\tpret\n"), None);
    }
}
