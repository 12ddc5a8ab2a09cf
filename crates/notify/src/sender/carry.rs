//! One group of messages from its claim to its end: decide, write, deliver, record.

use std::pin::pin;
use std::time::Duration;

use laurel_payloads::Timestamp;
use laurel_store::{
    AttemptRecord, Class, OutboxGroup, OutboxLease, OutboxOutcome, OutboxRecord, Settlement,
    SuppressionReason,
};
use lettre::Address;
use tokio::time::Instant;
use uuid::Uuid;

use super::claims::Held;
use super::net::net_change;
use super::retry::next_try;
use super::verdict::{Skipped, Verdict, verdict};
use super::{Inner, Place, SendError, tally};
use crate::mail::Message;
use crate::{Delivery, Failure, Hold};

/// When to look again for an address that has gone since the claim.
const LOOK_AGAIN: Duration = Duration::from_mins(1);

impl Inner {
    /// Carries a group to its end, in a worker's place.
    pub(super) async fn carry(
        &self,
        mut claimed: Held,
        place: &mut Place,
    ) -> Result<(), SendError> {
        let Some(net) = net_change(&claimed.group.messages) else {
            let OutboxGroup { messages, lease } = &claimed.group;
            return self.skip(messages, lease, Skipped::NoNetChange).await;
        };
        let recipient = self.recipient(&mut claimed).await?;
        let Held { group, until, .. } = claimed;
        let OutboxGroup { messages, lease } = group;
        let head = &messages[0];
        let now = self.store.clock().now();
        match verdict(
            &self.settings,
            net.direction,
            head.received_at,
            recipient.as_ref(),
            now,
        ) {
            Verdict::Skip(skipped) => self.skip(&messages, &lease, skipped).await,
            Verdict::Wait => {
                self.release(head, &lease, now.saturating_add(LOOK_AGAIN), None)
                    .await
            }
            Verdict::Write(address) => {
                if let Err(wait) = self.rates.take(&head.source) {
                    return self
                        .release(head, &lease, now.saturating_add(wait), None)
                        .await;
                }
                let recipient = recipient.unwrap_or_default();
                let began = Instant::now();
                let message = self
                    .write(&messages, &net, &recipient, address, now)
                    .await?;
                self.courtesy.wrote(began.elapsed());
                self.send(&messages, &message, lease, until, now, place)
                    .await
            }
        }
    }

    /// Has the channel carry `message`, and records what came of it.
    async fn send(
        &self,
        messages: &[OutboxRecord],
        message: &Message,
        mut lease: OutboxLease,
        held_until: Instant,
        now: Timestamp,
        place: &mut Place,
    ) -> Result<(), SendError> {
        let outcome = self.deliver(message, &mut lease, held_until).await;
        // The next message need not wait for the database. The semaphore is never closed.
        let _recording = self.recording.acquire().await.ok();
        *place = None;
        match outcome {
            Ok(delivery) => self.sent(messages, lease, &delivery, now).await,
            Err(Failure::Paused(refusal)) => {
                self.pause.begin(self.settings.pause);
                tally::count(self.channel.name(), "paused", 1);
                tracing::error!(error = %refusal, "the relay can be used by no message: sending pauses");
                let failure = Failure::Paused(refusal);
                self.release(
                    &messages[0],
                    &lease,
                    now,
                    Some(&attempt(now, "paused", &failure)),
                )
                .await
            }
            Err(Failure::Late(refusal)) => {
                tracing::warn!(error = %refusal, "a message goes back untried");
                let due_at = now.saturating_add(self.settings.poll);
                self.release(&messages[0], &lease, due_at, None).await
            }
            Err(failure) => {
                if failure.names_no_mailbox() {
                    self.suppress(&messages[0], &message.recipient).await?;
                }
                self.failed(messages, &lease, &failure, now).await
            }
        }
    }

