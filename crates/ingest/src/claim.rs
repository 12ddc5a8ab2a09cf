//! Who may post: an unverified body cannot become an event, by type.

use crate::account::Account;
use crate::verify::Check;
use crate::{Proof, Refusal, Unverified, Verdict};

/// A request that may be its source's: a verifier believes it, or will say so when it sees the body.
pub(crate) struct Claim<'a> {
    account: Option<&'a Account>,
    /// The first verifier that believes it without its body, or the refusal that tells the most.
    found: Result<Voucher, Refusal>,
    /// The verifiers that have to see the body, by their places.
    open: Vec<(usize, Check<'a>)>,
}

/// A verifier that believes a request: its place among those of the source, and what convinced it.
#[derive(Debug)]
pub(crate) struct Voucher {
    pub(crate) verifier: usize,
    pub(crate) proof: Proof,
}

/// A body that a verifier of its source has vouched for. Only this module makes one.
#[derive(Debug)]
pub(crate) struct Verified<'a> {
    pub(crate) account: &'a Account,
    pub(crate) voucher: Voucher,
    body: Vec<u8>,
}

impl<'a> Claim<'a> {
    /// Asks every verifier, so that a refusal costs the same whatever it is for.
    ///
    /// For a source that is not known, another one's verifiers stand in: the answer and the work are what they would be
    /// there, and whatever they say, the request is refused.
    pub(crate) fn new(
        known: Option<&'a Account>,
        stand_in: Option<&'a Account>,
        request: &Unverified<'a>,
    ) -> Result<Self, Refusal> {
        let asked = &known.or(stand_in).ok_or(Refusal::Wrong)?.settings;
        let mut claim = Self {
            account: known,
            found: Err(Refusal::Missing),
            open: Vec::new(),
        };
        for (place, verifier) in asked.verifiers.iter().enumerate() {
            match verifier.verify(request) {
                Ok(Verdict::Proven(proof)) => claim.hear(place, Ok(proof)),
                Ok(Verdict::Open(check)) => claim.open.push((place, check)),
                Err(refusal) => claim.hear(place, Err(refusal)),
            }
        }
        match (&asked.allow, &claim.found) {
            (Some(allow), _) if !allow.admits(request.address) => Err(Refusal::Address),
            (_, Err(refusal)) if claim.open.is_empty() => Err(*refusal),
            (_, Ok(_)) if known.is_none() && claim.open.is_empty() => Err(Refusal::Wrong),
            _ => Ok(claim),
        }
    }

    /// The source, where it is known already that the request is from it.
    pub(crate) fn proven(&self) -> Option<&'a Account> {
        self.account.filter(|_| self.found.is_ok())
    }

    /// Asks those who have to see the body. A body that nobody vouches for is given back.
    pub(crate) fn check(mut self, body: Vec<u8>) -> Result<Verified<'a>, (Refusal, Vec<u8>)> {
        for (place, check) in std::mem::take(&mut self.open) {
            self.hear(place, check(&body));
        }
        match (self.found, self.account) {
            (Ok(voucher), Some(account)) => Ok(Verified {
                account,
                voucher,
                body,
            }),
            (Err(refusal), _) => Err((refusal, body)),
            (Ok(_), None) => Err((Refusal::Wrong, body)),
        }
    }

    /// The first verifier that believes counts; where none does, the refusal that tells the most. A delivery's id that
    /// any of them finds signed is one, whoever else believes.
    fn hear(&mut self, verifier: usize, answer: Result<Proof, Refusal>) {
        match (&mut self.found, answer) {
            (Ok(first), Ok(mut proof)) => {
                let id = first.proof.delivery_id.take();
                let id = id.or_else(|| proof.delivery_id.take());
                if verifier < first.verifier {
                    *first = Voucher { verifier, proof };
                }
                first.proof.delivery_id = id;
            }
            (found @ Err(_), Ok(proof)) => *found = Ok(Voucher { verifier, proof }),
            (Err(one), Err(other)) => *one = (*one).max(other),
            (Ok(_), Err(_)) => {}
        }
    }
}

impl Verified<'_> {
    /// The body, and the delivery's id where one is signed with it.
    pub(crate) fn into_parts(self) -> (Vec<u8>, Option<String>) {
        (self.body, self.voucher.proof.delivery_id)
    }
}
