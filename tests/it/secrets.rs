//! A whole life, with everything that is logged at any level, and every `Debug`, searched for
//! what must not be there.

use std::collections::BTreeSet;
use std::time::Duration;

use atproto_oauth::jose::base64url;
use atproto_oauth::store::{PendingRecord, RevocationRecord, SessionRecord};
use atproto_oauth::testing::{Endpoint, Fault, TestNetwork};
use atproto_oauth::{Authorization, AuthorizeOptions, OAuthClient, XrpcError};
use http::Method;
use secrecy::ExposeSecret;
use serde_json::json;

use crate::support::*;

/// Everything that was sent and is worth something to an attacker.
fn sent(network: &TestNetwork) -> BTreeSet<String> {
    let mut secrets = BTreeSet::new();
    for seen in network.requests() {
        for name in [
            "code",
            "code_verifier",
            "refresh_token",
            "token",
            "client_assertion",
            "state",
        ] {
            secrets.extend(seen.form(name).map(str::to_owned));
        }
        for name in ["authorization", "dpop"] {
            let value = seen
                .header(name)
                .map(|value| value.trim_start_matches("DPoP ").to_owned());
            secrets.extend(value);
        }
    }
    secrets
}

/// The searches must be able to find something.
fn assert_clean(what: &str, text: &str, secrets: &BTreeSet<String>) {
    assert!(secrets.len() > 10, "{}", secrets.len());
    for secret in secrets {
        assert!(secret.len() >= 16, "{secret}");
        assert!(!text.contains(secret.as_str()), "{what} shows `{secret}`");
    }
}

struct Life {
    network: TestNetwork,
    client: OAuthClient,
    clock: Ahead,
    secrets: BTreeSet<String>,
    debug: String,
}

impl Life {
    async fn new() -> Self {
        let clock = Ahead::default();
        let network = network_at(&clock).await;
        let key = client_key();
        let client = confidential(&network, &[&key], |builder| builder.clock(clock.clone())).await;
        let (d, _, _) = key.private().parts();
        let secrets = BTreeSet::from([SECRET.to_owned(), base64url::encode(&*d)]);
        Self {
            network,
            client,
            clock,
            secrets,
            debug: String::new(),
        }
    }

    fn show(&mut self, what: impl std::fmt::Debug) {
        self.debug.push_str(&format!("{what:?} {what:#?}\n"));
    }

    async fn start(&mut self) -> (Authorization, String) {
        let options = AuthorizeOptions::new().app_state("the application's own affair");
        self.show(&options);
        let authorization = self.client.authorize("alice.test", options).await.unwrap();
        self.show(&authorization);
        self.secrets.insert(authorization.state().to_owned());
        self.secrets.insert(authorization.binding().to_owned());
        let address = self
            .network
            .approve(authorization.url(), "alice.test")
            .await
            .unwrap();
        (authorization, address)
    }

    async fn records(&mut self) {
        let vault = self.client.vault().clone();
        let did = self.network.account("alice.test").unwrap().did;
        for stored in vault
            .list::<SessionRecord>(did.as_str(), None, 100)
            .await
            .unwrap()
            .items
        {
            let record = &stored.record;
            self.secrets
                .insert(record.access_token.expose_secret().to_owned());
            self.secrets.extend(
                record
                    .refresh_token
                    .as_ref()
                    .map(|t| t.expose_secret().to_owned()),
            );
            let (d, _, _) = record.dpop_key.parts();
            self.secrets.insert(base64url::encode(&*d));
            self.show(&stored);
        }
        let queue = vault
            .list::<RevocationRecord>(RevocationRecord::QUEUE, None, 100)
            .await
            .unwrap();
        self.show(&queue);
        self.show(&vault);
    }
}

/// Scenario 54.
#[tokio::test]
async fn never_a_secret_in_logs_or_debug() {
    let logs = Logs::listen();
    let mut life = Life::new().await;
    let client = life.client.clone();
    let network = life.network.clone();

    // A sign-in, with a pending row to look at.
    let (authorization, address) = life.start().await;
    let id = base64url::encode(&atproto_oauth::jose::sha256(
        authorization.state().as_bytes(),
    ));
    let pending = client
        .vault()
        .get::<PendingRecord>(&id)
        .await
        .unwrap()
        .unwrap();
    life.secrets
        .insert(pending.record.verifier.expose_secret().to_owned());
    life.show(&pending);
    let signed_in = finish(&client, &authorization, &address).await.unwrap();
    life.show(&signed_in);
    let session = signed_in.into_session();
    life.show((&session, session.info(), session.key(), session.scopes()));
    life.records().await;

    // Requests, refreshes, a lost answer, refusals that repeat what they were told.
    me(&session).await.unwrap();
    life.show(
        session
            .request(Method::POST, "com.atproto.repo.createRecord")
            .json(&json!({ "a": 1 })),
    );
    let token = |seen: &str| json!({ "error": seen, "error_description": seen, "message": seen });
    let known: Vec<String> = sent(&network).into_iter().collect();
    for echo in &known {
        for at in [Endpoint::Xrpc, Endpoint::Refresh] {
            network.misbehave(Fault::json(at, 400, &token(echo)));
            if at == Endpoint::Refresh {
                life.clock.by(Duration::from_hours(2));
            }
            let error = me(&session).await.unwrap_err();
            if let XrpcError::Session(error) = error {
                life.show(&error);
                life.debug.push_str(&error.to_string());
            }
            network.behave();
            life.clock.by(Duration::from_secs(10));
        }
    }
    life.clock.by(Duration::from_mins(5));
    me(&session).await.unwrap();
    life.records().await;
    for fault in [
        Fault::edit(Endpoint::Exchange, "token_type", "Bearer"),
        Fault::edit(
            Endpoint::Exchange,
            "sub",
            "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa",
        ),
        Fault::Drop {
            at: Endpoint::Exchange,
        },
        Fault::redirect(Endpoint::Exchange, "https://evil.example.com/?code=x"),
        Fault::html(Endpoint::Exchange),
    ] {
        let (authorization, address) = life.start().await;
        network.misbehave(fault);
        let error = finish(&client, &authorization, &address).await.unwrap_err();
        network.behave();
        life.show(&error);
        life.debug.push_str(&error.to_string());
    }
    // Signing out while the server is down, with the queue to look at.
    network.misbehave(Fault::status(Endpoint::Revocation, 503));
    session.revoke().await.unwrap();
    life.records().await;
    life.show((&client, &network));

    life.secrets.extend(sent(&network));
    let logged = logs.text();
    assert!(logged.contains("atproto_oauth"), "nothing was logged");
    assert_clean("a log", &logged, &life.secrets);
    assert_clean("a `Debug`", &life.debug, &life.secrets);
    assert!(life.debug.contains("SessionRecord") && life.debug.contains("PendingRecord"));
    assert!(life.debug.contains("RevocationRecord"));
    assert!(!life.debug.contains("the application's own affair"));
}