    /// Nobody writes again to an address that does not exist: relays judge a sender by how often that happens.
    async fn suppress(&self, head: &OutboxRecord, address: &Address) -> Result<(), SendError> {
        let scope = self.store.scope(&head.source);
        let customer = std::slice::from_ref(&head.customer_id);
        // Of a customer who was erased meanwhile nothing is kept, not even that.
        if !scope.erased(customer).await?.is_empty() {
            return Ok(());
        }
        scope
            .suppress(address.as_ref(), SuppressionReason::Bounce)
            .await?;
        tracing::warn!(
            source = %head.source, customer.id = %head.customer_id, "the address does not exist and is suppressed"
        );
        Ok(())
    }

    /// Delivers under a heartbeat: the lease lasts for as long as the channel takes.
    async fn deliver(
        &self,
        message: &Message,
        lease: &mut OutboxLease,
        held_until: Instant,
    ) -> Result<Delivery, Failure> {
        let hold = Hold::until(held_until);
        let mut delivery = pin!(self.hand_over(message, &hold));
        loop {
            tokio::select! {
                outcome = &mut delivery => return outcome,
                () = tokio::time::sleep(self.settings.lease / 3) => self.keep(lease, &hold).await,
            }
        }
    }

    /// Extends the lease. Where it is lost the delivery goes on (it may be past its final dot), but
    /// cannot begin.
    async fn keep(&self, lease: &mut OutboxLease, hold: &Hold) {
        let asked_at = Instant::now();
        match self.store.extend_outbox(lease, self.settings.lease).await {
            Ok(true) => hold.set(asked_at + self.settings.lease),
            Ok(false) => hold.set(asked_at),
            Err(error) => tracing::warn!(%error, "a lease could not be extended"),
        }
    }

    async fn sent(
        &self,
        messages: &[OutboxRecord],
        lease: OutboxLease,
        delivery: &Delivery,
        now: Timestamp,
    ) -> Result<(), SendError> {
        let head = &messages[0];
        let attempt = AttemptRecord {
            attempted_at: now,
            outcome: "sent".to_owned(),
            relay: Some(delivery.relay.clone()),
            code: delivery.code.map(i64::from),
            reply: Some(delivery.text.clone()),
        };
        if self.record_sent(messages, lease, &attempt).await? {
            tracing::info!(
                channel = self.channel.name(), message.id = %head.id, event.id = %head.event_id, source = %head.source,
                customer.id = %head.customer_id, attempt = head.attempts, relay = delivery.relay,
                merged = messages.len() - 1, "mail sent"
            );
            self.count_end("sent", messages);
        }
        Ok(())
    }

    /// Records that a message went out, and insists while the database is away or full: a message that is not known to
    /// be sent is sent again. It is held meanwhile, as far as the database takes that.
    async fn record_sent(
        &self,
        messages: &[OutboxRecord],
        mut lease: OutboxLease,
        attempt: &AttemptRecord,
    ) -> Result<bool, SendError> {
        loop {
            let recorded = self
                .record(messages, &lease, OutboxOutcome::Sent, Some(attempt))
                .await;
            match recorded {
                Err(SendError::Store(error)) if error.class() == Class::Unavailable => {
                    tracing::error!(message.id = %messages[0].id, %error, "sent, which could not be recorded yet");
                    tokio::time::sleep(self.settings.poll).await;
                    self.store
                        .extend_outbox(&mut lease, self.settings.lease)
                        .await
                        .ok();
                }
                recorded => return recorded,
            }
        }
    }

