//! What came back about a message after it was sent: bounces, delays and complaints.

use uuid::Uuid;

use crate::text::storable;
use crate::{Result, Scope, sql};

/// A report about a message of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailReport {
    /// What tells it from every other: a digest of the whole of it.
    pub digest: [u8; 32],
    /// The message that it is about.
    pub message: Uuid,
    /// What it says.
    pub kind: ReportKind,
    /// The enhanced status code (RFC 3463), such as `5.1.1`, or the kind of complaint, such as `abuse`.
    pub status: Option<String>,
}

/// What a report says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportKind {
    /// The message will never arrive.
    Bounce,
    /// It did not arrive, for a reason that may pass.
    Delay,
    /// It arrived, and was called unwanted.
    Complaint,
}

impl ReportKind {
    /// Its name in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bounce => "bounce",
            Self::Delay => "delay",
            Self::Complaint => "complaint",
        }
    }
}

impl Scope {
    /// Records a report. Answers false where it is known already.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn record_report(&self, report: &MailReport) -> Result<bool> {
        let sql = "INSERT INTO mail_reports (digest, outbox_id, kind, status, recorded_at) \
                   SELECT $1, id, $3, $4, $5 FROM outbox WHERE id = $2 AND source = $6 \
                   ON CONFLICT (digest) DO NOTHING";
        let values = [
            report.digest.to_vec().into(),
            report.message.into(),
            report.kind.as_str().into(),
            report.status.as_deref().map(storable).into(),
            self.store().clock().now().micros().into(),
            self.source().as_str().into(),
        ];
        Ok(sql::execute(self.store().writer(), sql, values).await? > 0)
    }

    /// Whether a report is known already.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn has_report(&self, digest: &[u8; 32]) -> Result<bool> {
        let sql = "SELECT 1 FROM mail_reports WHERE digest = $1";
        let rows = sql::query(self.reader(), sql, [digest.to_vec().into()]).await?;
        Ok(!rows.is_empty())
    }
}
