//! An application whose hooks do what the test says, and note what they saw.

use std::ops::Deref;
use std::sync::{Arc, Mutex};

use atproto_oauth::OAuthClientBuilder;
use atproto_oauth::prelude::*;
use atproto_oauth::testing::TestNetwork;
use axum::extract::{OriginalUri, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use http::StatusCode;
use tokio::sync::Notify;

use super::site::{ACCOUNTS, Site, network};
use crate::support::{Ahead, soon};

#[atproto_oauth(
    callback = signed_in,
    logout = signed_out,
    error = sorry,
    scopes = ["atproto", "repo:com.example.note"],
)]
#[derive(Clone)]
pub(crate) struct Hooked {
    oauth: OAuthClient,
    notes: Arc<Notes>,
}

#[derive(Default)]
pub(crate) struct Notes {
    lines: Mutex<Vec<String>>,
    /// The slow hook has begun, may go on, and has ended.
    pub(crate) begun: Notify,
    pub(crate) go_on: Notify,
    pub(crate) ended: Notify,
}

impl Notes {
    fn add(&self, line: String) {
        self.lines.lock().unwrap().push(line);
    }

    /// The notes since the last call.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.lines.lock().unwrap())
    }
}

/// Does what `return_to` says.
async fn signed_in(
    login: Login<Hooked>,
    session: HookedSession,
    accounts: Accounts<Hooked>,
    optional: Option<HookedSession>,
    State(app): State<Hooked>,
    OriginalUri(original): OriginalUri,
    uri: http::Uri,
) -> Response {
    assert_eq!(login.did(), session.did());
    assert_eq!(login.session().key(), session.key());
    assert_eq!(optional.map(|session| session.key()), Some(session.key()));
    assert_eq!(accounts.active(), Some(session.key()));
    assert_eq!(accounts.list().first(), Some(&session.key()));
    let (name, missing) = (session.display_name(), login.missing());
    app.notes
        .add(format!("in {name} at {uri} {original} without {missing:?}"));
    match login.return_to() {
        "/refuse" => {
            login.refuse().await;
            (StatusCode::FORBIDDEN, "not you").into_response()
        }
        "/refuse-twice" => {
            tokio::join!(login.refuse(), login.refuse());
            Redirect::to("/sorry").into_response()
        }
        "/refuse-and-panic" => {
            login.refuse().await;
            panic!("a hook breaks on purpose");
        }
        "/panic" => panic!("a hook breaks on purpose"),
        "/broken" => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        "/cached" => {
            let headers = [
                ("cache-control", "public, max-age=60"),
                ("referrer-policy", "unsafe-url"),
            ];
            (headers, [("set-cookie", "theme=dark; Path=/")], "hi").into_response()
        }
        "/slow" => {
            app.notes.begun.notify_one();
            soon("the word to go on", app.notes.go_on.notified()).await;
            app.notes.add("the slow hook has ended".into());
            app.notes.ended.notify_one();
            "slow".into_response()
        }
        path => Redirect::to(path).into_response(),
    }
}

async fn signed_out(
    gone: LoggedOut<Hooked>,
    session: Option<HookedSession>,
    accounts: Accounts<Hooked>,
    State(app): State<Hooked>,
) -> Response {
    let keys = gone.accounts().iter();
    let mut alive = 0;
    for key in keys.clone() {
        alive += usize::from(app.oauth.session(key).await.is_ok());
    }
    assert_eq!(gone.active().cloned(), session.as_ref().map(Session::key));
    assert!(
        gone.accounts()
            .iter()
            .all(|key| !accounts.list().contains(key))
    );
    app.notes.add(format!(
        "out {:?}, {} gone, {alive} alive, active {:?}",
        gone.did().map(ToString::to_string),
        keys.len(),
        session.map(|session| session.display_name().to_owned()),
    ));
    Redirect::to("/bye").into_response()
}

async fn sorry(error: OAuthError, State(app): State<Hooked>, uri: http::Uri) -> Response {
    let page = if error.wants_html() { "page" } else { "json" };
    let back = error.return_to().unwrap_or("-");
    app.notes.add(format!(
        "{} {} {page} {} {back}",
        error.code(),
        error.status(),
        uri.path()
    ));
    (error.status(), format!("sorry: {}", error.code())).into_response()
}

async fn home(session: Option<HookedSession>) -> String {
    session.map_or_else(
        || "signed out".into(),
        |session| session.display_name().into(),
    )
}

async fn private(session: HookedSession) -> String {
    session.display_name().into()
}

/// Extractors that only hooks have, in handlers.
async fn misplaced(_: Login<Hooked>) {}
async fn misplaced_too(_: LoggedOut<Hooked>) {}

/// The application on its network, and the notes of its hooks.
pub(crate) struct Hooks {
    site: Site,
    pub(crate) notes: Arc<Notes>,
}

impl Deref for Hooks {
    type Target = Site;

    fn deref(&self) -> &Site {
        &self.site
    }
}

impl Hooks {
    pub(crate) async fn new() -> Self {
        let clock = Ahead::default();
        Self::on(network(&clock, &ACCOUNTS).await, &clock, |builder| builder).await
    }

    /// On a network of the test's, with other settings.
    pub(crate) async fn on(
        network: TestNetwork,
        clock: &Ahead,
        change: impl FnOnce(OAuthClientBuilder) -> OAuthClientBuilder,
    ) -> Self {
        let notes = Arc::<Notes>::default();
        let router = |oauth| {
            Hooked::oauth_routes()
                .route("/", get(home))
                .route("/private", get(private))
                .route("/{*any}", get(private))
                .route("/misplaced", get(misplaced))
                .route("/misplaced-too", get(misplaced_too))
                .with_state(Hooked {
                    oauth,
                    notes: notes.clone(),
                })
        };
        let site = Site::on::<Hooked>(network, clock, change, router).await;
        Self { site, notes }
    }
}
