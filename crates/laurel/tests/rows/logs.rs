//! What personal data leaves behind in the logs, whatever becomes of the event: nothing.

use std::io::Write;
use std::sync::{Arc, Mutex};

use laurel_testkit::{TestApp, TestDatabase};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;

/// What stands in every body, in one field or another.
const PLANTED: [&str; 6] = [
    "Quixotica",
    "quixotica@example.com",
    "+57 300 555 0199",
    "DOC-99887766",
    "1991-03-14",
    "Calle Quixote 42",
];

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// Bodies that are accepted, quarantined for each reason, and refused.
fn bodies() -> Vec<String> {
    let [name, email, phone, document, birthday, street] = PLANTED;
    let profile = format!(
        r#""name":"{name}","email":"{email}","phone":"{phone}","document_number":"{document}","dob":"{birthday}","metadata":{{"{street}":"{street}"}}"#
    );
    let registration = |rest: &str| {
        format!(
            r#"{{"event":"CUSTOMER_REGISTRATION","data":{{"customer_id":"q-1","customer":{{{profile}{rest}}}}}}}"#
        )
    };
    let tier = format!(
        r#"{{"event":"TIER_UPGRADE","data":{{"customer_id":"q-1","to_tier_id":"gold","to_tier_name":"{name}"}}}}"#
    );
    let failed = format!(
        r#"{{"event":"BEHAVIOR_EVENT_FAILED","data":{{"customer_id":"q-1","event":{{"id":"e","data":{{{profile}}},"result":{{"error":"{email}"}}}}}}}}"#
    );
    vec![
        registration(""),
        registration(""),
        tier.clone(),
        failed,
        registration("").replace("CUSTOMER_REGISTRATION", "NEW"),
        registration(r#","tier_id":7"#),
        registration(&format!(r#","{street}":1,"{street}":2"#)),
        registration(r#","x":"\ud800""#),
        registration(&format!(r#","consent":"{email}""#)),
        registration("").replace("\"q-1\"", &format!("{{\"{email}\":1}}")),
        format!(r#"{{"event":{{"{email}":1}},"data":{{{profile}}}}}"#),
        format!(r#"{{"event":"CUSTOMER_REGISTRATION","data":"{email} {name}"}}"#),
        tier.replace('}', ""),
        format!("[{tier}]"),
        format!("{{\"{email}\":\"{name}\u{1}\"}}"),
    ]
}

#[test]
fn b31_no_log_holds_personal_data_whatever_becomes_of_the_event() {
    let log = Log::default();
    let ours =
        tracing_subscriber::filter::filter_fn(|metadata| metadata.target().starts_with("laurel"));
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .with_writer(log.clone());
    let subscriber = tracing_subscriber::registry()
        .with(LevelFilter::TRACE)
        .with(tracing_subscriber::Layer::with_filter(lines, ours));
    let _logging = tracing::subscriber::set_default(subscriber);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(async {
        let app = TestApp::new(TestDatabase::sqlite().await).await;
        let mut statuses = Vec::new();
        for body in bodies() {
            let (status, answer) = app.post(body.as_bytes()).await;
            for planted in PLANTED {
                assert!(!answer.to_string().contains(planted), "{answer}");
            }
            statuses.push(status.as_u16());
        }
        assert_eq!(statuses, [vec![200; 12], vec![400; 3]].concat());
        app.settle().await;
        app.database
            .clock
            .advance(std::time::Duration::from_mins(2));
        app.settle().await;
        let [mail] = app.mailbox.messages().try_into().unwrap();
        assert_eq!(mail.recipient.to_string(), PLANTED[1], "the data was there");
    });
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(text.lines().count() > 10, "{text}");
    for planted in PLANTED {
        let found = text.lines().find(|line| line.contains(planted));
        assert_eq!(found, None, "{planted}");
    }
}
