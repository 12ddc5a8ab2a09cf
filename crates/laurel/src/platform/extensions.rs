//! What a `main` has added, and whether it can go together.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::Context;
use async_graphql::ObjectType;
use laurel_dispatch::Subscriber;
use laurel_ingest::Verifier;
use laurel_migrations::{Migrations, Migrator};
use laurel_notify::Channel;
use laurel_payloads::Reader;

use super::Routes;
use super::command::ExtensionCommand;
use super::section::Sections;
use super::verifier::{VerifierKind, Verifiers};
use super::worker::Worker;
use crate::cli;
use crate::config::{AuthKind, ConfigError, Foreign, MASIVO};

/// What was added to the stock server.
#[derive(Default)]
pub(crate) struct Extensions {
    pub(crate) subscribers: Vec<Arc<dyn Subscriber>>,
    pub(crate) channels: Vec<Arc<dyn Channel>>,
    pub(crate) migrations: Vec<Migrations>,
    pub(crate) routes: Vec<Routes>,
    pub(crate) workers: Vec<Worker>,
    pub(crate) readers: BTreeMap<&'static str, Arc<dyn Reader>>,
    pub(super) sections: Sections,
    pub(super) verifiers: Vec<VerifierKind>,
    /// Made of the configuration's credentials, once it is known who makes what.
    pub(super) made: Verifiers,
    /// What was wrong as soon as it was added.
    faults: Vec<String>,
}

impl Extensions {
    pub(super) fn add_reader(&mut self, reader: Arc<dyn Reader>) {
        let format = reader.format();
        if !is_format(format) {
            self.faults.push(format!(
                "the format `{format}`: write small letters, digits and hyphens; names of events begin with it"
            ));
        }
        if format == MASIVO || self.readers.insert(format, reader).is_some() {
            let fault = format!("there is a reader of the format `{format}` already; rename it");
            self.faults.push(fault);
        }
    }

    /// Looks at the root that queries are answered from.
    pub(super) fn add_root<Q: ObjectType>(&mut self) {
        self.faults.extend(laurel_graphql::root_faults::<Q>());
    }

    /// Says what cannot go together.
    pub(super) fn check(&self, commands: &[ExtensionCommand]) -> Result<(), String> {
        let faults = self.faults(commands);
        if faults.is_empty() {
            return Ok(());
        }
        let faults: Vec<String> = faults.iter().map(|fault| format!("\n- {fault}")).collect();
        Err(format!(
            "this program's `main` adds what cannot be:{}",
            faults.concat()
        ))
    }

    fn faults(&self, commands: &[ExtensionCommand]) -> Vec<String> {
        let mut faults = self.faults.clone();
        faults.extend(self.sections.faults().cloned());
        let channels = || self.channels.iter().map(|channel| channel.name());
        let subscribers = self.subscribers.iter().map(|one| one.name().to_owned());
        // A channel's messages are written by a subscriber of its name.
        let taken = ["history", "mail"].into_iter().chain(channels());
        let clash = |name| {
            format!(
                "two subscribers, or a subscriber and a channel, are called `{name}`: it is a key in the database; \
                 rename one that has not run yet"
            )
        };
        faults.extend(twice(taken.map(str::to_owned).collect(), subscribers).map(clash));
        let again = |name| format!("two channels are called `{name}`; rename one");
        faults.extend(twice(BTreeSet::new(), channels().map(str::to_owned)).map(again));
        let tables = self.migrations.iter().map(Migrations::table);
        let ours = Migrations::of::<Migrator>().table();
        let shared = |table| {
            format!(
                "a migrator records in `{table}`, which is another's; give it its own name in `migration_table_name`"
            )
        };
        faults.extend(twice([ours].into(), tables).map(shared));
        let commands = commands.iter().map(|command| command.name().to_owned());
        let known = |name| {
            format!("there is a command `{name}` already; name yours with #[command(name = \"…\")]")
        };
        faults.extend(twice(cli::names(), commands).map(known));
        faults.extend(self.verifier_faults());
        let routes = self.routes.iter().enumerate();
        faults.extend(routes.filter_map(|(at, routes)| routes.fault(&self.routes[..at])));
        faults
    }

