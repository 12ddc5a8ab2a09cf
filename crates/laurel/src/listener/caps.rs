//! How many connections this process can hold.

/// Files kept for the database, the log, mail and the certificates.
const RESERVED: u64 = 64;

/// The configured number of connections, or fewer where the process may not open that many files.
pub fn connections_allowed(configured: usize) -> usize {
    let allowed = within(configured, open_files_limit());
    if allowed < configured {
        tracing::warn!(
            configured,
            allowed,
            "the limit on open files allows fewer connections"
        );
    }
    allowed
}

fn within(configured: usize, open_files: Option<u64>) -> usize {
    let Some(limit) = open_files else {
        return configured;
    };
    let reserved = RESERVED.min(limit / 2);
    configured
        .min(usize::try_from(limit - reserved).unwrap_or(usize::MAX))
        .max(1)
}

#[cfg(unix)]
fn open_files_limit() -> Option<u64> {
    rustix::process::getrlimit(rustix::process::Resource::Nofile).current
}

#[cfg(not(unix))]
fn open_files_limit() -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::within;

    #[test]
    fn the_cap_leaves_files_for_the_rest_of_the_process() {
        assert_eq!(within(4096, None), 4096);
        assert_eq!(within(4096, Some(65_536)), 4096);
        assert_eq!(within(4096, Some(256)), 192);
        assert_eq!(within(4096, Some(40)), 20);
        assert_eq!(within(4096, Some(1)), 1);
    }
}
