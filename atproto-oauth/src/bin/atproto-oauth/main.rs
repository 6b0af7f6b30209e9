//! The command `atproto-oauth`: what an operator needs around a deployment.

mod policy;
mod rows;

use std::io::Write;

use atproto_oauth::store::admin::generate_secret;
use atproto_oauth::{ClientKey, Error, ErrorKind, PrivateKey};
use clap::{Parser, Subcommand};
use zeroize::Zeroizing;

/// Sign-in with AT Protocol identities: keys and checks for operators.
#[derive(Parser)]
#[command(name = "atproto-oauth", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a secret and a client key, ready for the environment of a deployment.
    Keygen,
    /// Show the client keys that a store knows, and how many sessions each of them has.
    Keys {
        /// The client id: the address of the client metadata document.
        client_id: String,
    },
    /// Seal every row of a store with the first of several secrets, so that the others can go.
    ///
    /// Every process has to have both secrets before, the new one first. They go on meanwhile; only a
    /// `file:` store has to be closed. Start it again if it was interrupted.
    Reseal {
        /// The client id: the address of the client metadata document.
        client_id: String,
    },
}

fn main() -> Result<(), Error> {
    match Arguments::parse().command {
        Command::Keygen => say(&keygen()?),
        Command::Keys { client_id } => block_on(async {
            let admin = rows::open(&client_id, variable).await?;
            say(&rows::keys(&admin).await?)
        }),
        Command::Reseal { client_id } => block_on(async {
            let admin = rows::open(&client_id, variable).await?;
            rows::reseal(&admin, policy::RESEAL_PAUSE, say).await
        }),
    }
}

/// Straight to the terminal or file; a closed pipe is the reader's choice.
fn say(text: &str) -> Result<(), Error> {
    let written = std::io::stdout().write_all(text.as_bytes());
    written.map_err(|error| wrong("the output cannot be written").with_source(error))
}

fn block_on<T>(work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| wrong("no runtime could be started").with_source(error))?;
    runtime.block_on(work)
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

pub(crate) fn wrong(message: &str) -> Error {
    Error::new(ErrorKind::Configuration, message)
}

/// Two lines of `NAME='value'` that a shell and most `.env` readers understand.
fn keygen() -> Result<Zeroizing<String>, Error> {
    let secret = generate_secret()?;
    let key = ClientKey::with_thumbprint(PrivateKey::generate()?);
    Ok(Zeroizing::new(format!(
        "# Keep both out of version control. Losing the secret signs all people out; leaking the key\n\
         # lets others pose as this application.\n\
         ATPROTO_SECRET='{}'\n\
         ATPROTO_CLIENT_KEYS='{}'\n",
        secret.expose(),
        key.to_private_jwks().expose()
    )))
}
