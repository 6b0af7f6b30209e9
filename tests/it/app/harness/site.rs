//! Applications on an in-process network.

use std::sync::Arc;

use atproto_oauth::OAuthClientBuilder;
use atproto_oauth::prelude::*;
use atproto_oauth::testing::TestNetwork;
use axum::Router;
use axum::response::Redirect;
use axum::routing::get;

use super::person::{OWN, Person};
use crate::support::Ahead;

/// The application of most tests, with the least that the attribute needs.
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

/// The active account.
async fn home(session: Option<AppSession>) -> String {
    session.map_or_else(
        || "signed out".into(),
        |session| session.display_name().into(),
    )
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

/// The accounts of every network but a test's own.
pub(crate) const ACCOUNTS: [&str; 3] = ["alice.test", "bob.test", "carol.test"];

/// An application, its client and its network, which share a clock.
pub(crate) struct Site {
    pub(crate) network: TestNetwork,
    pub(crate) client: OAuthClient,
    pub(crate) router: Router,
    pub(crate) clock: Ahead,
    pub(crate) base_url: &'static str,
}

impl Site {
    pub(crate) async fn new() -> Self {
        Self::with(|builder| builder).await
    }

    /// With other settings.
    pub(crate) async fn with(
        change: impl FnOnce(OAuthClientBuilder) -> OAuthClientBuilder,
    ) -> Self {
        Self::of::<App>(&Ahead::default(), change, |oauth| app(&oauth)).await
    }

    /// Another application, as `router` makes it.
    pub(crate) async fn of<A: OAuthApp>(
        clock: &Ahead,
        change: impl FnOnce(OAuthClientBuilder) -> OAuthClientBuilder,
        router: impl FnOnce(OAuthClient) -> Router,
    ) -> Self {
        let network = network(clock, &ACCOUNTS).await;
        Self::on::<A>(network, clock, change, router).await
    }

    /// Another application, on a network of another shape.
    pub(crate) async fn on<A: OAuthApp>(
        network: TestNetwork,
        clock: &Ahead,
        change: impl FnOnce(OAuthClientBuilder) -> OAuthClientBuilder,
        router: impl FnOnce(OAuthClient) -> Router,
    ) -> Self {
        let client = change(builder::<A>(&network, clock)).build().await.unwrap();
        Self {
            router: router(client.clone()),
            network,
            client,
            clock: clock.clone(),
            base_url: OWN,
        }
    }

    pub(crate) fn person(&self) -> Person {
        Person {
            base_url: self.base_url.into(),
            ..Person::new(&self.router)
        }
    }

    /// A browser with a session of each account, the last one active.
    pub(crate) async fn holding(&self, handles: &[&str]) -> Person {
        let mut person = self.person();
        for handle in handles {
            person.sign_in(&self.network, handle).await;
        }
        person
    }

    pub(crate) async fn signed_in(&self, handle: &str) -> Person {
        self.holding(&[handle]).await
    }

    /// A browser that is on the way back from the authorization server, and the address that it goes to.
    pub(crate) async fn approved(&self, handle: &str) -> (Person, String) {
        let mut person = self.person();
        let url = person.start(handle).await;
        let address = self.network.approve(&url, handle).await.unwrap();
        (person, address)
    }

    pub(crate) fn did(&self, handle: &str) -> Did {
        self.network.account(handle).unwrap().did
    }

    /// Sessions of an account, here and at its server.
    pub(crate) async fn sessions(&self, handle: &str) -> (usize, usize) {
        let did = self.did(handle);
        let here = self.client.sessions_of(&did).await.unwrap();
        (here.len(), self.network.sessions_of(&did))
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
        .base_url(OWN)
        .store_url("memory:")
        .plc_url(network.plc_url())
        .handle_resolver(network.handle_resolver())
        .lexicon_authority(network.lexicon_authority())
        .allow_loopback(true)
        .clock(clock.clone())
}
