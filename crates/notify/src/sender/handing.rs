//! The channel's own code, which may be an extension's: it may panic or hang, and costs its own messages only.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::time::timeout;

use super::Inner;
use crate::mail::Message;
use crate::{Delivery, Failure, Hold, Refusal};

/// How long a channel may take to close what need not stay open.
const REST: Duration = Duration::from_secs(30);

impl Inner {
    /// Has the channel carry a message. Whether one that panics or hangs has sent it is in doubt: it is tried again.
    pub(super) async fn hand_over(
        &self,
        message: &Message,
        hold: &Hold,
    ) -> Result<Delivery, Failure> {
        let delivery = AssertUnwindSafe(async { self.channel.deliver(message, hold).await });
        let fault = match timeout(self.settings.deadline, delivery.catch_unwind()).await {
            Ok(Ok(outcome)) => return outcome,
            Ok(Err(panic)) => panicked(panic.as_ref()),
            Err(_) => "it took longer than its deadline".to_owned(),
        };
        let name = self.channel.name();
        Err(Failure::Transient(Refusal::by(name, "deliver", fault)))
    }

    /// Lets the channel rest.
    pub(super) async fn rest(&self) {
        let rest = AssertUnwindSafe(async { self.channel.rest().await });
        let fault = match timeout(REST, rest.catch_unwind()).await {
            Ok(Ok(())) => return,
            Ok(Err(panic)) => panicked(panic.as_ref()),
            Err(_) => "it took longer than its deadline".to_owned(),
        };
        tracing::error!(
            channel = self.channel.name(),
            error = fault,
            "a channel cannot rest"
        );
    }
}

fn panicked(panic: &(dyn Any + Send)) -> String {
    let message = panic.downcast_ref::<String>().map(String::as_str);
    let message = message.or_else(|| panic.downcast_ref::<&str>().copied());
    format!("it panicked: {}", message.unwrap_or("without a message"))
}
