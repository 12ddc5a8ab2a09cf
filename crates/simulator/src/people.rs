//! The customers: names from several languages, addresses at example.com, and all kinds of consent.

use laurel_payloads::{Consent, Customer, CustomerId, Purposes, TierId, Timestamp};
use rand::Rng;
use serde_json::json;
use serde_json::value::to_raw_value;

/// First name, the same as part of an id, last name, locale, country.
const NAMES: [(&str, &str, &str, &str, &str); 12] = [
    ("Ana", "ana", "Gómez", "es-CO", "CO"),
    ("João", "joao", "Silva", "pt-BR", "BR"),
    ("Lena", "lena", "Schäfer", "de-DE", "DE"),
    ("Chloé", "chloe", "Martin", "fr-FR", "FR"),
    ("Emma", "emma", "O'Neill", "en-GB", "GB"),
    ("Giulia", "giulia", "Rossi", "it-IT", "IT"),
    ("Noor", "noor", "de Vries", "nl-NL", "NL"),
    ("Zofia", "zofia", "Wójcik", "pl-PL", "PL"),
    ("Ayşe", "ayse", "Yılmaz", "tr-TR", "TR"),
    ("Олена", "olena", "Шевченко", "uk-UA", "UA"),
    ("ليلى", "leila", "حداد", "ar-EG", "EG"),
    ("結衣", "yui", "田中", "ja-JP", "JP"),
];

/// One customer, as far as they never change.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Person {
    name: usize,
    pub(crate) origin: Origin,
    consent: Recorded,
    active: bool,
}

/// How a customer came into the programme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    Registered,
    /// Registered with placeholders for name and address.
    Anonymous,
    /// Migrated from elsewhere: no webhook ever tells who they are.
    Imported,
}

#[derive(Debug, Clone, Copy)]
enum Recorded {
    Nothing,
    NoMail,
    Mail,
}

impl Person {
    pub(crate) fn new(rng: &mut impl Rng) -> Self {
        let origins = [
            (Origin::Imported, 2),
            (Origin::Anonymous, 2),
            (Origin::Registered, 16),
        ];
        let consents = [
            (Recorded::Nothing, 3),
            (Recorded::NoMail, 3),
            (Recorded::Mail, 14),
        ];
        Self {
            name: rng.random_range(0..NAMES.len()),
            origin: pick(rng, origins),
            consent: pick(rng, consents),
            active: rng.random_bool(0.95),
        }
    }

    /// The brand's own id. It holds the seed, so that two programmes have no customer in common.
    pub(crate) fn id(&self, seed: u64, index: usize) -> CustomerId {
        let id = format!("{}-{seed}-{index:05}", NAMES[self.name].1);
        id.try_into()
            .expect("letters, digits and dashes make an id")
    }

    /// The profile that a registration carries.
    pub(crate) fn profile(
        &self,
        id: &CustomerId,
        tier_id: Option<TierId>,
        registered_at: Timestamp,
    ) -> Customer {
        let (first, _, last, locale, country) = NAMES[self.name];
        let anonymous = self.origin == Origin::Anonymous;
        let (name, email) = if anonymous {
            (
                "Anonymous".to_owned(),
                format!("anonymous+{id}@example.com"),
            )
        } else {
            (format!("{first} {last}"), format!("{id}@example.com"))
        };
        Customer {
            id: Some(id.clone()),
            name: Some(name),
            email: Some(email),
            registration_date: Some(registered_at),
            status: Some(if self.active { "ACTIVE" } else { "INACTIVE" }.to_owned()),
            is_anonymous: Some(anonymous),
            country: Some(country.to_owned()),
            tier_id,
            platforms: vec!["app".to_owned()],
            email_status: Some(if anonymous { "UNKNOWN" } else { "VALID" }.to_owned()),
            tags: to_raw_value(&json!({ "locale": locale })).ok(),
            consent: self.consent(registered_at),
            ..Customer::default()
        }
    }

    fn consent(&self, given_at: Timestamp) -> Option<Consent> {
        let email_marketing = match self.consent {
            Recorded::Nothing => return None,
            Recorded::NoMail => false,
            Recorded::Mail => true,
        };
        Some(Consent {
            version: Some("2.0".to_owned()),
            consent_timestamp: Some(given_at),
            purposes: Some(Purposes {
                behavioral_campaigns: Some(true),
                coupon_campaigns: Some(true),
                punchcard_campaigns: Some(true),
                email_marketing: Some(email_marketing),
                push_notifications: Some(false),
                link_tracking: Some(false),
            }),
        })
    }
}

/// One of the options, as often as its weight says.
pub(crate) fn pick<T: Copy, const N: usize>(rng: &mut impl Rng, options: [(T, u32); N]) -> T {
    let mut ticket = rng.random_range(0..options.iter().map(|(_, weight)| weight).sum());
    for (option, weight) in options {
        if ticket < weight {
            return option;
        }
        ticket -= weight;
    }
    options[0].0
}
