//! `laurel email test` and `laurel email doctor`, against a relay that is aiosmtpd and a resolver of our own.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::net::UdpSocket;
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use crate::LIMIT;
use crate::place::Place;

/// aiosmtpd on a free port, without encryption.
struct Relay {
    port: u64,
    said: Lines<BufReader<ChildStdout>>,
    _process: Child,
}

impl Relay {
    async fn start(place: &Place) -> Self {
        let python = std::env::var("LAUREL_TEST_PYTHON")
            .expect("LAUREL_TEST_PYTHON is not set: run cargo xtask test");
        let judges = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../xtask/judges");
        let mut process = Command::new(python)
            .arg(judges.join("smtp_server.py"))
            .arg("plain")
            .arg(place.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let said = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut relay = Self {
            port: 0,
            said,
            _process: process,
        };
        relay.port = relay.hear().await["port"].as_u64().unwrap();
        relay
    }

    async fn hear(&mut self) -> Value {
        let line = timeout(LIMIT, self.said.next_line())
            .await
            .unwrap()
            .unwrap();
        serde_json::from_str(&line.unwrap()).unwrap()
    }
}

/// A resolver that knows these texts and no other name.
async fn resolver(texts: HashMap<String, String>) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut question = [0; 512];
        while let Ok((length, from)) = socket.recv_from(&mut question).await {
            let answer = answer(&question[..length], &texts);
            socket.send_to(&answer, from).await.unwrap();
        }
    });
    address
}

fn answer(question: &[u8], texts: &HashMap<String, String>) -> Vec<u8> {
    let (mut name, mut at) = (Vec::new(), 12);
    while question[at] > 0 {
        let end = at + 1 + usize::from(question[at]);
        name.push(String::from_utf8_lossy(&question[at + 1..end]));
        at = end;
    }
    let asked = &question[12..at + 5];
    let Some(text) = texts.get(&name.join(".")) else {
        return [&question[..2], &[0x81, 0x83, 0, 1, 0, 0, 0, 0, 0, 0], asked].concat();
    };
    let mut data = Vec::new();
    for piece in text.as_bytes().chunks(255) {
        data.push(u8::try_from(piece.len()).unwrap());
        data.extend(piece);
    }
    let length = u16::try_from(data.len()).unwrap().to_be_bytes();
    let head = [&question[..2], &[0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0]].concat();
    let record = [0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 60];
    [&head, asked, &record, &length, &data].concat()
}

fn configure(place: &Place, port: u64, more: &str) {
    let (http, admin) = (place.http, place.admin);
    let config = format!(
        "http = {{ listen = \"127.0.0.1:{http}\", public_url = \"http://127.0.0.1:{http}\" }}\n\
         admin.listen = \"127.0.0.1:{admin}\"\n\
         [email]\ntransport = \"smtp\"\nfrom = \"Club <club@example.com>\"\n\
         dkim = {{ keys = [{{ selector = \"s1\", key_file = \"dkim.pem\" }}] }}\n\
         smtp = {{ url = \"smtp://127.0.0.1:{port}?tls=none\" }}\n{more}"
    );
    std::fs::write(place.path().join("laurel.toml"), config).unwrap();
}

/// The text of the record of a new key.
async fn new_key(place: &Place) -> String {
    let command = [
        "email",
        "dkim",
        "--new",
        "dkim.pem",
        "--domain",
        "example.com",
    ];
    let record = place.answer(&command).await;
    record.split('"').nth(1).unwrap().to_owned()
}

