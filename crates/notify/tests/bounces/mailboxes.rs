//! Mailboxes as they lie in a file or a folder.

use std::fs;

use laurel_notify::bounces::mailbox::{Found, maildir, mbox};

fn messages(text: &[u8]) -> Vec<Found> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mbox");
    fs::write(&file, text).unwrap();
    mbox(&file).unwrap().map(Result::unwrap).collect()
}

fn message(text: &str) -> Found {
    Found::Message(text.as_bytes().to_vec())
}

#[test]
fn an_mbox_is_taken_apart_at_its_from_lines() {
    let text = "From MAILER-DAEMON Tue Jan  6 15:00:00 2026\nSubject: a\n\n>From here\n>>From there\n> From x\n\n\
                From b@example.com Tue Jan  6 15:00:01 2026\r\nSubject: b\r\n\r\nno\r\nFrom line\r\n";
    let first = message("Subject: a\n\nFrom here\n>From there\n> From x\n\n");
    let second = message("Subject: b\r\n\r\nno\r\nFrom line\r\n");
    assert_eq!(messages(text.as_bytes()), [first, second]);
    assert!(messages(b"").is_empty());
    assert_eq!(messages(b"From x"), [message("")]);
}

#[test]
fn a_message_that_is_too_large_is_passed_over_and_the_next_is_read() {
    let mut text = b"From a\n".to_vec();
    text.extend(std::iter::repeat_n(b'x', 12 << 20));
    text.extend_from_slice(b"\n\nFrom b\nSubject: b\n");
    assert_eq!(messages(&text), [Found::TooLarge, message("Subject: b\n")]);
}

#[test]
fn a_file_of_another_kind_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mail.eml");
    fs::write(&file, "Subject: a\n\nFrom me\n").unwrap();
    assert!(mbox(&file).is_err());
    assert!(maildir(folder.path()).is_err());
    assert!(mbox(&folder.path().join("nothing")).is_err());
}

#[test]
fn a_maildir_is_read_where_its_mail_is_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    for (file, text) in [
        ("new/2.host", "two"),
        ("cur/1.host:2,S", "one"),
        ("tmp/3.host", "unfinished"),
        ("new/.hidden", "hidden"),
    ] {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    fs::create_dir(folder.path().join("new/folder")).unwrap();
    let found: Vec<_> = maildir(folder.path())
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(found, [message("one"), message("two")]);
    assert!(folder.path().join("new/2.host").exists());
}
