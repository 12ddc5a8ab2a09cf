//! A server whose messages go out as signed HTTP calls.

use std::process::ExitCode;

use courier::{Courier, Settings};

fn main() -> ExitCode {
    laurel::exit(|| {
        let mut platform = laurel::Platform::from_env()?;
        let settings: Settings = platform.section("courier")?;
        let courier = Courier::new(&settings);
        let courier = courier.map_err(|error| laurel::Failure::Usage(error.to_string()))?;
        platform.channel(courier).run()
    })
}
