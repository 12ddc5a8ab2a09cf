//! The café's server: Laurel, and what the café adds to it.

use std::process::ExitCode;

use cafe::{Migrator, Query, Settings, Stamps, regulars, stamps};

fn main() -> ExitCode {
    laurel::exit(|| {
        let mut platform = laurel::Platform::from_env()?;
        let settings: Settings = platform.section("cafe")?;
        platform
            .migrator(Migrator)
            .subscriber(Stamps)
            .query(Query::new(settings.clone()))
            .routes("/cafe", regulars)
            .command(async move |args, session| stamps(args, session, settings).await)
            .run()
    })
}