    async fn failed(
        &self,
        messages: &[OutboxRecord],
        lease: &OutboxLease,
        failure: &Failure,
        began_at: Timestamp,
    ) -> Result<(), SendError> {
        let head = &messages[0];
        let first = head.first_attempted_at.unwrap_or(began_at);
        let now = self.store.clock().now();
        let next = match failure {
            Failure::Permanent(_) => None,
            Failure::Transient(_) | Failure::Paused(_) | Failure::Late(_) => {
                next_try(head.attempts, first, now)
            }
        };
        let Some(due_at) = next else {
            let attempt = attempt(began_at, "dead", failure);
            let dead = OutboxOutcome::Dead {
                reason: failure.to_string(),
            };
            if self.record(messages, lease, dead, Some(&attempt)).await? {
                tracing::error!(
                    channel = self.channel.name(), message.id = %head.id, event.id = %head.event_id, source = %head.source,
                    customer.id = %head.customer_id, attempt = head.attempts, error = %failure, "mail given up"
                );
                self.count_end("dead", messages);
            }
            return Ok(());
        };
        let retry = OutboxOutcome::Retry {
            due_at,
            error: failure.to_string(),
        };
        let tried = attempt(began_at, "retry", failure);
        if self
            .settle(lease, vec![(head.id, retry)], Some(&tried))
            .await?
        {
            tracing::warn!(
                channel = self.channel.name(), message.id = %head.id, event.id = %head.event_id, source = %head.source,
                customer.id = %head.customer_id, attempt = head.attempts, due_at = %due_at, error = %failure,
                "mail put off"
            );
            tally::count(self.channel.name(), "retried", 1);
        }
        Ok(())
    }

    async fn skip(
        &self,
        messages: &[OutboxRecord],
        lease: &OutboxLease,
        skipped: Skipped,
    ) -> Result<(), SendError> {
        let reason = skipped.as_str().to_owned();
        if self
            .record(messages, lease, OutboxOutcome::Skipped { reason }, None)
            .await?
        {
            let head = &messages[0];
            tracing::info!(
                channel = self.channel.name(), message.id = %head.id, event.id = %head.event_id, source = %head.source,
                customer.id = %head.customer_id, reason = skipped.as_str(), "mail skipped"
            );
            self.count_end("skipped", messages);
        }
        Ok(())
    }

    /// Gives a message back as if it had not been tried.
    async fn release(
        &self,
        head: &OutboxRecord,
        lease: &OutboxLease,
        due_at: Timestamp,
        attempt: Option<&AttemptRecord>,
    ) -> Result<(), SendError> {
        let released = OutboxOutcome::Released { due_at };
        self.settle(lease, vec![(head.id, released)], attempt)
            .await?;
        Ok(())
    }

    /// Records the end of a group: the head's, and that the others are merged into it. Answers false
    /// where another worker has taken over.
    async fn record(
        &self,
        messages: &[OutboxRecord],
        lease: &OutboxLease,
        end: OutboxOutcome,
        attempt: Option<&AttemptRecord>,
    ) -> Result<bool, SendError> {
        let head = messages[0].id;
        let merged = messages[1..]
            .iter()
            .map(|message| (message.id, OutboxOutcome::Merged { into: head }));
        let outcomes: Vec<_> = std::iter::once((head, end)).chain(merged).collect();
        let recorded = self.settle(lease, outcomes, attempt).await?;
        if !recorded {
            tracing::warn!(message.id = %head, "another worker has taken over: its outcome counts");
        }
        Ok(recorded)
    }

    async fn settle(
        &self,
        lease: &OutboxLease,
        outcomes: Vec<(Uuid, OutboxOutcome)>,
        attempt: Option<&AttemptRecord>,
    ) -> Result<bool, SendError> {
        let settlement = Settlement {
            lease: lease.clone(),
            outcomes,
            attempt: attempt.cloned(),
        };
        Ok(self.settling.settle(&self.store, settlement).await?)
    }

    fn count_end(&self, outcome: &'static str, messages: &[OutboxRecord]) {
        tally::count(self.channel.name(), outcome, 1);
        tally::count(self.channel.name(), "merged", messages.len() - 1);
    }
}

fn attempt(began_at: Timestamp, outcome: &str, failure: &Failure) -> AttemptRecord {
    let refusal = failure.refusal();
    AttemptRecord {
        attempted_at: began_at,
        outcome: outcome.to_owned(),
        relay: Some(refusal.relay.clone()),
        code: refusal.code.map(i64::from),
        reply: Some(format!("{}: {}", refusal.step, refusal.text)),
    }
}
