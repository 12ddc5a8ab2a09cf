//! From a platform to a command that runs: what was registered is checked, what was configured is claimed.

use std::time::Duration;

use anyhow::Context;
use async_graphql::ObjectType;
use laurel_store::Store;

use super::{Platform, Session, command};
use crate::config::ConfigError;
use crate::serve::{Parts, Role};
use crate::{Failure, cli, database, telemetry};

/// How long the process waits, at its end, for threads that are blocked.
const LAST_THREADS: Duration = Duration::from_secs(2);

impl<Q> Platform<Q> {
    /// The command line with every command.
    pub(crate) fn command_line(&self) -> clap::Command {
        command::line(&self.commands)
    }

    /// What the program is called here.
    pub(crate) fn program(&self) -> &str {
        self.arguments.program()
    }

    /// Opens the database for a command that works beside a server.
    pub(crate) async fn store(&self) -> Result<Store, Failure> {
        database::open(&self.loaded.config.database, &self.extensions.migrations).await
    }

    pub(crate) fn into_parts(self, role: Role) -> (Parts, Q) {
        let parts = Parts {
            config: self.loaded.config,
            role,
            extensions: self.extensions,
        };
        (parts, self.query)
    }
}

impl<Q: ObjectType + 'static> Platform<Q> {
    /// Runs the command to its end. `--help`, `--version` and a wrong command line end the process here.
    ///
    /// # Errors
    ///
    /// What the command could not do; [`Failure::code`] is the exit code for it.
    pub fn run(mut self) -> Result<(), Failure> {
        self.extensions
            .check(&self.commands)
            .map_err(Failure::Usage)?;
        let matches = self
            .command_line()
            .get_matches_from(self.arguments.as_slice());
        if let Some(command) = command::chosen(&mut self.commands, &matches) {
            self.ready()?;
            telemetry::start(&self.loaded.config.log)?;
            let session = Session::new(self.loaded.config, self.extensions.migrations);
            return on_runtime(command.run(&matches, session));
        }
        if matches.subcommand_name().is_some_and(cli::is_configured) {
            self.ready()?;
        }
        let command = cli::chosen(&matches)?;
        if command.is_logged() {
            telemetry::start(&self.loaded.config.log)?;
        }
        on_runtime(cli::run(command, self))
    }

    /// Gives the configuration's foreign parts to those who claim them; what nobody claims is a mistake, and so is what
    /// they need and is not there.
    fn claim(&mut self) -> Result<(), ConfigError> {
        let (foreign, extensions) = (&self.loaded.foreign, &mut self.extensions);
        foreign.refuse_sections(&extensions.sections.names())?;
        let formats: Vec<&str> = extensions.readers.keys().copied().collect();
        foreign.refuse_formats(&self.loaded.config, &formats)?;
        extensions.check_channels(&self.loaded)?;
        extensions.make_verifiers(foreign)?;
        let idle = extensions.idle_mail(&self.loaded.config);
        self.loaded.warnings.extend(idle);
        Ok(())
    }

    /// Refuses to go on with defaults where there may be a configuration.
    fn ready(&mut self) -> Result<(), Failure> {
        if !self.arguments.need_configuration() {
            return Err(Failure::Usage(
                "--help and --version belong before what follows `--`".to_owned(),
            ));
        }
        Ok(self.claim()?)
    }
}

fn on_runtime(work: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let runtime = runtime.context("the runtime does not start")?;
    let ended = runtime.block_on(work);
    // An extension may block a thread for ever.
    runtime.shutdown_timeout(LAST_THREADS);
    ended
}
