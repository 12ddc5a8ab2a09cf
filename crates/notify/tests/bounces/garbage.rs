//! Whatever bytes come, they are read to their end.

use laurel_notify::bounces::report::read;
use proptest::prelude::*;

/// Pieces of reports, whole and broken, between which anything may stand.
const PIECES: [&str; 18] = [
    "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n",
    "Content-Type: multipart/report; report-type=feedback-report; boundary=\"b\"\r\n",
    "Content-Type: message/delivery-status\n",
    "Content-Type: message/feedback-report\n",
    "Content-Type: message/rfc822\n",
    "Content-Type: text/rfc822-headers\n",
    "Content-Transfer-Encoding: base64\n",
    "--b\n",
    "--b--\n",
    "\n",
    "\r\n",
    "Final-Recipient: rfc822;ana@example.com\n",
    "Action: failed\nStatus: 5.1.1\n",
    "Status: 5.99999999999999999999.1\n",
    "X-Laurel-Return: 0190000000007000800000000000000100000000000000000000\n",
    "To: <bounces+0190000000007000800000000000000100000000000000000000@example.com>\n",
    "Feedback-Type: abuse\n",
    "Subject: =?utf-8?b?/////w==?= (((((\"\\",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn e21_any_bytes_are_read_or_are_no_report(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        prop_assert_eq!(read(&bytes), None);
    }

    #[test]
    fn e21_reports_in_pieces_are_read_to_their_end(
        pieces in prop::collection::vec((0..PIECES.len(), prop::collection::vec(any::<u8>(), 0..4)), 0..40),
    ) {
        let mut bytes = Vec::new();
        for (piece, between) in pieces {
            bytes.extend_from_slice(PIECES[piece].as_bytes());
            bytes.extend_from_slice(&between);
        }
        if let Some(report) = read(&bytes) {
            let digits = |id: &String| id.len() <= bytes.len();
            prop_assert!(report.return_ids.iter().all(digits));
            prop_assert!(report.addresses.iter().all(|address| address.contains('@')));
        }
    }
}