#[tokio::test]
async fn a_test_mail_goes_the_way_of_customers_mails() {
    let place = Place::new();
    let mut relay = Relay::start(&place).await;
    new_key(&place).await;
    configure(
        &place,
        relay.port,
        "return_path = \"bounces@example.com\"\nunsubscribe_to = \"stop@example.com\"\n\
         [email.brand]\nname = \"Everybody's\"\n\
         [sources.tienda]\n\
         auth = [{ kind = \"hmac\", secrets = [\"kX9vQ2mL7pR4tW8yB3nC6dF1gH5jA0sZ\"], header = \"x-signature\" }]\n\
         brand = { name = \"Tienda\", color = \"#b3261e\" }\n",
    );
    // Before there is a database: with everything but links.
    let early = place
        .run(&["email", "test", "--to", "ops@example.com"])
        .await;
    let warned = String::from_utf8(early.stderr).unwrap();
    assert!(
        early.status.success() && warned.contains("without links"),
        "{warned}"
    );
    let early = relay.hear().await;
    let early = std::fs::read_to_string(early["file"].as_str().unwrap()).unwrap();
    assert!(!early.contains("List-Unsubscribe: "), "{early}");
    place.answer(&["migrate"]).await;
    let said = place
        .answer(&[
            "email",
            "test",
            "--to",
            "ops@example.com",
            "--source",
            "tienda",
        ])
        .await;
    assert!(said.contains(": 250 kept as 0002.eml"), "{said}");
    let envelope = relay.hear().await;
    assert_eq!(envelope["to"][0], "ops@example.com");
    let from = envelope["from"].as_str().unwrap();
    let (before, _) = from.split_once("@example.com").unwrap();
    assert!(before.len() == "bounces+".len() + 52, "{from}");
    let mail = std::fs::read_to_string(envelope["file"].as_str().unwrap()).unwrap();
    assert!(
        mail.starts_with("DKIM-Signature: v=1; a=ed25519-sha256;"),
        "{mail}"
    );
    for header in [
        "From: Tienda <club@example.com>",
        &format!(
            "List-Unsubscribe: <http://127.0.0.1:{}/email/unsubscribe/",
            place.http
        ),
        "<mailto:stop@example.com?subject=unsubscribe%20",
        "X-Laurel-Return: ",
    ] {
        assert!(mail.contains(header), "{header}: {mail}");
    }
    let (code, said) = place.refusal(&["email", "test", "--to", "nobody"]).await;
    assert!(
        code == 2 && said.contains("not a plain mail address"),
        "{said}"
    );
}

#[tokio::test]
async fn a_test_mail_that_is_refused_says_by_whom_and_where() {
    let place = Place::new();
    new_key(&place).await;
    configure(&place, 1, "");
    let (code, said) = place
        .refusal(&["email", "test", "--to", "ops@example.com"])
        .await;
    assert!(
        code == 1 && said.contains("127.0.0.1:1 at connect"),
        "{said}"
    );
}

#[tokio::test]
async fn the_doctor_says_what_is_well_and_what_keeps_mail_from_arriving() {
    let place = Place::new();
    let mut texts = HashMap::new();
    let record = new_key(&place).await;
    texts.insert("s1._domainkey.example.com".to_owned(), record.clone());
    texts.insert(
        "example.com".to_owned(),
        "v=spf1 ip4:192.0.2.1 -all".to_owned(),
    );
    let published = resolver(texts).await.to_string();
    let unpublished = resolver(HashMap::new()).await.to_string();
    let relay = Relay::start(&place).await;
    configure(&place, relay.port, "");
    // Nobody serves the pages yet.
    let output = place
        .run(&["email", "doctor", "--resolver", &published])
        .await;
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains("email/unsubscribe/doctor does not answer"),
        "{said}"
    );
    for well in [
        "ok    127.0.0.1",
        "ok    it takes mail from the sender",
        "ok    s1._domainkey.example.com publishes the key of ed25519-sha256",
        "ok    example.com says v=spf1",
        "warn  _dmarc.example.com has no record",
    ] {
        let well = well.replace("ok    127.0.0.1", "warn  127.0.0.1");
        assert!(said.contains(&well), "{well}: {said}");
    }
    let output = place
        .run(&["email", "doctor", "--resolver", &unpublished])
        .await;
    let said = String::from_utf8(output.stdout).unwrap();
    let missing = "FAIL  s1._domainkey.example.com publishes nothing";
    assert!(said.contains(missing) && said.contains(&record), "{said}");
}
