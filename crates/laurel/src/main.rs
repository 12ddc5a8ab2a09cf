//! The stock server: the platform without extensions.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    laurel::exit(|| laurel::Platform::from_env()?.run())
}
