//! What the channels of extensions need of the configuration.

use laurel_notify::MAIL;

use super::Extensions;
use crate::config::{Config, ConfigError, Loaded, Transport};

impl Extensions {
    /// Refuses a configuration that they cannot work with.
    pub(super) fn check_channels(&self, loaded: &Loaded) -> Result<(), ConfigError> {
        let Some(first) = self.channels.first() else {
            return Ok(());
        };
        let (email, foreign) = (&loaded.config.email, &loaded.foreign);
        if email.from.is_none() {
            let name = first.name();
            let problem = format!(
                "`from` is missing: the messages of channel `{name}` are written in its name"
            );
            return Err(foreign.invalid(&["email"], problem));
        }
        let carries_mail = self.channels.iter().any(|channel| channel.name() == MAIL);
        if carries_mail && email.transport != Transport::None {
            let problem = "an extension carries the mail here; write \"none\"".to_owned();
            return Err(foreign.invalid(&["email", "transport"], problem));
        }
        Ok(())
    }

    /// What to tell the operator who has said in whose name to write, where nothing carries it out.
    pub(super) fn idle_mail(&self, config: &Config) -> Option<String> {
        let email = &config.email;
        let idle = self.channels.is_empty() && email.transport == Transport::None;
        (idle && email.from.is_some()).then(|| {
            "email.from is set but email.transport is not: no mail will be sent".to_owned()
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use async_trait::async_trait;
    use laurel_notify::mail::Message;
    use laurel_notify::{Channel, Delivery, Failure, Hold};

    use super::*;

    struct Named(&'static str);

    #[async_trait]
    impl Channel for Named {
        fn name(&self) -> &'static str {
            self.0
        }

        async fn deliver(&self, _: &Message, _: &Hold) -> Result<Delivery, Failure> {
            Ok(Delivery::to(self.0))
        }
    }

    /// What is said of a configuration beside a channel of this name.
    fn said(name: &'static str, variables: &[(&str, &str)]) -> Option<String> {
        let mut extensions = Extensions::default();
        extensions.channels.push(Arc::new(Named(name)));
        let variables = variables.iter();
        let variables = variables.map(|&(name, value)| (name.into(), value.into()));
        let loaded = Loaded::with_foreign(None, variables).expect("a configuration");
        let checked = extensions.check_channels(&loaded);
        checked.err().map(|error| error.to_string())
    }

    #[test]
    fn a_channel_needs_a_sender_and_the_mail_to_itself() {
        let from = ("LAUREL__EMAIL__FROM", "club@example.com");
        let file = ("LAUREL__EMAIL__TRANSPORT", "file");
        let missing = said("push", &[]).expect("nobody to write as");
        let expected =
            "email: `from` is missing: the messages of channel `push` are written in its name";
        assert!(missing.ends_with(expected), "{missing}");
        assert_eq!(said("push", &[from]), None);
        assert_eq!(said("push", &[from, file]), None);
        assert_eq!(said(MAIL, &[from]), None);
        let twice = said(MAIL, &[from, file]).expect("two carriers");
        assert_eq!(
            twice,
            "LAUREL__EMAIL__TRANSPORT: an extension carries the mail here; write \"none\""
        );
    }

    #[test]
    fn a_sender_in_whose_name_nobody_writes_is_told() {
        let mut config = Config::default();
        let mut extensions = Extensions::default();
        assert_eq!(extensions.idle_mail(&config), None);
        config.email.from = Some("club@example.com".to_owned());
        let told = extensions.idle_mail(&config).expect("a warning");
        assert!(told.starts_with("email.from is set"), "{told}");
        extensions.channels.push(Arc::new(Named("push")));
        assert_eq!(extensions.idle_mail(&config), None);
    }
}
