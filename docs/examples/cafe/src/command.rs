//! The command: `cafe stamps ana-0042`

use laurel::{Failure, Session};
use laurel_store::Source;

use crate::{Settings, table};

/// Show a customer's card.
#[derive(Debug, clap::Parser)]
#[command(name = "stamps")]
pub struct Stamps {
    /// The customer, by the brand's own id.
    customer: String,
    /// The account that they are a customer of.
    #[arg(long, default_value = "masivo")]
    source: String,
}

/// Shows a customer's card.
///
/// # Errors
///
/// The database is not there, or there is no such source.
pub async fn stamps(args: Stamps, session: Session, settings: Settings) -> Result<(), Failure> {
    let source = Source::new(&args.source).map_err(|error| Failure::Usage(error.to_string()))?;
    let store = session.store().await?;
    let stamps = table::stamps(&store, &source, &args.customer).await;
    let stamps = stamps.map_err(|error| Failure::Database(error.to_string()))?;
    let full = settings.stamps_for_a_coffee;
    session.print(&format!("{stamps} stamps; {full} make a coffee\n"))
}
