//! The bodies of events. One may have a mebibyte and a query may ask for thousands, so a request loads only so many bytes of
//! them, and knows their sizes before it does.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_graphql::Context;
use async_graphql::dataloader::Loader;
use laurel_store::{Body, EventBody};
use tokio::sync::{RwLock, RwLockReadGuard};

use super::{Batch, Reads};
use crate::asking::Failed;
use crate::error::{Code, Refusal};

/// As many bytes of bodies are loaded for one request.
const MOST: usize = 4 * 1024 * 1024;
/// Bodies up to this size are read along with the rows that need them; hardly any is larger.
const SMALL: usize = 16 * 1024;

/// What a request may still load.
pub(super) struct Budget {
    left: AtomicUsize,
    /// Held by all who have set something aside, and alone by who decides what is too much: nothing is then still to
    /// be given back.
    settled: RwLock<()>,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            left: AtomicUsize::new(MOST),
            settled: RwLock::default(),
        }
    }
}

impl Budget {
    /// Takes so many bytes, if there are as many; one body, however large, where nothing was taken yet.
    fn take(&self, bytes: usize) -> bool {
        let rest = |left: usize| {
            let whole = (left == MOST).then_some(0);
            left.checked_sub(bytes).or(whole)
        };
        self.update(rest)
    }

    /// Sets aside what so many small bodies may come to; nothing where there is not as much.
    fn set_aside(&self, bodies: usize) -> usize {
        let bytes = bodies.saturating_mul(SMALL);
        let taken = self.update(|left| left.checked_sub(bytes));
        if taken { bytes } else { 0 }
    }

    fn give_back(&self, bytes: usize) {
        self.left.fetch_add(bytes, Ordering::Relaxed);
    }

    fn update(&self, rest: impl FnMut(usize) -> Option<usize>) -> bool {
        let order = Ordering::Relaxed;
        self.left.fetch_update(order, order, rest).is_ok()
    }
}

/// What is set aside for the small bodies of one page, until it is known how large they are.
pub(crate) struct Share<'a> {
    budget: &'a Budget,
    bytes: usize,
    _unsettled: RwLockReadGuard<'a, ()>,
}

impl<'a> Share<'a> {
    /// For so many bodies.
    pub(crate) async fn of(context: &Context<'a>, bodies: u64) -> Self {
        let budget = &context.data_unchecked::<Reads>().loader().1;
        let unsettled = budget.settled.read().await;
        Self {
            budget,
            bytes: budget.set_aside(usize::try_from(bodies).unwrap_or(usize::MAX)),
            _unsettled: unsettled,
        }
    }

    /// The largest body that may be read along.
    pub(crate) fn most(&self) -> usize {
        if self.bytes == 0 { 0 } else { SMALL }
    }

    /// What was read along is spent; the rest is given back.
    pub(crate) fn spend<'b>(mut self, read: impl Iterator<Item = &'b Body>) {
        for body in read {
            self.bytes = self.bytes.saturating_sub(size(body));
        }
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        self.budget.give_back(self.bytes);
    }
}

/// How many bytes of a body were read.
fn size(body: &Body) -> usize {
    match body {
        Body::Read(body) => body.bytes().len(),
        Body::Larger(_) => 0,
    }
}

/// A body was not loaded: it would have been more than one request may load.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TooMuch;

impl From<TooMuch> for Refusal {
    fn from(_: TooMuch) -> Self {
        let mebibytes = MOST / (1024 * 1024);
        let message = format!(
            "The events behind this come to more than the {mebibytes} MiB that one request may load: ask for fewer at a time."
        );
        Refusal::new(Code::TooComplex, message)
    }
}

impl From<TooMuch> for async_graphql::Error {
    fn from(too_much: TooMuch) -> Self {
        Refusal::from(too_much).into()
    }
}

/// The place in the log of an event whose body is wanted.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct BodyOf(pub(crate) i64);

impl Loader<BodyOf> for Batch {
    type Value = Result<Arc<EventBody>, TooMuch>;
    type Error = Failed;

    /// The small ones in one statement, and what there is room for of the larger ones, the newest first, in another.
    async fn load(&self, keys: &[BodyOf]) -> Result<HashMap<BodyOf, Self::Value>, Failed> {
        let Self(asking, budget) = self;
        let _settled = budget.settled.write().await;
        let seqs: Vec<i64> = keys.iter().map(|key| key.0).collect();
        let aside = budget.set_aside(seqs.len());
        let most = if aside == 0 { 0 } else { SMALL };
        let found = asking.read(asking.scope.bodies(&seqs, most).await);
        budget.give_back(aside);
        let mut bodies = HashMap::new();
        let mut larger = Vec::new();
        for (seq, body) in found? {
            match body {
                Body::Read(body) => {
                    budget.take(body.bytes().len());
                    bodies.insert(BodyOf(seq), Ok(Arc::new(body)));
                }
                Body::Larger(size) => larger.push((seq, size)),
            }
        }
        larger.sort_unstable_by_key(|&(seq, _)| std::cmp::Reverse(seq));
        let mut wanted = Vec::new();
        for (seq, size) in larger {
            bodies.insert(BodyOf(seq), Err(TooMuch));
            if budget.take(size) {
                wanted.push(seq);
            }
        }
        for (seq, body) in asking.read(asking.scope.bodies(&wanted, usize::MAX).await)? {
            if let Body::Read(body) = body {
                bodies.insert(BodyOf(seq), Ok(Arc::new(body)));
            }
        }
        Ok(bodies)
    }
}