    fn verifier_faults(&self) -> Vec<String> {
        let ours = AuthKind::NAMES.iter().map(|&name| name.to_owned());
        let kinds = self.verifiers.iter().map(|one| one.kind.to_owned());
        let known = |kind| format!("there is a kind of `auth` called `{kind}` already; rename it");
        let lax = self
            .verifiers
            .iter()
            .filter(|one| !one.refuses_unknown_keys);
        let lax = lax.map(|one| {
            let kind = one.kind;
            format!(
                "`auth` of kind `{kind}`: its type takes keys that it does not know; give it \
                 #[serde(deny_unknown_fields)]"
            )
        });
        twice(ours.collect(), kinds).map(known).chain(lax).collect()
    }

    /// Makes a verifier of every credential that is not ours.
    pub(super) fn make_verifiers(&mut self, foreign: &Foreign) -> Result<(), ConfigError> {
        for (place, credential) in &foreign.credentials {
            let kind = self
                .verifiers
                .iter()
                .find(|one| one.kind == credential.kind);
            let Some(kind) = kind else {
                let known: Vec<&str> = self.verifiers.iter().map(|one| one.kind).collect();
                return Err(foreign.unknown_kind(place, &credential.kind, &known));
            };
            let made = kind.make(foreign, place, credential)?;
            self.made.insert(place.clone(), made);
        }
        Ok(())
    }
}

impl Extensions {
    /// The verifier that was made of a source's credential.
    pub(crate) fn verifier(&self, source: &str, index: usize) -> anyhow::Result<Arc<dyn Verifier>> {
        let made = self.made.get(&(source.to_owned(), index));
        let made = made.context("a credential of a kind that no extension knows")?;
        Ok(Arc::clone(&made.verifier))
    }
}

fn is_format(format: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !format.is_empty() && format.bytes().all(fits)
}

/// The names that are taken already, or come more than once.
fn twice(
    mut taken: BTreeSet<String>,
    names: impl Iterator<Item = String>,
) -> impl Iterator<Item = String> {
    let again = names.filter(move |name| !taken.insert(name.clone()));
    again.collect::<Vec<_>>().into_iter()
}

#[cfg(test)]
mod tests {
    use async_graphql::{MergedObject, Object};
    use async_trait::async_trait;
    use laurel_dispatch::{Context, RecordedEvent, Rejection};
    use laurel_payloads::{Heading, Unreadable};

    use super::*;

    struct Named(&'static str);

    #[async_trait]
    impl Subscriber for Named {
        fn name(&self) -> &'static str {
            self.0
        }

        async fn handle(&self, _: &mut Context<'_>, _: &[RecordedEvent]) -> Result<(), Rejection> {
            Ok(())
        }
    }

    impl Reader for Named {
        fn format(&self) -> &'static str {
            self.0
        }

        fn heading(&self, _: &[u8]) -> Result<Heading, Unreadable> {
            Ok(Heading::new("any"))
        }
    }

    struct Theirs;

    #[Object]
    impl Theirs {
        async fn customer(&self) -> i32 {
            0
        }
    }

    #[derive(MergedObject)]
    struct Root(laurel_graphql::QueryRoot, Theirs);

    fn said(extensions: &Extensions) -> String {
        extensions.check(&[]).expect_err("a fault")
    }

    #[test]
    fn what_cannot_go_together_is_said_all_at_once() {
        let mut extensions = Extensions::default();
        for name in ["badges", "badges", "history"] {
            extensions.subscribers.push(Arc::new(Named(name)));
        }
        extensions.migrations.push(Migrations::of::<Migrator>());
        extensions.add_reader(Arc::new(Named("masivo")));
        let said = said(&extensions);
        for part in [
            "are called `badges`: it is a key in the database; rename one",
            "are called `history`",
            "a migrator records in `seaql_migrations`, which is another's; give it its own name",
            "there is a reader of the format `masivo` already",
        ] {
            assert!(said.contains(part), "{part}\nin: {said}");
        }
    }

    #[test]
    fn a_root_that_takes_the_place_of_ours_cannot_be() {
        let mut extensions = Extensions::default();
        extensions.add_root::<Root>();
        let said = said(&extensions);
        for part in [
            "- the root of the API's queries is called `Root`; clients know it as `Query`",
            "- the API's query `customer` is Laurel's own",
        ] {
            assert!(said.contains(part), "{part}\nin: {said}");
        }
    }

    #[test]
    fn what_can_go_together_may() {
        let mut extensions = Extensions::default();
        extensions.subscribers.push(Arc::new(Named("badges")));
        extensions.add_reader(Arc::new(Named("shop")));
        extensions.add_root::<laurel_graphql::Query>();
        assert_eq!(extensions.check(&[]), Ok(()));
    }
}
