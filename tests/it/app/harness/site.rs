//! Applications on an in-process network.

use std::sync::Arc;

use atproto_oauth::OAuthClientBuilder;
use atproto_oauth::prelude::*;
use atproto_oauth::testing::TestNetwork;
use axum::Router;
use axum::response::Redirect;
use axum::routing::get;

use crate::app::harness::person::Person;
use crate::support::Ahead;

/// The application of most tests: nothing but what the attribute cannot do without.
#[atproto_oauth(
    callback = signed_in,
    scopes = ["atproto", "repo:com.example.note"],
    optional_scopes = ["blob:*/*"],
)]
#[derive(Clone, Debug)]
pub(crate) struct App {
    pub(crate) oauth: OAuthClient,
}

async fn signed_in(login: Login<App>) -> Redirect {
    Redirect::to(login.return_to())
}

/// Says who is active, to whoever asks.
async fn home(session: Option<AppSession>) -> String {
    session.map_or_else(|| "nobody".into(), |session| session.display_name().into())
}

/// Only for those who are signed in.
async fn private(session: AppSession) -> String {
    format!("private: {}", session.display_name())
}

/// What the browser holds, the active account first.
async fn held(accounts: Accounts<App>) -> String {
    let list = accounts.list();
    let active = accounts.active();
    let names = list.iter().map(|key| {
        let mark = if Some(key) == active.as_ref() {
            "*"
        } else {
            ""
        };
        format!("{mark}{}\n", key.did())
    });
    names.collect()
}

/// An application, its client, its network, and the clock of all three.
pub(crate) struct Site {
    pub(crate) network: TestNetwork,
    pub(crate) client: OAuthClient,
    pub(crate) router: Router,
    pub(crate) clock: Ahead,
}

impl Site {
    pub(crate) async fn new() -> Self {
        Self::with(|builder| builder).await
    }

    /// With other settings.
    pub(crate) async fn with(
        change: impl FnOnce(OAuthClientBuilder) -> OAuthClientBuilder,
    ) -> Self {
        let clock = Ahead::default();
        let network = network(&clock, &["alice.test", "bob.test"]).await;
        let client = change(builder::<App>(&network, &clock))
            .build()
            .await
            .unwrap();
        Self {
            router: app(&client),
            network,
            client,
            clock,
        }
    }

    pub(crate) fn person(&self) -> Person {
        Person::new(&self.router)
    }

    pub(crate) async fn signed_in(&self, handle: &str) -> Person {
        let mut person = self.person();
        person.sign_in(&self.network, handle).await;
        person
    }
}

/// The routes of [`App`] and its own pages.
pub(crate) fn app(client: &OAuthClient) -> Router {
    App::oauth_routes()
        .route("/", get(home))
        .route("/private", get(private).post(private))
        .route("/held", get(held))
        .with_state(App {
            oauth: client.clone(),
        })
}

pub(crate) async fn network(clock: &Ahead, handles: &[&str]) -> TestNetwork {
    let network = TestNetwork::builder().clock(Arc::new(clock.clone()));
    network
        .accounts(handles.iter().copied())
        .start()
        .await
        .unwrap()
}

/// A client of the application `A` on `network`.
pub(crate) fn builder<A: OAuthApp>(network: &TestNetwork, clock: &Ahead) -> OAuthClientBuilder {
    OAuthClient::builder()
        .app::<A>()
        .base_url("http://127.0.0.1:3000")
        .store_url("memory:")
        .plc_url(network.plc_url())
        .handle_resolver(network.handle_resolver())
        .allow_loopback(true)
        .clock(clock.clone())
}
