//! Sees to it that a newer certificate is used without a restart.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use laurel_payloads::Timestamp;
use laurel_store::{Clock, SystemClock};
use metrics::gauge;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::Tls;
use super::pair::{Contents, Files, Pair, Unusable};

/// How often the files are looked at.
const EVERY: Duration = Duration::from_secs(10);
/// A certificate that ends sooner should have been renewed: most are renewed a month before.
const SOON: Duration = Duration::from_hours(14 * 24);
/// How often that is said.
const REMINDER: Duration = Duration::from_hours(24);

/// Looks at the files of a [`Tls`], and replaces its pair when they hold another one that can be used.
pub struct Keeper {
    tls: Tls,
    files: Files,
    /// What the files held when they were last looked at, usable or not: a fault is told once.
    seen: Option<Contents>,
    expires: Timestamp,
    reminded: Option<Instant>,
}

impl std::fmt::Debug for Keeper {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Keeper")
            .field("files", &self.files)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

impl Keeper {
    pub(super) fn new(tls: Tls, files: Files, seen: Contents, expires: Timestamp) -> Self {
        Self {
            tls,
            files,
            seen: Some(seen),
            expires,
            reminded: None,
        }
    }

    /// Looks every few seconds, and at once when the process is sent SIGHUP, until `shutdown`. From this call on SIGHUP
    /// no longer ends the process.
    pub fn keep(self, shutdown: CancellationToken) -> impl Future<Output = ()> + Send + 'static {
        let hangups = Hangups::new().inspect_err(
            |error| tracing::warn!(%error, "SIGHUP is not listened to; the certificate's files are"),
        );
        self.keep_until(shutdown, hangups)
    }

    async fn keep_until(mut self, shutdown: CancellationToken, mut hangups: io::Result<Hangups>) {
        self.report();
        self.remind();
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(EVERY) => {}
                () = next(&mut hangups) => {}
            }
            // Reading files may take its time; the connections are not to wait for it.
            let looked = tokio::task::spawn_blocking(move || {
                self.look();
                self
            });
            match looked.await {
                Ok(keeper) => self = keeper,
                Err(error) => {
                    tracing::error!(%error, "the certificate is no longer looked after");
                    return;
                }
            }
        }
    }

    /// Looks once. A pair that cannot be used changes nothing, but for the log and `laurel_tls_reload_failing`.
    pub fn look(&mut self) {
        match Contents::read(&self.files) {
            Ok(contents) if self.seen.as_ref() == Some(&contents) => {}
            Ok(contents) => {
                let pair = contents.pair(&self.files);
                self.seen = Some(contents);
                self.turn_to(pair);
            }
            // Told once, and again when the files have been there meanwhile.
            Err(error) if self.seen.take().is_some() => self.turn_to(Err(error)),
            Err(_) => {}
        }
        self.remind();
    }

    fn turn_to(&mut self, pair: Result<Pair, Unusable>) {
        match pair {
            Ok(pair) => {
                self.tls.replace(Arc::clone(&pair.config));
                self.expires = pair.expires;
                self.reminded = None;
                self.report();
                tracing::info!(expires = %self.expires, "a new certificate is in use");
            }
            Err(error) => {
                gauge!("laurel_tls_reload_failing").set(1.0);
                tracing::error!(%error, expires = %self.expires, "the new certificate cannot be used; the old one still is");
            }
        }
    }

    fn report(&self) {
        #[expect(
            clippy::cast_precision_loss,
            reason = "seconds since 1970 are far below 2^53"
        )]
        let seconds = self.expires.micros().div_euclid(1_000_000) as f64;
        gauge!("laurel_tls_certificate_expires_seconds").set(seconds);
        gauge!("laurel_tls_reload_failing").set(0.0);
    }

    fn remind(&mut self) {
        let now = Instant::now();
        let lately = |reminded: Instant| now.duration_since(reminded) < REMINDER;
        let ends_soon = self.expires < SystemClock.now().saturating_add(SOON);
        if ends_soon && !self.reminded.is_some_and(lately) {
            self.reminded = Some(now);
            tracing::warn!(expires = %self.expires, "the certificate ends soon, or has ended: renew it");
        }
    }
}

async fn next(hangups: &mut io::Result<Hangups>) {
    match hangups {
        Ok(hangups) => hangups.next().await,
        Err(_) => std::future::pending().await,
    }
}

#[cfg(unix)]
struct Hangups(tokio::signal::unix::Signal);

#[cfg(unix)]
impl Hangups {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        signal(SignalKind::hangup()).map(Self)
    }

    async fn next(&mut self) {
        self.0.recv().await;
    }
}

#[cfg(not(unix))]
struct Hangups;

#[cfg(not(unix))]
impl Hangups {
    fn new() -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        std::future::pending().await
    }
}
