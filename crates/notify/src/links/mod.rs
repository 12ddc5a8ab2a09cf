//! What a mail carries to be recognised by: signed links to the customer's own pages, and the signed id that its
//! bounces come back with. Both name the outbox row and nothing else, so no personal data stands in them.

mod keyring;
mod keys;
mod linker;

pub use self::keyring::Keyring;
pub use self::keys::MailKeys;
pub use self::linker::{Linker, by_mail};
