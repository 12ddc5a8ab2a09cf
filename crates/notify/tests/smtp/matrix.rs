//! Every fault at every step of a session, before and after the relay takes the message: each message goes out at least
//! once, with one Message-ID, and at most one copy too many.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use laurel_dispatch::{Dispatcher, History};
use laurel_notify::smtp::{SmtpSettings, Timeouts};
use laurel_notify::{Channel, MailSubscriber, Sender, Settings, SmtpChannel};
use laurel_payloads::CustomerId;
use laurel_store::{MessageState, PageRequest, Source};
use laurel_testkit::TestDatabase;
use serde_json::json;

use crate::authority::Authority;
use crate::relay::{DRIP, FLOOD, FakeRelay, HANG_UP, SILENCE, Script};

/// What is waited for does not come, so it need not be waited for long.
const SOON: Duration = Duration::from_millis(150);

const ENCRYPTED: Script = &[
    ("EHLO", "250-relay.test\r\n250 STARTTLS"),
    ("STARTTLS", "220 go on"),
    ("EHLO/TLS", "250-relay.test\r\n250 AUTH PLAIN LOGIN"),
];
/// Each step, and what the relay says there when all is well.
const STEPS: [(&str, &str); 10] = [
    ("greeting", "220 relay.test"),
    ("EHLO", "250 relay.test"),
    ("STARTTLS", "220 go on"),
    ("EHLO/TLS", "250 relay.test"),
    ("AUTH", "235 welcome"),
    ("MAIL", "250 taken"),
    ("RCPT", "250 taken"),
    ("DATA", "354 go on"),
    (".", "250 queued"),
    ("QUIT", "221 bye"),
];
const FAULTS: [&str; 10] = [
    SILENCE,
    HANG_UP,
    DRIP,
    FLOOD,
    "421 4.3.0 going down",
    "451 4.7.1 not now",
    "554 5.7.1 no",
    "\u{1}\u{2}nonsense",
    "299 is no code",
    "(two replies)",
];

/// One message, and what the relay does with it.
struct Case {
    step: &'static str,
    fault: &'static str,
    /// The message is taken, whatever is replied.
    takes: bool,
}

impl Case {
    fn all() -> impl Iterator<Item = Self> {
        let faults = |(step, _)| FAULTS.map(|fault| (step, fault));
        let cases = STEPS.into_iter().flat_map(faults);
        cases.flat_map(|(step, fault)| {
            let takings: &[bool] = if step == "." {
                &[false, true]
            } else {
                &[false]
            };
            takings
                .iter()
                .map(move |&takes| Self { step, fault, takes })
        })
    }

    /// What the relay says at the step.
    fn reply(&self) -> &'static str {
        let polite = STEPS.iter().find(|(step, _)| *step == self.step).unwrap().1;
        match self.fault {
            "(two replies)" => format!("{polite}\r\n{polite}").leak(),
            fault => fault,
        }
    }

    /// A 5xx reply to the message itself is the relay's last word.
    fn is_refused(&self) -> bool {
        self.fault.starts_with('5') && ["MAIL", "RCPT", "DATA", "."].contains(&self.step)
    }

    fn copies(&self) -> usize {
        usize::from(!self.is_refused()) + usize::from(self.takes)
    }
}

struct Post {
    database: TestDatabase,
    authority: Authority,
}

impl Post {
    /// A customer rises in tier.
    async fn receive(&self, customer: &str) {
        let profile = json!({ "id": customer, "name": "Ana", "email": format!("{customer}@example.com"), "status": "ACTIVE" });
        let registration = json!({ "event": "CUSTOMER_REGISTRATION", "data": { "customer_id": customer, "customer": profile } });
        let upgrade = json!({ "event": "TIER_UPGRADE", "data": { "customer_id": customer,
            "from_tier_id": "b", "from_tier_name": "Bronze", "from_tier_level": 1,
            "to_tier_id": "s", "to_tier_name": "Silver", "to_tier_level": 2 } });
        let bodies = [registration.to_string(), upgrade.to_string()];
        self.database
            .append(&bodies.each_ref().map(String::as_bytes))
            .await;
        let settings = laurel_dispatch::Settings::default();
        let dispatcher = Dispatcher::new(self.database.store.clone(), settings)
            .subscriber(Arc::new(History))
            .subscriber(Arc::new(MailSubscriber::new(Duration::ZERO)));
        dispatcher.register().await.unwrap();
        dispatcher.drain().await.unwrap();
    }

