//! Work in the background, in a process of its own: writes a record for people who signed in to `hello`.
//!
//! `cargo run -p worker -- SESSION…` takes the keys of sessions, and DIDs, which stand for all sessions of
//! an account. The environment is that of the application: the same `ATPROTO_STORE`, one that several
//! processes can share (a `file:` store has to be closed there), the same secret and client keys.

use std::io::Write;
use std::time::Duration;

use atproto_oauth::{Did, Error, OAuthClient, SessionKey, XrpcError};
use serde_json::json;

/// How often something is tried that may succeed later.
const TRIES: u32 = 4;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let client = OAuthClient::builder()
        .scopes(["atproto", "repo:com.example.hello"])
        .env()?
        .build()
        .await?;
    for who in std::env::args().skip(1) {
        for key in sessions(&client, &who).await? {
            let outcome = work(&client, &key, Duration::from_secs(5)).await;
            drop(writeln!(std::io::stdout(), "{key} {outcome}"));
        }
    }
    // Tokens that were refreshed are written before it ends.
    client.drain(Duration::from_secs(15)).await
}

/// The session of that key, or the sessions of that account.
async fn sessions(client: &OAuthClient, who: &str) -> Result<Vec<SessionKey>, Error> {
    if let Ok(key) = who.parse() {
        return Ok(vec![key]);
    }
    let did: Did = who.parse()?;
    let sessions = client.sessions_of(&did).await?;
    Ok(sessions.into_iter().map(|info| info.key).collect())
}

/// Writes, and tries again while that makes sense.
async fn work(client: &OAuthClient, key: &SessionKey, pause: Duration) -> String {
    let mut attempt = 1;
    loop {
        match write(client, key).await {
            Ok(()) => return "written".into(),
            // Only the person can help: forget the key, and ask them when they come back.
            Err(error) if error.needs_login() => return "has to sign in again".into(),
            Err(error) if error.is_transient() && attempt < TRIES => {
                let asked = match &error {
                    XrpcError::Session(error) => error.retry_after(),
                    _ => None,
                };
                tokio::time::sleep(asked.unwrap_or(pause * attempt)).await;
                attempt += 1;
            }
            Err(error) => return format!("failed: {error}"),
        }
    }
}

/// Under a name that is known beforehand, so that writing twice is writing once.
async fn write(client: &OAuthClient, key: &SessionKey) -> Result<(), XrpcError> {
    let session = client.session(key).await?;
    let record = json!({ "$type": "com.example.hello", "text": "from the background" });
    let input = json!({
        "repo": session.did(), "collection": "com.example.hello", "rkey": "worker", "record": record,
    });
    let _: serde_json::Value = session
        .procedure("com.atproto.repo.putRecord", &input)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use atproto_oauth::AuthorizeOptions;
    use atproto_oauth::testing::{Endpoint, Fault, TestNetwork};

    use super::*;

    /// Signed in, a server in trouble, and a session that ended.
    #[tokio::test]
    async fn writes_for_every_account_that_is_signed_in() {
        let network = TestNetwork::start().await.unwrap();
        let client = OAuthClient::builder()
            .base_url("http://127.0.0.1:3000")
            .scopes(["atproto", "repo:com.example.hello"])
            .store_url("memory:")
            .plc_url(network.plc_url())
            .handle_resolver(network.handle_resolver())
            .allow_loopback(true);
        let client = client.build().await.unwrap();
        let started = client
            .authorize("alice.test", AuthorizeOptions::new())
            .await;
        let started = started.unwrap();
        let address = network.approve(started.url(), "alice.test").await.unwrap();
        let (_, query) = address.split_once('?').unwrap();
        let binding = started.binding();
        let signed_in = client.callback(query, Some(binding)).await.unwrap();
        let session = signed_in.into_session();

        let (did, key) = (session.did().to_string(), session.key());
        for who in [&did, &key.to_string()] {
            let found = sessions(&client, who).await.unwrap();
            assert_eq!(found, std::slice::from_ref(&key));
        }
        network.misbehave_times(2, Fault::status(Endpoint::Xrpc, 503));
        assert_eq!(work(&client, &key, Duration::ZERO).await, "written");
        let wanted = [
            ("repo", &*did),
            ("collection", "com.example.hello"),
            ("rkey", "worker"),
        ];
        let wanted = std::collections::BTreeMap::from(wanted);
        let found: serde_json::Value = session
            .query("com.atproto.repo.getRecord", &wanted)
            .await
            .unwrap();
        assert_eq!(found["value"]["text"], "from the background");

        network.misbehave(Fault::status(Endpoint::Xrpc, 503));
        let failed = work(&client, &key, Duration::ZERO).await;
        assert!(
            failed.starts_with("failed: ") && failed.contains("503"),
            "{failed}"
        );
        network.behave();
        session.revoke().await.unwrap();
        let over = work(&client, &key, Duration::ZERO).await;
        assert_eq!(over, "has to sign in again");
        assert!(sessions(&client, "unknown").await.is_err());
    }
}
