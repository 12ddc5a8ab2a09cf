//! What may be asked, and where: methods and paths.

use laurel_testkit::{TestDatabase, run};

use crate::door::{Answer, Door, TIER, TOKEN, request};

async fn ask(door: &Door, method: &str, target: &str) -> Answer {
    let headers = format!("Content-Length: {}\r\n", TIER.len());
    let bytes = request(&format!("{method} {target} HTTP/1.1"), &headers, TIER);
    let mut answers = door.send(bytes).await;
    assert_eq!(answers.len(), 1, "{method} {target:?}: {answers:?}");
    answers.remove(0)
}

#[test]
fn a1_a2_only_post_posts() {
    run(async {
        let door = Door::open(TestDatabase::sqlite().await).await;
        let hook = format!("/webhooks/masivo/{TOKEN}");
        for method in [
            "GET",
            "HEAD",
            "PUT",
            "DELETE",
            "PATCH",
            "TRACE",
            "post",
            "Post",
            "POSTS",
            "BREW",
            "QUERY",
            "PROPFIND",
            "M-SEARCH",
            "__proto__",
        ] {
            for target in [hook.as_str(), "/webhooks/masivo", "/webhooks/nobody/x"] {
                let answer = ask(&door, method, target).await;
                assert_eq!(answer.status, 405, "{method} {target}");
                assert!(
                    answer.head.contains("\r\nallow: post, options"),
                    "{}",
                    answer.head
                );
                assert_eq!(answer.body.is_empty(), method == "HEAD");
            }
        }
        let headers = "Origin: https://evil.example\r\nAccess-Control-Request-Method: POST\r\nAccess-Control-Request-Private-Network: true\r\n";
        let preflight = request(&format!("OPTIONS {hook} HTTP/1.1"), headers, "");
        let [answer] = door.send(preflight).await.try_into().expect("one answer");
        assert_eq!((answer.status, answer.body.as_str()), (204, ""));
        assert!(!answer.head.contains("access-control"), "{}", answer.head);
        let overridden = request(
            &format!("GET {hook} HTTP/1.1"),
            "X-HTTP-Method-Override: POST\r\n",
            "",
        );
        assert_eq!(door.send(overridden).await[0].status, 405);
        door.assert_nothing_was_stored().await;
    });
}

#[test]
fn a37_a_target_that_is_no_hook_opens_nothing() {
    run(async {
        let door = Door::open(TestDatabase::sqlite().await).await;
        for target in [
            "/",
            "*",
            "/webhooks",
            "/webhooks/",
            "//webhooks/masivo/TOKEN",
            "/webhooks/masivo/TOKEN/",
            "/webhooks/masivo/TOKEN/x",
            "/webhooks/masivo//TOKEN",
            "/webhooks/../webhooks/masivo/TOKEN",
            "/webhooks/./masivo/TOKEN",
            "/hooks/../admin",
            "/../../etc/passwd",
            "/%2e%2e/webhooks/masivo/TOKEN",
            "/x/%2e%2e/webhooks/masivo/TOKEN",
            "/webhooks%2fmasivo%2fTOKEN",
            "/webhooks\\masivo\\TOKEN",
            "/WEBHOOKS/masivo/TOKEN",
            "/webhooks;x=y/masivo/TOKEN",
            "/%77ebhooks/masivo/TOKEN/%00",
            "/admin",
            "/metrics",
            "/livez",
            "/.git/config",
        ] {
            let answer = ask(&door, "POST", &target.replace("TOKEN", TOKEN)).await;
            assert_eq!(answer.status, 404, "{target}");
        }
        for target in [
            "/webhooks/masivo",
            "/webhooks/masivo/..",
            "/webhooks/masivo/%2e%2e",
            "/webhooks/masivo/TOKEN%00",
            "/webhooks/masivo%00/TOKEN",
            "/webhooks/masivo%2f/TOKEN",
            "/webhooks/%6Dasivo%20/TOKEN",
            "/webhooks/masivo/%2fTOKEN",
            "/webhooks/masivo/TOKEN%0d%0aX:y",
            "/webhooks/masivo/TOKEN%",
            "/webhooks/masivo/TOKEN%zz",
            "/webhooks/masivo/%c0%ae",
            "/webhooks/masivo/%ff",
            "/webhooks//TOKEN",
            "/webhooks/masivo?token=TOKEN",
            "/webhooks/masivo?TOKEN",
            "/webhooks/Masivo/TOKEN",
            "/webhooks/masivo;/TOKEN",
        ] {
            let answer = ask(&door, "POST", &target.replace("TOKEN", TOKEN)).await;
            assert_eq!(answer.in_short(), "401 unauthorized", "{target}");
        }
        for target in [
            "/webhooks/masivo/TOKEN\0",
            "/webhooks/masivo/TOKEN\x01",
            "/webhooks/masivo/TO KEN",
            "webhooks/masivo/TOKEN",
            "",
            "http://",
            "/webhooks/masivo/\x7f",
        ] {
            let answer = ask(&door, "POST", &target.replace("TOKEN", TOKEN)).await;
            assert_eq!(answer.status, 400, "{target:?}");
        }
        door.assert_nothing_was_stored().await;
        for target in [
            "/webhooks/masivo/TOKEN",
            "/webhooks/%6dasivo/TOKEN",
            "http://evil.example/webhooks/masivo/TOKEN",
            "http://user:pass@evil.example:99/webhooks/masivo/TOKEN?x=y",
            "/webhooks/masivo/TOKEN?",
            "/webhooks/masivo/TOKEN?a=%00&b=%ff&token=wrong&x=../..",
        ] {
            let answer = ask(&door, "POST", &target.replace("TOKEN", TOKEN)).await;
            assert_eq!(answer.status, 200, "{target}: {}", answer.body);
        }
        assert_eq!(door.log().await.len(), 1);
    });
}

#[test]
fn what_is_asked_is_never_answered_with_a_redirect_a_410_or_a_500() {
    run(async {
        let door = Door::open(TestDatabase::sqlite().await).await;
        let methods = ["POST", "GET", "OPTIONS", "CONNECT", "PUT"];
        let targets = [
            "/",
            "/webhooks",
            "/webhooks/",
            "/webhooks/masivo",
            "/webhooks/masivo/x",
            "/webhooks/%",
            "*",
            "x:1",
            "http://x/",
            "//",
        ];
        for method in methods {
            for target in targets {
                let bytes = request(
                    &format!("{method} {target} HTTP/1.1"),
                    "Content-Length: 0\r\n",
                    "",
                );
                for answer in door.send(bytes).await {
                    assert!(
                        [204, 400, 401, 404, 405].contains(&answer.status),
                        "{method} {target}: {}",
                        answer.head
                    );
                }
            }
        }
        door.assert_nothing_was_stored().await;
    });
}