    fn channel(&self, relay: &FakeRelay) -> Arc<SmtpChannel> {
        let url = format!("smtp://club:secret@localhost:{}", relay.address.port());
        let timeouts = Timeouts {
            greeting: SOON,
            command: SOON,
            data: SOON,
            message: SOON,
            quit: SOON,
            ..Timeouts::default()
        };
        let settings = SmtpSettings {
            timeouts,
            ca_file: Some(self.authority.file()),
            idle: Duration::ZERO,
            ..SmtpSettings::new(url.parse().unwrap())
        };
        Arc::new(SmtpChannel::new(settings).unwrap())
    }

    /// Sends through the relay until the customer's message has found its end.
    async fn send(&self, customer: &str, relay: &FakeRelay) -> MessageState {
        let channel = self.channel(relay);
        let settings = Settings {
            settle: Duration::ZERO,
            pause: Duration::ZERO,
            ..Settings::new("club@example.com")
        };
        let sender = Sender::new(self.database.store.clone(), channel.clone(), settings).unwrap();
        for _ in 0..4 {
            sender.drain().await.unwrap();
            channel.rest().await;
            let state = self.state(customer).await;
            if state != MessageState::Pending {
                return state;
            }
            self.database.clock.advance(Duration::from_hours(1));
        }
        MessageState::Pending
    }

    async fn state(&self, customer: &str) -> MessageState {
        let scope = self.database.store.scope(&Source::new("masivo").unwrap());
        let id = CustomerId::try_from(customer.to_owned()).unwrap();
        let messages = scope.messages(&id, &PageRequest::first(9)).await.unwrap();
        assert_eq!(messages.items.len(), 1, "one change, one message");
        messages.items[0].state
    }
}

#[tokio::test]
async fn e9_to_e16_no_fault_loses_a_message_or_sends_it_under_two_names() {
    let post = Post {
        database: TestDatabase::sqlite().await,
        authority: Authority::new(),
    };
    for (number, case) in Case::all().enumerate() {
        let name = format!("{} at {}, taken: {}", case.fault, case.step, case.takes);
        let customer = format!("c{number}");
        post.receive(&customer).await;
        let tls = Some(post.authority.server("localhost", false));
        let fault = [(case.step, case.reply())];
        let relay = FakeRelay::start_faulty(ENCRYPTED, &fault, case.takes, tls).await;
        let limit = Duration::from_secs(20);
        let state = tokio::time::timeout(limit, post.send(&customer, &relay))
            .await
            .unwrap();
        let expected = if case.is_refused() {
            MessageState::Dead
        } else {
            MessageState::Sent
        };
        assert_eq!(state, expected, "{name}");
        let taken = relay.taken();
        assert_eq!(taken.len(), case.copies(), "{name}");
        assert!(
            taken.iter().collect::<HashSet<_>>().len() <= 1,
            "{name}: {taken:?}"
        );
    }
}

#[tokio::test]
async fn a_connection_that_was_gone_costs_a_message_no_try() {
    let relay = FakeRelay::start_faulty(&[], &[("RSET", HANG_UP)], true, None).await;
    let url = format!("smtp://{}?tls=none", relay.address);
    let channel = SmtpChannel::new(SmtpSettings::new(url.parse().unwrap())).unwrap();
    for _ in 0..3 {
        let message = crate::judged::message("Ana", "Silver");
        channel
            .deliver(&message, &crate::judged::held())
            .await
            .unwrap();
    }
    // Within the second it is not even asked.
    assert_eq!((relay.count("(connection)"), relay.count("RSET")), (1, 0));
    let relay =
        FakeRelay::start_faulty(&[], &[("QUIT", HANG_UP), ("MAIL", "421 idle")], true, None).await;
    let url = format!("smtp://{}?tls=none", relay.address);
    let channel = SmtpChannel::new(SmtpSettings::new(url.parse().unwrap())).unwrap();
    let message = crate::judged::message("Ana", "Silver");
    // A new connection that refuses is the relay's answer.
    channel
        .deliver(&message, &crate::judged::held())
        .await
        .unwrap_err();
    channel
        .deliver(&message, &crate::judged::held())
        .await
        .unwrap();
}
