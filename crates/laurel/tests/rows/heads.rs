//! Requests that are no HTTP, or hardly: versions, hosts, line ends, headers.

use laurel_testkit::{TestDatabase, run};

use crate::door::{Door, TIER, TOKEN, hook, kept_alive, post, request};

/// A request without headers of the client's own.
fn bare(line: &str, headers: &str) -> String {
    format!("{line}\r\n{headers}\r\n{TIER}")
}

fn with_length(line: &str, headers: &str) -> String {
    let length = TIER.len();
    bare(
        line,
        &format!(
            "{headers}Connection: close\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n"
        ),
    )
}

#[test]
fn what_is_no_http_is_refused_or_cut_off() {
    run(async {
        let door = Door::open(TestDatabase::sqlite().await).await;
        let hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03";
        let line = format!("POST /webhooks/masivo/{TOKEN}");
        let garbage: [Vec<u8>; 16] = [
            hello.to_vec(),
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
            b"\0\0\0\0\r\n\r\n".to_vec(),
            b"\r\n\r\n\r\n\r\n".to_vec(),
            b"SSH-2.0-x\r\n".to_vec(),
            b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n".to_vec(),
            b"{\"event\":\"X\",\"data\":{}}\r\n\r\n".to_vec(),
            b"GET /\r\n".to_vec(),
            with_length(&format!("{line} HTTP/2.0"), "Host: x\r\n").into(),
            with_length(&format!("{line} HTTP/1.2"), "Host: x\r\n").into(),
            with_length(&format!("{line} HTTP/1,1"), "Host: x\r\n").into(),
            with_length(&format!("{line} http/1.1"), "Host: x\r\n").into(),
            with_length(&format!("{line}\u{a0}HTTP/1.1"), "Host: x\r\n").into(),
            with_length(&format!("{line} HTTP/1.1 HTTP/1.1"), "Host: x\r\n").into(),
            with_length(&line, "Host: x\r\n").into(),
            with_length(&format!(" {line} HTTP/1.1"), "Host: x\r\n").into(),
        ];
        for bytes in garbage {
            let status = door.ask(&bytes).await;
            let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]).into_owned();
            assert!(
                ["400", "505", "closed"].contains(&status.as_str()),
                "{shown:?}: {status}"
            );
        }
        door.assert_nothing_was_stored().await;
        assert_eq!(door.ask(hook(TIER)).await, "200 accepted", "and it goes on");
    });
}

#[test]
fn a25_a26_a_header_that_cannot_be_one_is_refused() {
    run(async {
        let door = Door::open(TestDatabase::sqlite().await).await;
        let line = format!("POST /webhooks/masivo/{TOKEN} HTTP/1.1");
        let many = "X: y\r\n".repeat(101);
        let long = "a".repeat(500 * 1024);
        let longest_name = "n".repeat(70_000);
        for (headers, expected) in [
            (many, "431"),
            (format!("X: {long}\r\n"), "431"),
            (format!("{long}: x\r\n"), "431"),
            (format!("{longest_name}: x\r\n"), "431 400"),
            ("X: \x01\r\n".to_owned(), "400"),
            ("X: a\0b\r\n".to_owned(), "400"),
            ("X: a\rb\r\n".to_owned(), "400"),
            ("X: \x7f\r\n".to_owned(), "400"),
            ("X\x01: a\r\n".to_owned(), "400"),
            ("X y: a\r\n".to_owned(), "400"),
            ("X : a\r\n".to_owned(), "400"),
            (": a\r\n".to_owned(), "400"),
            ("no colon\r\n".to_owned(), "400"),
            ("X: a\r\n b\r\n".to_owned(), "400"),
            ("X: a\r\n\tb\r\n".to_owned(), "400"),
            (" X: a\r\n".to_owned(), "400"),
            ("Ж: a\r\n".to_owned(), "400"),
        ] {
            let answer = door
                .ask(with_length(&line, &format!("Host: x\r\n{headers}")))
                .await;
            let shown: String = headers.chars().take(20).collect();
            assert!(
                expected.split(' ').any(|status| status == answer),
                "{shown:?}: {answer}"
            );
        }
        let target = format!("POST /webhooks/masivo/{} HTTP/1.1", "t".repeat(100 * 1024));
        assert_eq!(door.ask(with_length(&target, "Host: x\r\n")).await, "414");
        door.assert_nothing_was_stored().await;
        // Nobody reads these: they may say what they like.
        let odd: Vec<u8> = [
            format!("{line}\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n", TIER.len()).as_bytes(),
            b"X-Odd: \xff\xfe caf\xe9\r\nUser-Agent: \xf0\x9f\x92\x8e\r\nAuthorization: \xff\r\nTraceparent: \xff\r\nX-Empty:\r\nX-Tab:\ta\t\r\n\r\n",
            TIER.as_bytes(),
        ]
        .concat();
        assert_eq!(door.ask(odd).await, "200 accepted");
    });
}

