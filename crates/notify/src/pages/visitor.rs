//! Whoever opened a link: the customer that its message was for, and what they may say.

use laurel_payloads::EventKind;
use laurel_store::{Addressee, Preferences, Source, Store};
use uuid::Uuid;

/// The customer behind a link. Of one who was erased nothing is kept, and their pages look like everybody's.
#[derive(Debug)]
pub(super) enum Visitor {
    /// One that there is.
    Customer(Addressee),
    /// Nobody: the link of a mail that was written to be looked at. Its pages look the same and change nothing.
    Nobody,
}

impl Visitor {
    pub(super) async fn of(store: &Store, message: Uuid) -> laurel_store::Result<Option<Self>> {
        if message.is_nil() {
            return Ok(Some(Self::Nobody));
        }
        Ok(store.addressee(message).await?.map(Self::Customer))
    }

    /// Whose customer it is.
    pub(super) fn source(&self) -> Option<&Source> {
        match self {
            Self::Customer(of) => Some(of.scope.source()),
            Self::Nobody => None,
        }
    }

    /// The body of the event that brought their profile.
    pub(super) async fn profile(&self) -> laurel_store::Result<Option<Vec<u8>>> {
        let Self::Customer(of) = self else {
            return Ok(None);
        };
        let known = of.scope.recipient(&of.customer_id, &of.channel);
        Ok(known.await?.and_then(|known| known.profile))
    }

    pub(super) async fn preferences(&self) -> laurel_store::Result<Preferences> {
        match self {
            Self::Customer(of) => of.scope.preferences(&of.customer_id, &of.channel).await,
            Self::Nobody => Ok(Preferences::default()),
        }
    }

    pub(super) async fn stop(&self) -> laurel_store::Result<()> {
        if let Self::Customer(of) = self
            && of.scope.stop_messages(&of.customer_id, &of.channel).await?
        {
            note(of, "stopped");
        }
        Ok(())
    }

    pub(super) async fn resume(&self) -> laurel_store::Result<()> {
        if let Self::Customer(of) = self
            && of
                .scope
                .resume_messages(&of.customer_id, &of.channel)
                .await?
        {
            note(of, "resumed");
        }
        Ok(())
    }

    /// Says which kinds are wanted; none of them is the same as to stop.
    pub(super) async fn choose(&self, kinds: &[(EventKind, bool)]) -> laurel_store::Result<()> {
        if kinds.iter().all(|(_, wanted)| !wanted) {
            return self.stop().await;
        }
        if let Self::Customer(of) = self
            && of
                .scope
                .choose_messages(&of.customer_id, &of.channel, kinds)
                .await?
        {
            note(of, "chosen");
        }
        Ok(())
    }
}

/// Counts and logs what a customer said.
fn note(of: &Addressee, said: &'static str) {
    metrics::counter!(PREFERENCES, "channel" => of.channel.clone(), "said" => said).increment(1);
    tracing::info!(
        source = %of.scope.source(), customer.id = %of.customer_id, channel = of.channel, said,
        "a customer said which messages they want"
    );
}

const PREFERENCES: &str = "laurel_preferences_total";
