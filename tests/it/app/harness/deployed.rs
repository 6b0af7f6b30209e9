//! A deployed application: https, and authorization servers that fetch its documents.

use atproto_oauth::OAuthClientBuilder;
use atproto_oauth::jose::{ClientKey, PrivateKey};

use super::site::{ACCOUNTS, App, Site, app, network};
use crate::support::Ahead;

const HOST: &str = "app.example.dev";
pub(crate) const BASE: &str = "https://app.example.dev";

/// The settings of a deployment; what the authorization servers read, they get from the router.
pub(crate) async fn deployed(
    change: impl FnOnce(OAuthClientBuilder) -> OAuthClientBuilder,
) -> Site {
    let clock = Ahead::default();
    let network = network(&clock, &ACCOUNTS).await;
    let builder = App::oauth_builder()
        .base_url(BASE)
        .client_name("Notes & more")
        .store_url("memory:")
        .clock(clock.clone())
        .test_network(&network);
    let client = change(builder).build().await.unwrap();
    let router = app(&client);
    network.map_router(HOST, &router);
    Site {
        network,
        client,
        router,
        clock,
        base_url: BASE,
    }
}

pub(crate) fn key(kid: &str) -> ClientKey {
    ClientKey::new(kid, PrivateKey::generate().unwrap()).unwrap()
}
