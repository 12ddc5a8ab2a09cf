//! The subscriptions of one connection, each by the id that the client gave it.

use std::future::poll_fn;
use std::task::Poll;

use async_graphql::ObjectType;
use futures_util::stream::{BoxStream, StreamExt, unfold};
use metrics::gauge;

use crate::live::{Follower, Told};

/// What is followed, a few at a time: they are looked at one after the other.
#[derive(Default)]
pub(super) struct Subscriptions(Vec<Running>);

struct Running {
    id: String,
    updates: BoxStream<'static, Told>,
}

impl Subscriptions {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn has(&self, id: &str) -> bool {
        self.0.iter().any(|running| running.id == id)
    }

    /// Follows under an id that is not taken.
    pub(super) fn begin<Q: ObjectType + 'static>(&mut self, id: String, follower: Follower<Q>) {
        gauge!("laurel_graphql_subscriptions").increment(1.0);
        let updates = unfold(follower, |mut follower| async {
            let told = follower.next().await?;
            Some((told, follower))
        });
        self.0.push(Running {
            id,
            updates: updates.boxed(),
        });
    }

    /// Follows no longer. What was not followed is none of ours: the end and the client's word for it may cross.
    pub(super) fn end(&mut self, id: &str) {
        self.0.retain(|running| running.id != id);
    }

    /// What is told next, and under which id; none where that was the last.
    pub(super) async fn next(&mut self) -> (String, Option<Told>) {
        poll_fn(|context| {
            for place in 0..self.0.len() {
                if let Poll::Ready(told) = self.0[place].updates.poll_next_unpin(context) {
                    let id = self.0[place].id.clone();
                    // The others come first the next time.
                    self.0.rotate_left(place + 1);
                    return Poll::Ready((id, told));
                }
            }
            Poll::Pending
        })
        .await
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        gauge!("laurel_graphql_subscriptions").decrement(1.0);
    }
}
