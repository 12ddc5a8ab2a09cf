//! The drivers behind `cargo xtask bench`, which builds them, and starts what they need.

mod contenders;
mod hostile;
mod intake;
mod live;
mod load;
mod mail;
mod noop;
mod processes;
mod query;
mod table;
mod transactions;

use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Parser;

/// What Laurel itself allocates with: the yardstick is not to be slower for its allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures Laurel beside its yardsticks.
#[derive(Parser)]
enum Bench {
    /// Webhooks that are received.
    Intake(intake::Options),
    /// Events that reach those who follow.
    Live(live::Options),
    /// Questions that mean no good.
    Hostile(hostile::Options),
    /// Mail that is sent.
    Mail(mail::Options),
    /// Questions about customers that are answered.
    Query(query::Options),
    /// Serves the yardstick that keeps nothing.
    #[command(hide = true)]
    Noop { address: SocketAddr },
}

fn main() -> ExitCode {
    let done = match Bench::parse() {
        Bench::Intake(options) => intake::run(&options),
        Bench::Live(options) => live::run(&options),
        Bench::Hostile(options) => hostile::run(&options),
        Bench::Mail(options) => mail::run(&options),
        Bench::Query(options) => query::run(&options),
        Bench::Noop { address } => noop::serve(address),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
