//! The command `atproto-oauth`: what an operator needs around a deployment.

use std::io::Write;

use atproto_oauth::jose::{ClientKey, PrivateKey, base64url};
use atproto_oauth::store::Secrets;
use atproto_oauth::{Error, ErrorKind};
use clap::{Parser, Subcommand};
use serde_json::json;
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
}

fn main() -> Result<(), Error> {
    let text = match Arguments::parse().command {
        Command::Keygen => keygen()?,
    };
    // Straight to the terminal or file; a closed pipe is the reader's choice.
    std::io::stdout()
        .write_all(text.as_bytes())
        .map_err(|error| {
            Error::new(ErrorKind::Configuration, "the output cannot be written").with_source(error)
        })
}

/// Two lines of `NAME='value'` that a shell and most `.env` readers understand.
fn keygen() -> Result<Zeroizing<String>, Error> {
    let secret = Secrets::generate_text()?;
    let key = ClientKey::with_thumbprint(PrivateKey::generate()?);
    let (d, x, y) = key.private().parts();
    let d = Zeroizing::new(base64url::encode(&*d));
    let jwk = json!({
        "kty": "EC",
        "crv": "P-256",
        "alg": "ES256",
        "kid": key.kid(),
        "x": base64url::encode(&x),
        "y": base64url::encode(&y),
        "d": &*d,
    });
    let set = Zeroizing::new(json!({ "keys": [jwk] }).to_string());
    Ok(Zeroizing::new(format!(
        "# Keep both out of version control. Losing the secret signs everybody out; leaking the key\n\
         # lets others pose as this application.\n\
         ATPROTO_SECRET='{}'\n\
         ATPROTO_CLIENT_KEYS='{}'\n",
        *secret, *set
    )))
}
