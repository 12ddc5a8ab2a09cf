//! Where a body ends: lengths, chunks, and whatever could make two readers disagree about it.

use laurel_testkit::{TestDatabase, both_databases, run};

use crate::door::{Door, TIER, hook, kept_alive, post};

both_databases!(
    a_chunked_body_is_kept_as_it_is_without_its_chunks,
    requests_sent_together_are_answered_each_in_its_turn,
);

const CHUNKED: &str = "Transfer-Encoding: chunked\r\n";

fn chunks(parts: &[&str], trailers: &str) -> String {
    let chunk = |part: &&str| format!("{:x};x=\"y\"\r\n{part}\r\n", part.len());
    let chunks = parts.iter().map(chunk).collect::<Vec<_>>().concat();
    format!("{chunks}0\r\n{trailers}\r\n")
}

async fn a_chunked_body_is_kept_as_it_is_without_its_chunks(database: TestDatabase) {
    let door = Door::open(database).await;
    let (one, other) = TIER.split_at(17);
    let body = chunks(
        &[one, other],
        "Expires: never\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n",
    );
    assert_eq!(door.ask(post(CHUNKED, &body)).await, "200 accepted");
    let [event] = door.log().await.try_into().expect("one event");
    assert_eq!(event.body, TIER.as_bytes());
}

async fn requests_sent_together_are_answered_each_in_its_turn(database: TestDatabase) {
    let door = Door::open(database).await;
    let other = TIER.replace("ana", "bea");
    let together = [TIER, "{", TIER, &other, ""].map(|body| kept_alive(&hook(body)));
    let together = together.concat() + &hook("[]");
    let answers: Vec<_> = door
        .send(together)
        .await
        .iter()
        .map(crate::door::Answer::in_short)
        .collect();
    assert_eq!(
        answers,
        [
            "200 accepted",
            "400 malformed",
            "200 duplicate",
            "200 accepted",
            "400 malformed",
            "400 not_object"
        ]
    );
    assert_eq!(door.log().await.len(), 2);
}

#[test]
fn a_trailer_is_no_credential() {
    run(async {
        let door = Door::open(TestDatabase::sqlite().await).await;
        let trailers = format!("Authorization: Bearer {}\r\n", crate::door::TOKEN);
        let request = post(CHUNKED, &chunks(&[TIER], &trailers))
            .replace(&format!("/{} HTTP", crate::door::TOKEN), " HTTP");
        assert_eq!(door.ask(request).await, "401 unauthorized");
        door.assert_nothing_was_stored().await;
    });
}

#[test]
fn a_body_whose_end_is_in_doubt_is_refused() {
    run(async {
        let door = Door::open(TestDatabase::sqlite().await).await;
        let length = TIER.len();
        for headers in [
            format!(
                "Content-Length: {length}\r\nContent-Length: {}\r\n",
                length + 1
            ),
            format!("Content-Length: {length}, {}\r\n", length - 1),
            format!("Content-Length: +{length}\r\n"),
            format!("Content-Length: -{length}\r\n"),
            format!("Content-Length: {length}.0\r\n"),
            format!("Content-Length: 0x{length:x}\r\n"),
            format!("Content-Length: {length} bytes\r\n"),
            format!("Content-Length : {length}\r\n"),
            format!("Content-\r\n Length: {length}\r\n"),
            "Content-Length: \r\n".to_owned(),
            "Content-Length: １２\r\n".to_owned(),
            "Content-Length: 99999999999999999999999\r\n".to_owned(),
            "Transfer-Encoding: xchunked\r\n".to_owned(),
            "Transfer-Encoding: gzip\r\n".to_owned(),
            "Transfer-Encoding: chunked, gzip\r\n".to_owned(),
            "Transfer-Encoding: chunked, identity\r\n".to_owned(),
            "Transfer-Encoding : chunked\r\n".to_owned(),
            "Transfer-Encoding:\x0bchunked\r\n".to_owned(),
        ] {
            let answers = door.send(post(&headers, TIER)).await;
            let statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
            let refused = statuses
                .iter()
                .all(|status| [400, 413, 501].contains(status));
            assert!(refused && statuses.len() <= 1, "{headers:?}: {statuses:?}");
        }
        for body in [
            "zz\r\n",
            "-1\r\n",
            "0x5\r\n{}{}{\r\n0\r\n\r\n",
            "FFFFFFFFFFFFFFFFF\r\n{}",
            "ffffffffffffffff\r\n{}",
            "2\r\n{}{}\r\n0\r\n\r\n",
            "2{}\r\n0\r\n\r\n",
            "2\r\n{}",
            "",
        ] {
            let status = door.ask(post(CHUNKED, body)).await;
            assert!(
                ["400 incomplete", "400", "408 timeout"].contains(&status.as_str()),
                "{body:?}: {status}"
            );
        }
        door.assert_nothing_was_stored().await;
    });
}

#[test]
fn a_length_beside_chunks_hides_no_second_request() {
    run(async {
        let door = Door::open(TestDatabase::sqlite().await).await;
        let hidden = hook(&TIER.replace("ana", "eve"));
        let body = chunks(&[TIER], "");
        for headers in [
            format!("Content-Length: {}\r\n{CHUNKED}", body.len() + hidden.len()),
            format!("{CHUNKED}Content-Length: {}\r\n", body.len() + hidden.len()),
            format!("{CHUNKED}Content-Length: 4\r\n"),
            format!("Content-Length: 0\r\n{CHUNKED}"),
        ] {
            let answers = door
                .send(kept_alive(&post(&headers, &format!("{body}{hidden}"))))
                .await;
            assert!(
                answers.len() == 1,
                "the connection ends with it (RFC 9112, 6.3): {headers:?} {answers:?}"
            );
            assert!([200, 400].contains(&answers[0].status), "{answers:?}");
        }
        for event in door.log().await {
            assert_eq!(event.body, TIER.as_bytes(), "one reading of the body");
        }
    });
}

#[test]
fn what_comes_after_a_refused_body_is_no_request() {
    run(async {
        let database = TestDatabase::sqlite().await;
        let intake = laurel_ingest::Settings {
            max_body: 200,
            ..laurel_ingest::Settings::default()
        };
        let door = Door::with(database, intake, laurel::listener::Settings::default()).await;
        let large = format!("{TIER}{}", kept_alive(&hook(TIER)).repeat(3));
        let headers = format!("Content-Length: {}\r\n", large.len());
        assert_eq!(
            door.ask(kept_alive(&post(&headers, &large))).await,
            "413 too_large"
        );
        let wrong_type =
            kept_alive(&post(&headers, &large)).replace("application/json", "text/plain");
        let answers = door.send(wrong_type).await;
        assert_eq!(answers[0].status, 413);
        assert_eq!(answers.len(), 1);
        door.assert_nothing_was_stored().await;
    });
}
