//! One mail: from a tier change and a customer's profile to the bytes that a relay takes.

mod address;
mod brand;
mod clean;
mod compose;
mod draft;
mod facts;
mod locale;
mod message;
mod palette;
mod return_path;
mod stationery;
mod templates;
mod tier;
mod unsubscribe;

pub use self::address::{InvalidAddress, mail_address};
pub use self::brand::{Brand, Brands, Logo};
pub use self::compose::{ComposeError, Composer, sender_domain, sender_name};
pub use self::draft::{Draft, Links};
pub use self::message::Message;
pub use self::palette::{Color, InvalidColor};
pub use self::return_path::ReturnPath;
pub use self::stationery::Words;
pub use self::tier::{Balance, Direction, TierMail};

pub(crate) use self::clean::{cleaned, masked};
pub(crate) use self::locale::customer_locale;

/// A mail address, as the library that speaks SMTP has it.
pub use lettre::Address;
