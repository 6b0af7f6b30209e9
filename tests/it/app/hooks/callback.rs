//! The `callback` hook: what it sees, and what its answer can and cannot do.

use atproto_oauth::prelude::*;
use atproto_oauth::testing::{Endpoint, Seen, TestNetwork};
use axum::extract::OriginalUri;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use http::{StatusCode, Uri};

use crate::app::harness::hooked::Hooks;
use crate::app::harness::person::{self, *};
use crate::app::harness::site::Site;
use crate::support::{Ahead, eventually, soon, until_requested};

/// Signs `handle` in, asking to be led to `to`.
async fn sign_in(network: &TestNetwork, person: &mut Person, handle: &str, to: &str) -> Answer {
    let fields = [("handle", handle), ("return_to", to)];
    let answer = person.send(submit("/oauth/login", &fields)).await;
    let address = network.approve(answer.location(), handle).await.unwrap();
    person.come_back(&address).await
}

/// The new session is there, also where another account was active; the code is not (RU-05).
#[tokio::test]
async fn the_hook_sees_the_new_session_and_no_code() {
    let site = Hooks::new().await;
    let mut person = site.person();
    for handle in ["alice.test", "bob.test", "alice.test"] {
        let answer = sign_in(&site.network, &mut person, handle, "/notes").await;
        assert_eq!((answer.status, answer.location()), (303, "/notes"));
        let seen = format!("in {handle} at /oauth/callback /oauth/callback without []");
        assert_eq!(site.notes.take(), [seen]);
        assert_eq!(person.read("/").await, handle);
    }
}

/// Whatever it answers, the person is signed in, and the answer is private.
#[tokio::test]
async fn never_a_session_undone_by_the_hooks_answer() {
    let site = Hooks::new().await;
    for (to, status) in [("/broken", 500), ("/cached", 200), ("/notes", 303)] {
        let mut person = site.person();
        let answer = sign_in(&site.network, &mut person, "alice.test", to).await;
        assert_eq!(answer.status, status);
        answer.assert_private();
        assert_eq!(answer.headers.get_all("cache-control").iter().count(), 1);
        assert_eq!(answer.headers.get_all("referrer-policy").iter().count(), 1);
        assert_eq!(person.read("/").await, "alice.test");
        assert_eq!(person.pending(), 0);
        // The hook's own cookies are kept beside.
        assert_eq!(person.jar.contains_key("theme"), to == "/cached");
    }
}

/// SC-15, SC-16: what was asked for and not given is known.
#[tokio::test]
async fn the_hook_learns_what_was_not_granted() {
    let site = Hooks::new().await;
    let mut person = site.person();
    let url = person.start("alice.test").await;
    let address = site
        .network
        .approve_with(&url, "alice.test", &["atproto"])
        .await
        .unwrap();
    assert_eq!(person.come_back(&address).await.status, 303);
    let [line] = &site.notes.take()[..] else {
        panic!()
    };
    assert!(
        line.ends_with("without [\"repo:com.example.note\"]"),
        "{line}"
    );
    let info = site
        .client
        .sessions_of(&site.did("alice.test"))
        .await
        .unwrap()
        .remove(0);
    let session = site.client.session(&info.key).await.unwrap();
    assert!(!session.allows("repo:com.example.note") && session.allows("atproto"));
}

/// `login.refuse()`: no session here or at the server, no cookie, and the others stay.
#[tokio::test]
async fn the_hook_refuses_an_account() {
    let site = Hooks::new().await;
    for to in ["/refuse", "/refuse-twice", "/refuse-and-panic"] {
        let mut person = site.person();
        let answer = sign_in(&site.network, &mut person, "alice.test", to).await;
        let status = match to {
            "/refuse" => 403,
            "/refuse-twice" => 303,
            _ => 500,
        };
        assert_eq!(answer.status, status, "{to}");
        answer.assert_private();
        assert_eq!(
            (person.session_cookie(), person.pending()),
            (None, 0),
            "{to}"
        );
        assert_eq!(person.read("/").await, "signed out");
        until_gone(&site, "alice.test").await;
    }

    // Another account is signed in here and stays; alice's earlier session goes too.
    let mut person = site.person();
    sign_in(&site.network, &mut person, "alice.test", "/").await;
    sign_in(&site.network, &mut person, "bob.test", "/").await;
    let answer = sign_in(&site.network, &mut person, "alice.test", "/refuse").await;
    assert_eq!((answer.status, &*answer.body), (403, "not you"));
    assert_eq!(person.read("/").await, "bob.test");
    assert_eq!(site.sessions("bob.test").await, (1, 1));
    until_gone(&site, "alice.test").await;

    // No account is left: the cookie goes.
    let mut person = site.person();
    sign_in(&site.network, &mut person, "alice.test", "/").await;
    assert!(person.session_cookie().is_some());
    sign_in(&site.network, &mut person, "alice.test", "/refuse").await;
    assert_eq!(person.session_cookie(), None);
    until_gone(&site, "alice.test").await;
}

