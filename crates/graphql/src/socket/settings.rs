//! What bounds WebSocket connections.

use std::time::Duration;

/// How many WebSocket connections there may be, what each may do, and how long each may be silent.
#[derive(Clone, Debug)]
pub struct Sockets {
    /// Open at a time, in all.
    pub all: usize,
    /// Open at a time with the same credentials.
    pub per_token: usize,
    /// Subscriptions under way on one.
    pub subscriptions: usize,
    /// The longest message that is taken, in bytes, and the longest frame.
    pub max_message: usize,
    /// How long a client may take to say who it is.
    pub init_deadline: Duration,
    /// After so long a silence a client is asked whether it is there.
    pub ping_after: Duration,
    /// How long it may take to answer that.
    pub pong_deadline: Duration,
    /// How long a client may take to read a message.
    pub read_deadline: Duration,
    /// How often credentials are looked at again: they may have ended.
    pub recheck_every: Duration,
}

impl Default for Sockets {
    fn default() -> Self {
        Self {
            all: 2_048,
            per_token: 256,
            subscriptions: 20,
            max_message: 64 * 1024,
            init_deadline: Duration::from_secs(5),
            ping_after: Duration::from_secs(20),
            pong_deadline: Duration::from_secs(10),
            read_deadline: Duration::from_secs(10),
            recheck_every: Duration::from_secs(30),
        }
    }
}
