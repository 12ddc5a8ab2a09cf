//! Bodies that do not end, do not come, or come from nobody any more.

use std::time::Duration;

use laurel::listener;
use laurel_testkit::{TestDatabase, both_databases, run};
use tokio::io::AsyncWriteExt;

use crate::door::{Door, TIER, hook, post, read_answers, request};

both_databases!(a34_a_client_that_hangs_up_loses_no_event_and_its_retry_is_answered);

/// A body has 300 ms to come, a head 400.
async fn hasty(connections: usize) -> Door {
    let intake = laurel_ingest::Settings {
        body_deadline: Duration::from_millis(300),
        ..laurel_ingest::Settings::default()
    };
    let listener = listener::Settings {
        header_deadline: Duration::from_millis(400),
        per_address: connections,
        ..listener::Settings::default()
    };
    Door::with(TestDatabase::sqlite().await, intake, listener).await
}

#[test]
fn a18_a19_what_is_announced_too_large_is_refused_unread() {
    run(async {
        let door = Door::open(TestDatabase::sqlite().await).await;
        for length in ["1048577", "10000000000", "9223372036854775807"] {
            let mut stream = door.connect().await;
            let head = post(&format!("Content-Length: {length}\r\n"), "");
            stream.write_all(head.as_bytes()).await.unwrap();
            // Nothing of the body is sent, and the connection stays open on our side.
            let answers = read_answers(&mut stream).await;
            assert_eq!(answers[0].in_short(), "413 too_large", "{length}");
            assert!(answers[0].head.contains("\r\nconnection: close"));
        }
        let stranger = request(
            "POST /webhooks/nobody/x HTTP/1.1",
            "Content-Length: 10000000000\r\n",
            "",
        );
        let mut stream = door.connect().await;
        stream.write_all(stranger.as_bytes()).await.unwrap();
        assert_eq!(
            read_answers(&mut stream).await[0].status,
            413,
            "the same for everybody"
        );
        door.assert_nothing_was_stored().await;
    });
}

#[test]
fn a20_chunks_without_end_are_cut_off_by_size_and_by_time() {
    run(async {
        let door = hasty(512).await;
        let chunk = format!("1000\r\n{}\r\n", " ".repeat(0x1000));
        let mut stream = door.connect().await;
        stream
            .write_all(post("Transfer-Encoding: chunked\r\n", "").as_bytes())
            .await
            .unwrap();
        for _ in 0..300 {
            // The server may have closed by then.
            if stream.write_all(chunk.as_bytes()).await.is_err() {
                break;
            }
        }
        let answers = read_answers(&mut stream).await;
        assert!(
            answers
                .first()
                .is_none_or(|answer| answer.in_short() == "413 too_large"),
            "{answers:?}"
        );

        let (mut reader, mut writer) = door.connect().await.into_split();
        let drip = tokio::spawn(async move {
            let head = post("Transfer-Encoding: chunked\r\n", "");
            writer.write_all(head.as_bytes()).await.unwrap();
            let mut every = tokio::time::interval(Duration::from_millis(20));
            while writer.write_all(b"1\r\n \r\n").await.is_ok() {
                every.tick().await;
            }
        });
        let mut answer = Vec::new();
        let ended = tokio::io::AsyncReadExt::read_to_end(&mut reader, &mut answer);
        let _ = tokio::time::timeout(Duration::from_secs(10), ended)
            .await
            .expect("cut off in time");
        assert!(
            answer.starts_with(b"HTTP/1.1 408"),
            "{}",
            String::from_utf8_lossy(&answer)
        );
        tokio::time::timeout(Duration::from_secs(10), drip)
            .await
            .expect("it notices")
            .unwrap();
        door.assert_nothing_was_stored().await;
    });
}

#[test]
fn a21_a_body_that_stops_is_told_and_its_connection_closed() {
    run(async {
        let door = hasty(512).await;
        for sent in [0, 1, TIER.len()] {
            let mut stream = door.connect().await;
            let head = post(
                &format!("Content-Length: {}\r\n", TIER.len() + 1),
                &TIER[..sent],
            );
            stream.write_all(head.as_bytes()).await.unwrap();
            let answers = read_answers(&mut stream).await;
            assert_eq!(answers[0].in_short(), "408 timeout", "{sent}");
            assert!(answers[0].head.contains("\r\nconnection: close"));
        }
        // The other side has closed: nothing more can come, and nobody waits for it.
        let broken = post(&format!("Content-Length: {}\r\n", TIER.len() + 1), TIER);
        let mut stream = door.connect().await;
        stream.write_all(broken.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        let answers = read_answers(&mut stream).await;
        assert!(
            answers
                .iter()
                .all(|answer| answer.in_short() == "400 incomplete"),
            "{answers:?}"
        );
        door.assert_nothing_was_stored().await;
    });
}

#[test]
fn a23_a24_silent_and_slow_connections_hold_up_nobody() {
    run(async {
        let door = hasty(60).await;
        let mut silent = Vec::new();
        for number in 0..120_u8 {
            let mut stream = door.connect().await;
            let beginning: &[u8] = if number % 2 == 0 {
                b""
            } else {
                b"POST /webhooks/masivo HTTP/1.1\r\nHost: "
            };
            let _ = stream.write_all(beginning).await;
            silent.push(stream);
        }
        for mut stream in silent {
            let answers = read_answers(&mut stream).await;
            assert!(
                answers.iter().all(|answer| answer.status == 408),
                "{answers:?}"
            );
        }
        assert_eq!(door.ask(hook(TIER)).await, "200 accepted");
    });
}

async fn a34_a_client_that_hangs_up_loses_no_event_and_its_retry_is_answered(
    database: TestDatabase,
) {
    let door = Door::open(database).await;
    let bodies: Vec<_> = (0..40)
        .map(|number| TIER.replace("0042", &number.to_string()))
        .collect();
    for body in &bodies {
        let mut stream = door.connect().await;
        stream.write_all(hook(body).as_bytes()).await.unwrap();
        // Gone before it is answered.
        drop(stream);
    }
    let mut repeats = 0;
    for body in &bodies {
        match door.ask(hook(body)).await.as_str() {
            "200 duplicate" => repeats += 1,
            "200 accepted" => {}
            other => panic!("{other}"),
        }
    }
    let log = door.log().await;
    assert_eq!(log.len(), bodies.len(), "each of them once");
    let counted: i64 = log.iter().map(|event| event.delivery_count - 1).sum();
    assert_eq!(counted, repeats);
}