/// A panic rolls the sign-in back: as it was, with the accounts that were there.
#[tokio::test]
async fn a_panic_rolls_the_sign_in_back() {
    let site = Hooks::new().await;
    let mut person = site.person();
    let answer = sign_in(&site.network, &mut person, "alice.test", "/panic").await;
    assert_eq!(answer.status, 500);
    answer.assert_private();
    assert_eq!((person.session_cookie(), person.pending()), (None, 0));
    until_gone(&site, "alice.test").await;
    let notes = site.notes.take();
    assert_eq!(
        notes.last().unwrap(),
        "configuration 500 Internal Server Error page /oauth/callback /panic"
    );

    sign_in(&site.network, &mut person, "alice.test", "/").await;
    sign_in(&site.network, &mut person, "bob.test", "/").await;
    let before = person.jar.clone();
    for handle in ["alice.test", "bob.test"] {
        assert_eq!(
            sign_in(&site.network, &mut person, handle, "/panic")
                .await
                .status,
            500
        );
        assert_eq!(person.jar, before);
        assert_eq!(person.read("/").await, "bob.test");
        site.clock.by(std::time::Duration::from_secs(60));
        assert_eq!(person.read("/").await, "bob.test");
        assert_eq!(site.sessions("alice.test").await.0, 1);
        assert_eq!(site.sessions("bob.test").await.0, 1);
    }
}

/// The connection drops while the hook runs: the hook ends, the session stays, nothing is half done.
#[tokio::test]
async fn a_dropped_connection_leaves_nothing_half_done() {
    let site = Hooks::new().await;
    let mut person = site.person();
    let fields = [("handle", "alice.test"), ("return_to", "/slow")];
    let answer = person.send(submit("/oauth/login", &fields)).await;
    let address = site
        .network
        .approve(answer.location(), "alice.test")
        .await
        .unwrap();
    let mut gone = person.clone();
    let there = address.clone();
    let request = tokio::spawn(async move { gone.come_back(&there).await });
    soon("the hook", site.notes.begun.notified()).await;
    request.abort();
    assert!(request.await.unwrap_err().is_cancelled());
    site.notes.go_on.notify_one();
    soon("the end of the hook", site.notes.ended.notified()).await;
    assert_eq!(site.notes.take().last().unwrap(), "the slow hook has ended");
    assert_eq!(site.sessions("alice.test").await, (1, 1));
    // The answer is used up; the person simply signs in again.
    assert_eq!(person.come_back(&address).await.status, 400);
    assert_eq!(
        sign_in(&site.network, &mut person, "alice.test", "/")
            .await
            .status,
        303
    );
    assert_eq!(person.read("/").await, "alice.test");
}

/// The connection drops while the code is exchanged: it is exchanged once, and the session is whole.
#[tokio::test]
async fn a_connection_dropped_before_the_hook() {
    let site = Hooks::new().await;
    let (mut person, address) = site.approved("alice.test").await;
    let request = tokio::spawn(async move { person.come_back(&address).await });
    until_requested(&site.network, Endpoint::Exchange).await;
    request.abort();
    // The hook runs at the end of everything.
    let said = async || Some(site.notes.take()).filter(|said| !said.is_empty());
    eventually("the hook", said).await;
    assert_eq!(site.sessions("alice.test").await, (1, 1));
}

/// The session is gone here at once, and at its server soon.
async fn until_gone(site: &Hooks, handle: &str) {
    let did = site.did(handle);
    assert_eq!(site.sessions(handle).await.0, 0);
    site.network
        .until(|_| site.network.sessions_of(&did) == 0)
        .await;
}

/// Answers by the account: refuses Bob, breaks for Carol.
#[atproto_oauth(callback = signed_in, error = sorry, accounts = 3)]
#[derive(Clone)]
struct Picky {
    oauth: OAuthClient,
}

async fn signed_in(
    login: Login<Picky>,
    session: PickySession,
    accounts: Accounts<Picky>,
    uri: Uri,
    OriginalUri(original): OriginalUri,
) -> Response {
    assert_eq!(accounts.active(), Some(session.key()));
    assert_eq!(
        (uri.query(), original.query()),
        (None, None),
        "the hook does not see the code"
    );
    match session.display_name() {
        "bob.test" => {
            login.refuse().await;
            login.refuse().await;
            (StatusCode::FORBIDDEN, "not you").into_response()
        }
        "carol.test" => panic!("a mistake of the application's"),
        _ => {
            let headers = [
                ("cache-control", "public"),
                ("referrer-policy", "unsafe-url"),
            ];
            (StatusCode::INTERNAL_SERVER_ERROR, headers, "welcome anyway").into_response()
        }
    }
}

