//! The reference network and two ways to be a person in front of it.

mod browser;
mod clock;
pub(crate) mod installed;
mod network;
mod program;
mod user;

pub(crate) use browser::Browser;
pub(crate) use clock::Ahead;
pub(crate) use network::{Account, Network};
pub(crate) use program::Program;
pub(crate) use user::{Decision, User};

use reqwest::Url;

/// A sign-in of a public loopback client, pushed to the first PDS: the address to send a person to.
///
/// Only for the tests of this harness, which come before those of the client.
pub(crate) async fn pushed_request(network: &Network, redirect_uri: &str) -> Url {
    let issuer = &network.pds(0).issuer;
    let client_id = Url::parse_with_params(
        "http://localhost",
        [
            ("redirect_uri", redirect_uri),
            ("scope", "atproto transition:generic"),
        ],
    )
    .unwrap();
    let form = Url::parse_with_params(
        "http://localhost",
        [
            ("client_id", client_id.as_str()),
            ("response_type", "code"),
            ("redirect_uri", redirect_uri),
            ("scope", "atproto transition:generic"),
            ("state", "the-state"),
            // The example of RFC 7636: the code is never redeemed.
            (
                "code_challenge",
                "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
            ),
            ("code_challenge_method", "S256"),
            ("login_hint", &network.account("alice").handle),
        ],
    )
    .unwrap();
    let response = network
        .http()
        .post(format!("{issuer}/oauth/par"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form.query().unwrap().to_owned())
        .send()
        .await
        .unwrap();
    let answer: serde_json::Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    let request_uri = answer["request_uri"]
        .as_str()
        .unwrap_or_else(|| panic!("{answer}"));
    Url::parse_with_params(
        &format!("{issuer}/oauth/authorize"),
        [
            ("client_id", client_id.as_str()),
            ("request_uri", request_uri),
        ],
    )
    .unwrap()
}
