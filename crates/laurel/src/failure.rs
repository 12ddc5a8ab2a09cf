//! Why a command failed, and the exit code that says so.

use std::process::ExitCode;

use crate::config::ConfigError;

/// A failed command. Its text is for the person who ran it.
///
/// ```
/// use laurel::Failure;
///
/// let failure = Failure::NotFound("there is no badge `gold`".to_owned());
/// assert_eq!(failure.code(), 4);
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The command line or the configuration is wrong. Exit code 2.
    #[error("{0}")]
    Usage(String),
    /// The configuration is wrong. Exit code 2.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The database cannot be used as it is. Exit code 3.
    #[error("{0}")]
    Database(String),
    /// What the command is about is not there. Exit code 4.
    #[error("{0}")]
    NotFound(String),
    /// Anything else. Exit code 1.
    #[error("{0:#}")]
    Other(#[from] anyhow::Error),
}

impl Failure {
    /// The code that the process ends with.
    pub fn code(&self) -> u8 {
        match self {
            Self::Other(_) => 1,
            Self::Usage(_) | Self::Config(_) => 2,
            Self::Database(_) => 3,
            Self::NotFound(_) => 4,
        }
    }
}

impl From<laurel_store::Error> for Failure {
    fn from(error: laurel_store::Error) -> Self {
        use laurel_store::Class;
        match error.class() {
            Class::Unavailable | Class::Corrupt => Self::Database(error.to_string()),
            Class::Conflict | Class::Other => Self::Other(error.into()),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Other(error.into())
    }
}

/// Runs a program's body, says on standard error why it failed, and gives its exit code.
///
/// It is the whole of a `main`: it also installs the one TLS provider, before anything could
/// look for it. [`Platform`](crate::Platform) has an example.
///
/// ```
/// use laurel::Failure;
///
/// let code = laurel::exit(|| Err(Failure::NotFound("there is no badge `gold`".to_owned())));
/// assert_eq!(code, std::process::ExitCode::from(4));
/// ```
pub fn exit(body: impl FnOnce() -> Result<(), Failure>) -> ExitCode {
    // An embedding program that has installed a provider of its own keeps it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match body() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("laurel: {failure}");
            ExitCode::from(failure.code())
        }
    }
}