async fn sorry(error: OAuthError) -> Response {
    let page = format!("sorry: {}", error.code());
    (error.status(), Html(page)).into_response()
}

async fn home(session: Option<PickySession>) -> String {
    session.map_or("signed out".into(), |session| {
        session.display_name().to_owned()
    })
}

async fn me(session: PickySession) -> String {
    session.display_name().to_owned()
}

async fn outside(_: Login<Picky>) {}

pub(super) async fn picky() -> Site {
    let router = |oauth| {
        Picky::oauth_routes()
            .route("/", get(home))
            .route("/me", get(me))
            .route("/outside", get(outside))
            .with_state(Picky { oauth })
    };
    Site::of::<Picky>(&Ahead::default(), |builder| builder, router).await
}

/// Brings a person back from the authorization server, with `cookie` beside their own; the answer, whatever it is.
async fn come_back(site: &Site, handle: &str, cookie: &str) -> Answer {
    let (person, back) = site.approved(handle).await;
    let cookies = format!("{cookie}; {}", person.cookies());
    let ask = navigate("cross-site", back.strip_prefix(OWN).unwrap());
    ask.header("cookie", &cookies).of(&site.router).await
}

/// `never_session_changes_dropped_when_the_response_is_5xx`, and RU-05.
#[tokio::test]
async fn the_response_of_the_hook_never_undoes_the_session() {
    let site = picky().await;
    let answer = come_back(&site, "alice.test", "").await;
    assert_eq!(answer.status, 500);
    assert_eq!(answer.body, "welcome anyway");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("referrer-policy"), "no-referrer");
    let cookie = answer.session_cookie().unwrap();
    assert_eq!(
        person::get("/me")
            .header("cookie", &cookie)
            .of(&site.router)
            .await
            .body,
        "alice.test"
    );
    assert_eq!(site.sessions("alice.test").await.0, 1);
}

#[tokio::test]
async fn refuse_leaves_nothing_behind() {
    let site = picky().await;
    let alice = come_back(&site, "alice.test", "")
        .await
        .session_cookie()
        .unwrap();
    for cookie in ["", &alice] {
        let answer = come_back(&site, "bob.test", cookie).await;
        assert_eq!(answer.status, 403);
        assert_eq!(answer.body, "not you");
        assert_eq!(answer.session_cookie(), None);
        assert_eq!(site.sessions("bob.test").await.0, 0);
        // Both tokens, also at the server.
        let both = |seen: &[Seen]| {
            seen.iter()
                .filter(|s| s.endpoint == Endpoint::Revocation)
                .count()
                >= 2
        };
        site.network.until(both).await;
        site.network.forget_requests();
    }
    assert_eq!(
        person::get("/")
            .header("cookie", &alice)
            .of(&site.router)
            .await
            .body,
        "alice.test"
    );
}

#[tokio::test]
async fn a_panic_in_the_hook_keeps_the_other_account() {
    let site = picky().await;
    let alice = come_back(&site, "alice.test", "")
        .await
        .session_cookie()
        .unwrap();
    for cookie in ["", &alice] {
        let answer = come_back(&site, "carol.test", cookie).await;
        assert_eq!(answer.status, 500);
        assert!(answer.body.starts_with("sorry: "), "{}", answer.body);
        assert_eq!(answer.session_cookie(), None);
        assert_eq!(site.sessions("carol.test").await.0, 0);
    }
    until_requested(&site.network, Endpoint::Revocation).await;
    assert_eq!(
        person::get("/")
            .header("cookie", &alice)
            .of(&site.router)
            .await
            .body,
        "alice.test"
    );
}

/// A browser that hangs up in the middle leaves a whole session or none.
#[tokio::test]
async fn a_browser_that_hangs_up_leaves_a_whole_session() {
    let site = picky().await;
    let (person, back) = site.approved("alice.test").await;
    let cookies = person.cookies();
    let path = back.strip_prefix(OWN).unwrap();
    {
        let answer = navigate("cross-site", path)
            .header("cookie", &cookies)
            .of(&site.router);
        tokio::select! {
            biased;
            _ = answer => panic!("it answers before a server was asked"),
            () = std::future::ready(()) => {}
        }
    }
    until_requested(&site.network, Endpoint::Exchange).await;
    // The flow goes on by itself.
    let signed_in = async || {
        let count = site.sessions("alice.test").await.0;
        (count > 0).then_some(())
    };
    eventually("a session", signed_in).await;
    assert_eq!(site.sessions("alice.test").await.0, 1);
}
