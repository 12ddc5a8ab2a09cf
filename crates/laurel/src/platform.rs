//! `Platform`: the parts of a server, put together in a `main`.

use std::sync::Arc;

use anyhow::Context;
use async_graphql::ObjectType;
use clap::Parser;
use laurel_dispatch::Subscriber;
use laurel_notify::Channel;

use crate::cli::{self, Cli, Command};
use crate::config::{Config, Loaded};
use crate::serve::{Parts, Role};
use crate::{Failure, telemetry};

/// A server, or any other command, with the extensions that a `main` adds to it.
///
/// `Q` is the root of the API's queries: [`laurel_graphql::Query`], or an extension's object of the
/// same name that [`laurel_graphql::QueryRoot`] is merged into.
pub struct Platform<Q = laurel_graphql::Query> {
    pub(crate) command: Command,
    pub(crate) loaded: Loaded,
    pub(crate) query: Q,
    subscribers: Vec<Arc<dyn Subscriber>>,
    channels: Vec<Arc<dyn Channel>>,
}

impl Platform {
    /// Reads the command line and the configuration. `--help`, `--version` and a wrong command line end the process here.
    ///
    /// # Errors
    ///
    /// The configuration is wrong, and the command needs it.
    pub fn from_env() -> Result<Self, Failure> {
        let cli = Cli::parse();
        let loaded = if cli.command.is_configured() {
            Loaded::from_process(cli.config.as_deref())?
        } else {
            Loaded::default()
        };
        Ok(Self {
            command: cli.command,
            loaded,
            query: laurel_graphql::Query::default(),
            subscribers: Vec::new(),
            channels: Vec::new(),
        })
    }
}

impl<Q> Platform<Q> {
    /// The configuration, for what an extension makes of it.
    pub fn config(&self) -> &Config {
        &self.loaded.config
    }

    /// Adds a subscriber: it is told of every event of its kinds.
    #[must_use]
    pub fn subscriber(mut self, subscriber: impl Subscriber) -> Self {
        self.subscribers.push(Arc::new(subscriber));
        self
    }

    /// Adds a channel: it carries out the outbox's messages of its name.
    #[must_use]
    pub fn channel(mut self, channel: impl Channel) -> Self {
        self.channels.push(Arc::new(channel));
        self
    }

    /// Answers queries from another root.
    #[must_use]
    pub fn query<R: ObjectType + 'static>(self, query: R) -> Platform<R> {
        let Self {
            command,
            loaded,
            subscribers,
            channels,
            query: _,
        } = self;
        Platform {
            command,
            loaded,
            query,
            subscribers,
            channels,
        }
    }

    pub(crate) fn into_parts(self, role: Role) -> (Parts, Q) {
        let Self {
            loaded,
            query,
            subscribers,
            channels,
            command: _,
        } = self;
        let parts = Parts {
            config: loaded.config,
            role,
            subscribers,
            channels,
        };
        (parts, query)
    }
}

impl<Q: ObjectType + 'static> Platform<Q> {
    /// Runs the command to its end.
    ///
    /// # Errors
    ///
    /// What the command could not do; [`Failure::code`] is the exit code for it.
    pub fn run(self) -> Result<(), Failure> {
        if self.command.is_logged() {
            telemetry::start_logs(&self.loaded.config.log)
                .map_err(|error| Failure::Usage(error.to_string()))?;
        }
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build();
        runtime
            .context("the runtime does not start")?
            .block_on(cli::run(self))
    }
}
