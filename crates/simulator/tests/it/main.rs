//! The programme's story, its traffic and its ledger, as the demo and other tests see them.

mod ledger;
mod story;
mod tiers;
mod traffic;
mod wallets;
