//! A verifier that is somebody else's.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::Semaphore;
use tokio::task::block_in_place;

use crate::{Refusal, Unverified, Verdict, Verifier};

/// How many requests one verifier may hold up: so many threads, and no more.
const HELD_UP: usize = 64;

/// A verifier that may panic or hang. A request that it does not judge is refused with [`Refusal::Failed`], unless
/// another verifier believes it. One that hangs keeps the requests that it has; the next ones it is not asked about.
///
/// ```
/// use std::sync::Arc;
///
/// use laurel_ingest::{Contained, SourceSettings, TokenVerifier};
/// use laurel_store::Source;
///
/// let theirs = Contained::new(Arc::new(TokenVerifier::new(["wh_current"])));
/// let source = SourceSettings::new(Source::new("partner")?, vec![Arc::new(theirs)]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Contained {
    verifier: Arc<dyn Verifier>,
    room: Semaphore,
}

impl Contained {
    /// Keeps a verifier from doing harm.
    pub fn new(verifier: Arc<dyn Verifier>) -> Self {
        Self {
            verifier,
            room: Semaphore::new(HELD_UP),
        }
    }

    /// Asks it, while others have this thread's work to do.
    fn ask<T>(&self, question: impl FnOnce() -> Result<T, Refusal>) -> Result<T, Refusal> {
        let Ok(_room) = self.room.try_acquire() else {
            tracing::error!(verifier = self.verifier.kind(), "a verifier hangs");
            return Err(Refusal::Failed);
        };
        let question = || catch_unwind(AssertUnwindSafe(question));
        let answer = if moves_work() {
            block_in_place(question)
        } else {
            question()
        };
        answer.unwrap_or_else(|_| {
            tracing::error!(verifier = self.verifier.kind(), "a verifier panicked");
            Err(Refusal::Failed)
        })
    }
}

/// Whether this thread's work can be done by another.
fn moves_work() -> bool {
    Handle::try_current()
        .is_ok_and(|runtime| runtime.runtime_flavor() == RuntimeFlavor::MultiThread)
}

impl Verifier for Contained {
    fn kind(&self) -> &'static str {
        self.verifier.kind()
    }

    fn verify<'a>(&'a self, request: &Unverified<'a>) -> Result<Verdict<'a>, Refusal> {
        Ok(match self.ask(|| self.verifier.verify(request))? {
            Verdict::Open(check) => Verdict::by_body(move |body| self.ask(|| check(body))),
            proven @ Verdict::Proven(_) => proven,
        })
    }
}

impl std::fmt::Debug for Contained {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Contained")
            .field("kind", &self.verifier.kind())
            .finish_non_exhaustive()
    }
}
