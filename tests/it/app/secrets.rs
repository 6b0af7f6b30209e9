//! No secret is on a page, in a log, in an address, or in what `Debug` prints.

use std::collections::BTreeSet;

use atproto_oauth::prelude::*;
use atproto_oauth::testing::{Endpoint, Fault, TestNetwork};
use axum::response::Redirect;
use axum::routing::get;

use crate::app::callback::binding::parameter;
use crate::app::harness::person::*;
use crate::app::harness::site::{builder, network};
use crate::support::{Ahead, Logs};

/// An application that logs everything it gets.
#[atproto_oauth(callback = signed_in, logout = signed_out, error = sorry, scopes = ["atproto", "repo:com.example.note"])]
#[derive(Clone, Debug)]
struct Chatty {
    oauth: OAuthClient,
}

async fn signed_in(login: Login<Chatty>, accounts: Accounts<Chatty>) -> Redirect {
    tracing::info!(?login, ?accounts, session = ?login.session(), "in");
    Redirect::to(login.return_to())
}

async fn signed_out(gone: LoggedOut<Chatty>) -> Redirect {
    tracing::info!(?gone, "out");
    Redirect::to("/")
}

async fn sorry(error: OAuthError) -> OAuthError {
    tracing::info!(?error, display = %error, inner = ?error.error(), "sorry");
    error
}

async fn home(session: ChattySession) -> Result<String, XrpcError> {
    let written = session
        .create_record("com.example.note", &json!({}))
        .await?;
    Ok(format!("{session:?} {:?} {written:?}", session.info()))
}

/// All secrets that went over the wire or into the cookies.
fn secrets(network: &TestNetwork, people: &[Person]) -> BTreeSet<String> {
    let mut secrets = BTreeSet::new();
    for seen in network.requests() {
        let fields = [
            "code",
            "code_verifier",
            "refresh_token",
            "token",
            "client_assertion",
            "state",
        ];
        secrets.extend(
            fields
                .iter()
                .filter_map(|name| seen.form(name))
                .map(str::to_owned),
        );
        secrets.extend(seen.header("dpop").map(str::to_owned));
        let authorization = seen.header("authorization").unwrap_or_default();
        secrets.extend(authorization.strip_prefix("DPoP ").map(str::to_owned));
    }
    for person in people {
        let values = person
            .jar
            .values()
            .map(|value| value.split('.').next().unwrap());
        secrets.extend(values.map(str::to_owned));
    }
    secrets
}

/// Scenario 54.
#[tokio::test]
async fn never_a_secret_in_pages_or_logs() {
    let log = Logs::listen();
    let clock = Ahead::default();
    let network = network(&clock, &["alice.test", "bob.test"]).await;
    let client = builder::<Chatty>(&network, &clock).build().await.unwrap();
    let state = Chatty {
        oauth: client.clone(),
    };
    tracing::info!(?state, ?client, "start");
    let router = Chatty::oauth_routes()
        .route("/home", get(home))
        .with_state(state);
    let mut people = Vec::new();
    let mut pages = Vec::new();

    // A person signs in, works, refreshes, and leaves; all goes well.
    let mut person = Person::new(&router);
    pages.push(person.try_sign_in(&network, "alice.test").await);
    people.push(person.clone());
    pages.push(person.send(click("/home")).await);
    clock.by(std::time::Duration::from_mins(61));
    pages.push(person.send(click("/home")).await);
    pages.push(person.try_sign_in(&network, "bob.test").await);
    people.push(person.clone());
    for path in ["/oauth/accounts", "/oauth/login", "/oauth/logout?all=x"] {
        pages.push(person.send(navigate("none", path)).await);
    }
    pages.push(person.send(submit("/oauth/logout?all=true", &[])).await);

    // And everything goes wrong.
    let faults = [
        Fault::json(
            Endpoint::Exchange,
            400,
            &json!({ "error": "invalid_grant" }),
        ),
        Fault::edit(Endpoint::Exchange, "token_type", "Bearer"),
        Fault::edit(
            Endpoint::Exchange,
            "sub",
            "did:plc:eeeeeeeeeeeeeeeeeeeeeeee",
        ),
        Fault::missing(Endpoint::Exchange, "scope"),
        Fault::status(Endpoint::Exchange, 503),
        Fault::status(Endpoint::Revocation, 500),
        Fault::foreign_iss("https://evil.example"),
        Fault::no_iss(),
    ];
    for fault in faults {
        network.misbehave(fault);
        let mut person = Person::new(&router);
        let url = person.start("alice.test").await;
        let address = network.approve(&url, "alice.test").await.unwrap();
        people.push(person.clone());
        pages.push(person.clone().come_back(&address).await);
        let path = address.strip_prefix("http://127.0.0.1:3000").unwrap();
        pages.push(person.send(api(path)).await);
        pages.push(person.send(submit("/oauth/logout", &[])).await);
        // A state that was never used up is a secret of its own.
        assert!(!log.text().contains(&parameter(&address, "state")));
        assert!(!log.text().contains(&parameter(&address, "code")));
        network.behave();
    }
    let mut person = Person::new(&router);
    person.sign_in(&network, "alice.test").await;
    network.revoke_sessions(network.account("alice.test").unwrap().did);
    clock.by(std::time::Duration::from_mins(61));
    pages.push(person.send(click("/home")).await);
    people.push(person);

    let secrets = secrets(&network, &people);
    assert!(
        secrets.len() > 40 && secrets.iter().all(|secret| secret.len() >= 20),
        "{}",
        secrets.len()
    );
    let text = log.text();
    assert!(
        text.contains("token_validation_failed") && text.contains("Login"),
        "{text}"
    );
    for secret in &secrets {
        assert!(!text.contains(secret.as_str()), "logged: {secret}");
        for page in &pages {
            assert!(
                !page.body.contains(secret.as_str()),
                "on a page: {secret}\n{page:?}"
            );
            // A cookie goes to the browser it is for, and nowhere else.
            let location = page.location();
            assert!(
                !location.contains(secret.as_str()),
                "in an address: {secret}\n{page:?}"
            );
        }
    }
}
