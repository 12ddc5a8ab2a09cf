//! What a group of messages is about, for the mail that is written.

use std::collections::HashMap;

use laurel_payloads::{CustomerId, RewardId, Timestamp};
use laurel_store::{OutboxRecord, Recipient, Source};
use lettre::Address;

use super::net::NetChange;
use super::{Inner, SendError};
use crate::mail::{Balance, Draft, Message, TierMail};

impl Inner {
    /// Writes the mail about the net change of a group.
    pub(super) async fn write(
        &self,
        messages: &[OutboxRecord],
        net: &NetChange,
        recipient: &Recipient,
        to: Address,
        now: Timestamp,
    ) -> Result<Message, SendError> {
        let (head, last) = (&messages[0], &messages[messages.len() - 1]);
        let name = recipient.name.as_deref();
        let (from, into) = (net.from.name.as_deref(), net.to.name.as_deref());
        let mut mail = TierMail::new(net.direction, name, from, into)
            .triggered_by(trigger(messages))
            .changed_at(last.received_at)
            .outcome_of(messages.len());
        if self.composer.brand(&head.source).balance
            && let Some(balance) = self.balance(&head.source, &head.customer_id).await?
        {
            mail = mail.balance(balance);
        }
        let profile = recipient.profile.as_deref();
        let mut draft = Draft {
            locale: profile.and_then(|profile| self.composer.locale(&head.source, profile)),
            ..Draft::new(head.id, &head.source, &mail, to, now)
        };
        if let Some(linker) = &self.settings.linker {
            draft.links = linker.links(head.id);
            draft.return_id = Some(linker.return_id(head.id));
        }
        Ok(self.composer.compose(&draft)?)
    }

    /// What the customer's wallet holds, where one has come.
    async fn balance(
        &self,
        source: &Source,
        customer: &CustomerId,
    ) -> Result<Option<Balance>, SendError> {
        let scope = self.store.scope(source);
        let Some(customer) = scope.customer(customer).await? else {
            return Ok(None);
        };
        let Some((_, as_of)) = customer.wallet else {
            return Ok(None);
        };
        let held = scope.balances(&[customer.customer_id]).await?;
        let ids: Vec<RewardId> = held.iter().map(|line| line.reward_id.clone()).collect();
        let rewards = scope.rewards_by_id(&ids).await?.into_iter();
        let mut names: HashMap<RewardId, String> = rewards
            .filter_map(|reward| Some((reward.reward_id, reward.name?)))
            .collect();
        let line =
            |line: laurel_store::BalanceRecord| Some((names.remove(&line.reward_id)?, line.total));
        let rewards = held.into_iter().filter_map(line).collect();
        Ok(Some(Balance { as_of, rewards }))
    }
}

/// What led to all of the changes; none where they had different reasons.
fn trigger(messages: &[OutboxRecord]) -> Option<&str> {
    let first = messages[0].triggered_by.as_deref();
    let same = messages
        .iter()
        .all(|message| message.triggered_by.as_deref() == first);
    first.filter(|_| same)
}
