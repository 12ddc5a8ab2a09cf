//! Mail that is captured instead of sent.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use laurel_notify::mail::Message;
use laurel_notify::{Channel, Delivery, Failure, Hold, MAIL};

/// A channel that keeps what it is given. Clones share their messages.
///
/// ```
/// use std::time::Duration;
///
/// use laurel_testkit::{FIXTURES, TestApp, TestDatabase, run};
///
/// run(async {
///     let builder = TestApp::builder(TestDatabase::sqlite().await);
///     let app = builder.settle_window(Duration::ZERO).start().await;
///     for (_, body) in FIXTURES {
///         app.post(body).await;
///     }
///     app.settle().await;
///     assert_eq!(app.mailbox.messages().len(), 4);
/// });
/// ```
#[derive(Clone, Debug, Default)]
pub struct Mailbox(Arc<Mutex<Vec<Message>>>);

impl Mailbox {
    /// The messages that have come, in their order.
    ///
    /// # Panics
    /// If a test panicked while it held the mailbox.
    pub fn messages(&self) -> Vec<Message> {
        self.0.lock().expect("an unbroken mailbox").clone()
    }
}

#[async_trait]
impl Channel for Mailbox {
    fn name(&self) -> &'static str {
        MAIL
    }

    async fn deliver(&self, message: &Message, _: &Hold) -> Result<Delivery, Failure> {
        self.0
            .lock()
            .expect("an unbroken mailbox")
            .push(message.clone());
        let mut receipt = Delivery::to("mailbox");
        "kept".clone_into(&mut receipt.text);
        Ok(receipt)
    }
}