#[test]
fn an_http_1_1_request_names_one_host_and_an_http_1_0_request_need_not() {
    run(async {
        let door = Door::open(TestDatabase::sqlite().await).await;
        let line = format!("POST /webhooks/masivo/{TOKEN} HTTP/1.1");
        for headers in [
            "",
            "Host: x\r\nHost: x\r\n",
            "Host: x\r\nHost: y\r\n",
            "Host: a b\r\n",
            "Host: x, y\r\n",
        ] {
            let status = door.ask(with_length(&line, headers)).await;
            assert!(status == "400 host", "RFC 9112, 3.2: {headers:?}: {status}");
        }
        door.assert_nothing_was_stored().await;
        let old = line.replace("HTTP/1.1", "HTTP/1.0");
        assert_eq!(door.ask(with_length(&old, "")).await, "200 accepted");
        for host in [
            "laurel",
            "laurel:8080",
            "[::1]:8080",
            "evil.example",
            "127.0.0.1",
        ] {
            let status = door
                .ask(with_length(&line, &format!("Host: {host}\r\n")))
                .await;
            assert_eq!(status, "200 duplicate", "{host}");
        }
    });
}

#[test]
fn older_and_plainer_http_is_understood() {
    run(async {
        let door = Door::open(TestDatabase::sqlite().await).await;
        let bare_lines = hook(TIER).replace("\r\n", "\n");
        assert_eq!(door.ask(bare_lines).await, "200 accepted", "RFC 9112, 2.2");
        let with_empty_line = format!("\r\n{}", hook(TIER));
        assert_eq!(
            door.ask(with_empty_line).await,
            "200 duplicate",
            "RFC 9112, 2.2"
        );
        let old = hook(TIER).replace("HTTP/1.1", "HTTP/1.0");
        let answers = door.send(kept_alive(&old).repeat(2)).await;
        assert_eq!(answers.len(), 1, "HTTP/1.0 ends with its answer");
        let no_length = post("", TIER).replace("HTTP/1.1", "HTTP/1.0");
        assert_eq!(
            door.ask(no_length).await,
            "400 malformed",
            "no length, no body"
        );
        let mixed = hook(TIER)
            .replace("Content-Length", "cOnTeNt-LeNgTh")
            .replace("Content-Type", "CONTENT-TYPE");
        assert_eq!(door.ask(mixed).await, "200 duplicate");
        for extra in [
            "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n",
            "Connection: Upgrade\r\nUpgrade: websocket\r\n",
            "X-HTTP-Method-Override: DELETE\r\n",
            "X-Original-URL: /admin\r\nX-Rewrite-URL: /admin\r\n",
            "X-Forwarded-Host: evil\r\nX-Forwarded-Proto: https\r\nForwarded: for=1\r\n",
            "Range: bytes=0-1\r\nIf-None-Match: *\r\nIf-Modified-Since: now\r\n",
            "Cookie: a=b; token=x\r\nTE: trailers\r\nMax-Forwards: 0\r\n",
            "Accept: text/html\r\nAccept-Encoding: gzip\r\n",
        ] {
            let answers = door
                .send(request(
                    &format!("POST /webhooks/masivo/{TOKEN} HTTP/1.1"),
                    &format!("{extra}Content-Length: {}\r\n", TIER.len()),
                    TIER,
                ))
                .await;
            assert_eq!(answers[0].in_short(), "200 duplicate", "{extra}");
            assert!(
                !answers[0].head.contains("\r\nserver:") && !answers[0].head.contains("set-cookie")
            );
        }
        assert_eq!(door.log().await.len(), 1);
    });
}
