//! The macro that turns the table of events into everything that has one arm an event.

use crate::Timestamp;

/// What must be known of the data of each event.
pub(super) trait Data: Sized {
    /// The times at which it may have happened, the best first.
    fn times(&self) -> Vec<Option<Timestamp>> {
        Vec::new()
    }

    /// What stays of it once the customer is erased: nothing that describes a person.
    fn impersonal(self) -> Self;
}

macro_rules! events {
    ($($(#[doc = $doc:literal])+ $kind:ident($data:ident) = $name:literal,)+) => {
        /// What an event is, under Masivo's own name for it.
        ///
        /// ```
        /// use laurel_payloads::EventKind;
        ///
        /// let kind = EventKind::from_name("TIER_UPGRADE");
        /// assert_eq!(kind, EventKind::TierUpgrade);
        /// assert_eq!(kind.as_str(), "TIER_UPGRADE");
        /// assert_eq!(kind.description(), "The customer rose to a higher tier.");
        /// assert!(EventKind::ALL.contains(&kind));
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum EventKind {
            $($(#[doc = $doc])+ $kind,)+
            /// A movement that an extension appended; never a webhook.
            External,
            /// An event that nobody here knows: kept until a subscriber does.
            Unrecognized,
        }

        impl EventKind {
            /// Every kind, in Masivo's order.
            pub const ALL: &'static [Self] =
                &[$(Self::$kind,)+ Self::External, Self::Unrecognized];

            /// Masivo's name: what is stored, shown and counted.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)+
                    Self::External => "EXTERNAL",
                    Self::Unrecognized => "UNRECOGNIZED",
                }
            }

            /// What it is, in a sentence for who reads a schema.
            pub const fn description(self) -> &'static str {
                match self {
                    $(Self::$kind => concat!($($doc,)+).trim_ascii(),)+
                    Self::External => {
                        "A movement that an extension added to the history; never a webhook."
                    }
                    Self::Unrecognized => {
                        "An event that nobody here knows. Only operators see these."
                    }
                }
            }

            /// The kind of a webhook with this `event`. Names match exactly, and nobody can send
            /// the two names that are our own.
            pub fn from_name(name: &str) -> Self {
                match name {
                    $($name => Self::$kind,)+
                    _ => Self::Unrecognized,
                }
            }
        }

        /// What an event says, beside whom it is about.
        ///
        /// ```
        /// use laurel_payloads::{Event, Payload};
        ///
        /// /// What an event says, in a word. Masivo's next one has none here.
        /// fn word(event: &Event) -> String {
        ///     match &event.payload {
        ///         Payload::CustomerRegistration(registration) => {
        ///             let customer = registration.customer.as_ref();
        ///             customer.and_then(|customer| customer.name.clone()).unwrap_or_default()
        ///         }
        ///         Payload::CustomerAccumulation(movement)
        ///         | Payload::CustomerRedemption(movement)
        ///         | Payload::RewardsReservation(movement)
        ///         | Payload::RewardsReservationCancelled(movement) => format!("{} lines", movement.lines.len()),
        ///         Payload::BehaviorEventFulfilled(outcome) | Payload::BehaviorEventFailed(outcome) => {
        ///             outcome.event.r#type.clone().unwrap_or_default()
        ///         }
        ///         Payload::CouponRedemption(coupon) => coupon.code.clone().unwrap_or_default(),
        ///         Payload::TierUpgrade(change) | Payload::TierDowngrade(change) => {
        ///             change.to_tier_name.clone().unwrap_or_default()
        ///         }
        ///         Payload::External(external) => external.name.clone(),
        ///         _ => String::new(),
        ///     }
        /// }
        ///
        /// let body = br#"{"event": "TIER_UPGRADE", "data": {"customer_id": "ana-0042", "to_tier_name": "Gold"}}"#;
        /// assert_eq!(word(&Event::parse(body)?), "Gold");
        /// # Ok::<(), laurel_payloads::Unreadable>(())
        /// ```
        #[derive(Clone)]
        pub enum Payload {
            $($(#[doc = $doc])+ $kind($data),)+
            /// What an extension appended; never a webhook.
            External(External),
            /// `data` as it was sent, of an event that nobody here knows.
            Unrecognized(Box<RawValue>),
        }

        impl Payload {
            pub(crate) fn kind(&self) -> EventKind {
                match self {
                    $(Self::$kind(_) => EventKind::$kind,)+
                    Self::External(_) => EventKind::External,
                    Self::Unrecognized(_) => EventKind::Unrecognized,
                }
            }

            pub(crate) fn times(&self) -> Vec<Option<Timestamp>> {
                match self {
                    $(Self::$kind(data) => data.times(),)+
                    Self::External(external) => vec![external.occurred_at],
                    Self::Unrecognized(_) => Vec::new(),
                }
            }

            /// What stays of the data of a webhook once its customer is erased.
            pub(crate) fn redacted(self, customer_id: Option<CustomerId>) -> Option<Box<RawValue>> {
                match self {
                    $(Self::$kind(data) => redaction::data(customer_id, data.impersonal()),)+
                    Self::Unrecognized(_) => redaction::data(customer_id, redaction::Nothing {}),
                    Self::External(_) => None,
                }
            }

            /// Reads `data` as the kind has it.
            pub(crate) fn read<'de, D>(kind: EventKind, data: D) -> Result<Self, D::Error>
            where
                D: Deserializer<'de>,
            {
                match kind {
                    $(EventKind::$kind => $data::deserialize(data).map(Self::$kind),)+
                    EventKind::External => External::deserialize(data).map(Self::External),
                    EventKind::Unrecognized => {
                        Box::<RawValue>::deserialize(data).map(Self::Unrecognized)
                    }
                }
            }
        }

        /// The schema of `data`, for the events that Masivo documents.
        pub(crate) fn data_schema(
            kind: EventKind,
            generator: &mut SchemaGenerator,
        ) -> Option<Schema> {
            match kind {
                $(EventKind::$kind => Some(generator.subschema_for::<$data>()),)+
                EventKind::External | EventKind::Unrecognized => None,
            }
        }
    };
}

pub(super) use events;
