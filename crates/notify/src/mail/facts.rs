//! What templates and messages are told about a mail.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use laurel_payloads::Timestamp;
use minijinja::value::{Kwargs, Object, from_args};
use minijinja::{Error, ErrorKind, State, Value, context};

use super::{Brand, Draft, TierMail};
use crate::language::{Arg, Args, VARIABLES, Voice};

/// What a template may ask for; docs/mail.md says what it is.
pub(super) const KNOWN: [&str; 32] = [
    "balance.date",
    "balance.rewards",
    "brand.account",
    "brand.address",
    "brand.logo",
    "brand.logo.url",
    "brand.logo.width",
    "brand.name",
    "brand.support",
    "brand.website",
    "changes",
    "colors.accent",
    "colors.dark_link",
    "colors.dark_tint",
    "colors.link",
    "colors.on_accent",
    "colors.on_dark_tint",
    "colors.on_tint",
    "colors.tint",
    "date",
    "dir",
    "from_tier",
    "lang",
    "links.preferences",
    "links.unsubscribe",
    "name",
    "occasion",
    "say",
    "source",
    "subject",
    "to_tier",
    "upgrade",
];

/// What the template language itself brings.
pub(super) const GLOBALS: [&str; 8] = [
    "caller",
    "debug",
    "dict",
    "loop",
    "namespace",
    "range",
    "self",
    "super",
];

/// What is the same in every mail of a brand.
pub(super) fn constants(brand: &Brand, programme: &str) -> Value {
    let logo = brand.logo.as_ref();
    let address = brand.address.as_deref().unwrap_or_default();
    context! {
        brand => context! {
            name => programme.to_owned(),
            logo => logo.map(|logo| context! { url => logo.url.clone(), width => logo.width }),
            website => brand.website.clone(),
            account => brand.account.clone(),
            support => brand.support.clone(),
            address => address.lines().map(str::to_owned).collect::<Vec<_>>(),
        },
        colors => brand.color.palette(),
    }
}

/// The facts of one mail, but for its subject.
pub(super) fn facts(
    draft: &Draft<'_>,
    programme: &str,
    time_zone: &TimeZone,
    voice: &Voice,
) -> (Value, Args) {
    let mail = draft.mail;
    let day = |at| voice.date(day(at, time_zone));
    let date = day(mail.when().unwrap_or(draft.now));
    let args = args(mail, programme, &date);
    let say = Value::from_object(Say {
        voice: voice.clone(),
        args: args.clone(),
    });
    let balance = mail.held().map(|held| {
        let line = |(name, amount): &(String, _)| context! { name => name.clone(), amount => voice.number(*amount) };
        let rewards: Vec<Value> = held.rewards.iter().map(line).collect();
        context! { date => day(held.as_of), rewards }
    });
    let facts = context! {
        say,
        lang => voice.lang(),
        dir => voice.dir(),
        source => draft.source.as_str().to_owned(),
        occasion => mail.occasion(),
        upgrade => mail.template() == "tier_upgrade",
        name => mail.name().map(str::to_owned),
        from_tier => mail.tier_before().map(str::to_owned),
        to_tier => mail.tier_after().map(str::to_owned),
        changes => mail.changes(),
        date,
        balance,
        links => context! {
            unsubscribe => draft.links.unsubscribe.clone(),
            preferences => draft.links.preferences.clone(),
        },
    };
    (facts, args)
}

fn args(mail: &TierMail, programme: &str, date: &str) -> Args {
    let known = match (mail.tier_before(), mail.tier_after()) {
        (Some(_), Some(_)) => "both",
        (None, Some(_)) => "to",
        (_, None) => "none",
    };
    let text = |text: Option<&str>| Arg::Text(text.unwrap_or_default().to_owned());
    Args::from([
        ("changes", Arg::Count(mail.changes())),
        ("date", text(Some(date))),
        ("from", text(mail.tier_before())),
        ("known", text(Some(known))),
        ("name", text(mail.name())),
        (
            "named",
            text(Some(if mail.name().is_some() { "yes" } else { "no" })),
        ),
        ("programme", text(Some(programme))),
        ("to", text(mail.tier_after())),
    ])
}

fn day(at: Timestamp, time_zone: &TimeZone) -> Date {
    let at = jiff::Timestamp::from_microsecond(at.micros()).unwrap_or_default();
    time_zone.to_datetime(at).date()
}

/// `say("greeting")`: a message in the customer's language. An argument by name stands in for one of the mail's own:
/// `say("balance-title", date=balance.date)`.
#[derive(Debug)]
struct Say {
    voice: Voice,
    args: Args,
}

impl Object for Say {
    fn call(self: &Arc<Self>, _: &mut State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
        let (id, other): (&str, Kwargs) = from_args(args)?;
        let wrong = |problem: String| Error::new(ErrorKind::InvalidOperation, problem);
        let mut args = self.args.clone();
        for name in other.args() {
            let known = VARIABLES.into_iter().find(|known| *known == name);
            let name =
                known.ok_or_else(|| wrong(format!("messages have no variable `${name}`")))?;
            args.insert(name, Arg::Text(other.get(name)?));
        }
        let said = self.voice.say(id, &args);
        said.map(Value::from)
            .map_err(|error| wrong(error.to_string()))
    }
}
