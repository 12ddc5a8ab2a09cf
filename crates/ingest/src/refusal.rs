//! How a refusal is told: the sender in an answer, the operator in one line and a counter. Neither holds anything of
//! the body, the credentials or the query.

use axum::response::Response;
use metrics::counter;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{Problem, Refusal};

/// How much of a body's SHA-256 is logged: enough to find it at the sender's, and it tells nothing.
const DIGEST_BYTES: usize = 8;

/// A request that is turned away, and its body where that was read.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) problem: Problem,
    pub(crate) body: Option<Vec<u8>>,
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self {
            problem,
            body: None,
        }
    }
}

impl Refused {
    pub(crate) fn with_body(problem: Problem, body: Vec<u8>) -> Self {
        Self {
            problem,
            body: Some(body),
        }
    }

    /// Tells everybody. `source` is a configured name or `unknown`: others are input. `announced` is the length of a
    /// body that was not read.
    pub(crate) fn tell(self, request: Uuid, source: &str, announced: Option<u64>) -> Response {
        let problem = self.problem;
        let reason = problem.reason();
        let length = self.body.as_ref().map(|body| body.len() as u64);
        let length = length.or(announced);
        let digest = self.body.as_deref().map(digest);
        counter!("laurel_webhooks_refused_total", "source" => source.to_owned(), "reason" => reason)
            .increment(1);
        if let Problem::Overloaded(_) = problem {
            counter!("laurel_intake_shed_total", "reason" => reason).increment(1);
        }
        if problem == Problem::Unauthorized(Refusal::Revoked) {
            tracing::warn!(request.id = %request, source, reason, body.length = length, body.digest = digest, "a revoked secret is still in use");
        } else {
            tracing::info!(request.id = %request, source, reason, body.length = length, body.digest = digest, "a webhook was refused");
        }
        problem.answer(request)
    }
}

fn digest(body: &[u8]) -> String {
    let digest = Sha256::digest(body);
    format!("sha256:{}", hex::encode(&digest[..DIGEST_BYTES]))
}
