//! A Laurel that has written to Ana, and the reports that come back about that mail.

use std::time::Duration;

use laurel_notify::bounces::mailbox::Found;
use laurel_notify::bounces::{Importer, Outcome};
use laurel_notify::links::MailKeys;
use laurel_store::SuppressionRecord;
use laurel_testkit::{TestApp, TestDatabase};
use serde_json::json;

pub(crate) struct House {
    pub(crate) app: TestApp,
    pub(crate) importer: Importer,
}

impl House {
    /// Ana has had a mail.
    pub(crate) async fn new(database: TestDatabase) -> Self {
        let app = TestApp::with(database, Duration::ZERO, Vec::new()).await;
        let importer = Importer::open(&app.database.store).await.unwrap();
        let house = Self { app, importer };
        house.register("ana@example.com").await;
        house.upgrade().await;
        house
    }

    /// Ana's profile comes, with this address.
    pub(crate) async fn register(&self, address: &str) {
        let profile = json!({
            "id": "ana", "name": "Ana", "email": address, "status": "ACTIVE", "is_anonymous": false,
        });
        let data = json!({ "customer_id": "ana", "customer": profile });
        let body = json!({ "event": "CUSTOMER_REGISTRATION", "data": data });
        self.app.post(body.to_string().as_bytes()).await;
        self.app.settle().await;
    }

    /// Ana's tier rises; returns the reason where she is not told of it.
    pub(crate) async fn upgrade(&self) -> Option<String> {
        let data = json!({
            "customer_id": "ana", "triggered_by": "EVENT",
            "from_tier_id": "a", "from_tier_name": "A", "to_tier_id": "b", "to_tier_name": "B",
        });
        let body = json!({ "event": "TIER_UPGRADE", "data": data });
        self.app.database.clock.advance(Duration::from_hours(48));
        self.app.post(body.to_string().as_bytes()).await;
        self.app.settle().await;
        let query = "{ customer(id: \"ana\") { notifications(first: 1) { nodes { reason } } } }";
        let answer = self.app.query(query).await;
        let newest = &answer["data"]["customer"]["notifications"]["nodes"][0];
        newest["reason"].as_str().map(str::to_owned)
    }

    /// The head of the mail that Ana had, as a report brings it back.
    pub(crate) fn head(&self) -> String {
        let mail = self.app.mailbox.messages().remove(0);
        let raw = String::from_utf8(mail.raw).unwrap();
        raw.split_once("\r\n\r\n").unwrap().0.to_owned()
    }

    /// The signed id in it.
    pub(crate) fn return_id(&self) -> String {
        let head = self.head();
        let (_, rest) = head.split_once("X-Laurel-Return: ").unwrap();
        rest.lines().next().unwrap().to_owned()
    }

    /// What the links in it end in.
    pub(crate) async fn token(&self) -> String {
        let message = self.app.mailbox.messages()[0].id;
        let keys = MailKeys::of(&self.app.database.store).await.unwrap();
        keys.link(message)
    }

    pub(crate) async fn take(&self, report: &str) -> Outcome {
        self.take_raw(report.as_bytes().to_vec()).await
    }

    pub(crate) async fn take_raw(&self, report: Vec<u8>) -> Outcome {
        self.importer.take(&Found::Message(report)).await.unwrap()
    }

    pub(crate) async fn suppression(&self, address: &str) -> Option<SuppressionRecord> {
        let database = &self.app.database;
        let scope = database.store.scope(&database.source());
        scope.suppression(address).await.unwrap()
    }
}

/// A report as Postfix writes it, about a mail to `address` with this head.
pub(crate) fn bounce(action: &str, status: &str, address: &str, head: &str) -> String {
    format!(
        "Return-Path: <>\n\
         Received: by mx.example.net (Postfix)\n\tid 4F1B2A; Tue,  6 Jan 2026 15:00:01 +0000 (UTC)\n\
         Date: Tue,  6 Jan 2026 15:00:01 +0000 (UTC)\n\
         From: MAILER-DAEMON@mx.example.net (Mail Delivery System)\n\
         Subject: Undelivered Mail Returned to Sender\n\
         To: club@example.com\n\
         Auto-Submitted: auto-replied\n\
         MIME-Version: 1.0\n\
         Content-Type: multipart/report; report-type=delivery-status;\n\
         \tboundary=\"4F1B2A.1767711601/mx.example.net\"\n\
         Message-Id: <20260106150001.5C2D3E@mx.example.net>\n\n\
         This is a MIME-encapsulated message.\n\n\
         --4F1B2A.1767711601/mx.example.net\n\
         Content-Description: Notification\n\
         Content-Type: text/plain; charset=us-ascii\n\n\
         I'm sorry to have to inform you that your message could not be delivered.\n\n\
         --4F1B2A.1767711601/mx.example.net\n\
         Content-Description: Delivery report\n\
         Content-Type: message/delivery-status\n\n\
         Reporting-MTA: dns; mx.example.net\n\
         X-Postfix-Queue-ID: 4F1B2A\n\
         Arrival-Date: Tue,  6 Jan 2026 15:00:00 +0000 (UTC)\n\n\
         Final-Recipient: rfc822; {address}\n\
         Original-Recipient: rfc822;{address}\n\
         Action: {action}\n\
         Status: {status}\n\
         Remote-MTA: dns; mail.example.com\n\
         Diagnostic-Code: smtp; 550 {status} <{address}>: Recipient address rejected:\n    User unknown\n\n\
         --4F1B2A.1767711601/mx.example.net\n\
         Content-Description: Undelivered Message Headers\n\
         Content-Type: text/rfc822-headers\n\n\
         {head}\n\n\
         --4F1B2A.1767711601/mx.example.net--\n"
    )
}

/// A complaint as large providers write it (RFC 5965 §B.2).
pub(crate) fn complaint(kind: &str, head: &str) -> String {
    format!(
        "From: <abusedesk@example.net>\n\
         Date: Thu, 8 Mar 2026 17:40:36 EDT\n\
         Subject: FW: You are now Gold\n\
         To: <abuse@example.com>\n\
         MIME-Version: 1.0\n\
         Content-Type: multipart/report; report-type=feedback-report;\n     boundary=\"part1_13d.2e68ed54_boundary\"\n\n\
         --part1_13d.2e68ed54_boundary\n\
         Content-Type: text/plain; charset=\"US-ASCII\"\n\
         Content-Transfer-Encoding: 7bit\n\n\
         This is an email abuse report.\n\n\
         --part1_13d.2e68ed54_boundary\n\
         Content-Type: message/feedback-report\n\n\
         Feedback-Type: {kind}\n\
         User-Agent: SomeGenerator/1.0\n\
         Version: 1\n\
         Original-Rcpt-To: <redacted@example.com>\n\n\
         --part1_13d.2e68ed54_boundary\n\
         Content-Type: message/rfc822\n\
         Content-Disposition: inline\n\n\
         {head}\n\nHello\n\n\
         --part1_13d.2e68ed54_boundary--\n"
    )
}
