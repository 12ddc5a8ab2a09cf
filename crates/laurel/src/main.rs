//! The stock server: the platform, and what asks Masivo for what its webhooks do not tell.

mod masivo;

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    laurel::exit(|| masivo::add(laurel::Platform::from_env()?)?.run())
}
