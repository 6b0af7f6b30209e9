//! What the router's state may be: the application, an `Arc` of it, or something larger.

use std::sync::Arc;

use atproto_oauth::prelude::*;
use axum::Router;
use axum::extract::{FromRef, State};
use axum::response::Redirect;
use axum::routing::get;

use crate::app::harness::person::*;
use crate::app::harness::site::{App, Site, builder, network};
use crate::support::Ahead;

/// The attribute above the derives, and a second field of a name of its own.
#[atproto_oauth(callback = shared_in, logout = shared_out, state = Arc<Shared>, client = client)]
#[derive(Debug)]
struct Shared {
    client: OAuthClient,
    greeting: &'static str,
}

async fn shared_in(State(app): State<Arc<Shared>>, login: Login<Shared>) -> Redirect {
    Redirect::to(&format!("/{}/{}", app.greeting, login.did()))
}

async fn shared_out(State(app): State<Arc<Shared>>, gone: LoggedOut<Shared>) -> Redirect {
    Redirect::to(&format!("/{}/{}", app.greeting, gone.accounts().len()))
}

async fn shared_home(session: Option<SharedSession>, _: Accounts<Shared>) -> String {
    session.map_or_else(
        || "signed out".into(),
        |session| session.display_name().into(),
    )
}

/// A larger state, with hooks that are written for it.
#[derive(Clone)]
struct Larger {
    part: Part,
    name: String,
}

#[derive(Clone)]
#[atproto_oauth(
    callback = larger_in,
    error = larger_sorry,
    state = Larger,
    prefix = "/members/sign-in",
    session = Member,
    session_key = MemberKey,
)]
struct Part(OAuthClient);

impl HasOAuth<Part> for Larger {
    fn app(&self) -> &Part {
        &self.part
    }
}

impl FromRef<Larger> for String {
    fn from_ref(state: &Larger) -> Self {
        state.name.clone()
    }
}

async fn larger_in(State(name): State<String>, member: Member) -> Redirect {
    Redirect::to(&format!("/{name}/{}", member.did()))
}

async fn larger_sorry(State(name): State<String>, error: OAuthError) -> String {
    format!("{name}: {}", error.code())
}

async fn member(State(Larger { name, .. }): State<Larger>, member: Member) -> String {
    let key: MemberKey = member.key();
    assert!(key.to_string().starts_with("did:plc:"));
    format!("{name} {}", member.display_name())
}

/// A generic application.
#[atproto_oauth(callback = generic_in)]
#[derive(Clone)]
struct Generic<D: Clone + Send + Sync + 'static> {
    oauth: OAuthClient,
    data: D,
}

async fn generic_in<D: Clone + Send + Sync + 'static>(login: Login<Generic<D>>) -> Redirect {
    Redirect::to(login.return_to())
}

#[tokio::test]
async fn the_state_is_an_arc() {
    let clock = Ahead::default();
    let network = network(&clock, &["alice.test"]).await;
    let client = builder::<Shared>(&network, &clock).build().await.unwrap();
    let state = Arc::new(Shared {
        client,
        greeting: "hi",
    });
    let router: Router = Shared::oauth_routes()
        .route("/", get(shared_home))
        .with_state(state);
    let mut person = Person::new(&router);
    let answer = person.try_sign_in(&network, "alice.test").await;
    let did = network.account("alice.test").unwrap().did;
    assert_eq!(answer.location(), format!("/hi/{did}"));
    assert_eq!(person.read("/").await, "alice.test");
    let answer = person.send(click("/oauth/logout")).await;
    assert_eq!(answer.location(), "/hi/1");
}

/// Another prefix moves everything: routes, redirect URI, client id, cookies.
#[tokio::test]
async fn the_state_is_larger_and_the_prefix_another() {
    let clock = Ahead::default();
    let network = network(&clock, &["alice.test"]).await;
    let client = builder::<Part>(&network, &clock).build().await.unwrap();
    let state = Larger {
        part: Part(client),
        name: "club".into(),
    };
    let router: Router = Part::oauth_routes()
        .route("/", get(member))
        .with_state(state.clone());
    let mut person = Person::new(&router);
    assert_eq!(click("/oauth/login").of(&router).await.status, 404);
    let answer = person.send(click("/")).await;
    assert_eq!(answer.location(), "/members/sign-in/login?return_to=%2F");
    let fields = [
        ("handle", "alice.test"),
        ("return_to", "/members/sign-in/logout"),
    ];
    let answer = person.send(submit("/members/sign-in/login", &fields)).await;
    let address = network
        .approve(answer.location(), "alice.test")
        .await
        .unwrap();
    assert!(
        address.starts_with("http://127.0.0.1:3000/members/sign-in/callback?"),
        "{address}"
    );
    let answer = person.come_back(&address).await;
    let did = network.account("alice.test").unwrap().did;
    assert_eq!(answer.location(), format!("/club/{did}"));
    assert!(
        person.jar.contains_key("members+sign-in+3000+session"),
        "{:?}",
        person.jar
    );
    assert_eq!(person.read("/").await, "club alice.test");
    let answer = api("/").of(&router).await;
    assert_eq!(answer.body, "club: not_signed_in");

    // In a router of another state the extractors work, and the hook, written for the larger state,
    // cannot be asked; the built-in answer is.
    let inner: Router = Router::new()
        .route(
            "/",
            get(async |session: Option<Member>| session.is_some().to_string()),
        )
        .route("/strict", get(async |_: Member| ()))
        .with_state(state.part);
    assert_eq!(
        click("/")
            .header("cookie", &person.cookies())
            .of(&inner)
            .await
            .body,
        "true"
    );
    assert_eq!(api("/strict").of(&inner).await.code(), "not_signed_in");
}

#[tokio::test]
async fn the_application_is_generic() {
    let clock = Ahead::default();
    let network = network(&clock, &["alice.test"]).await;
    let oauth = builder::<Generic<u8>>(&network, &clock)
        .build()
        .await
        .unwrap();
    let state = Generic { oauth, data: 7_u8 };
    let page = async |State(app): State<Generic<u8>>, session: GenericSession<u8>| {
        format!("{} {}", session.display_name(), app.data)
    };
    let router: Router = Generic::<u8>::oauth_routes()
        .route("/", get(page))
        .with_state(state);
    let mut person = Person::new(&router);
    person.sign_in(&network, "alice.test").await;
    assert_eq!(person.read("/").await, "alice.test 7");
}

/// A client that was built for another application starts nothing: its redirect URI leads elsewhere.
#[tokio::test]
async fn a_client_of_another_application_starts_nothing() {
    let clock = Ahead::default();
    let network = network(&clock, &["alice.test"]).await;
    let oauth = builder::<Part>(&network, &clock).build().await.unwrap();
    let router: Router = Generic::<u8>::oauth_routes().with_state(Generic { oauth, data: 0 });
    let answer = api("/oauth/login?handle=alice.test").of(&router).await;
    assert_eq!((answer.status, &*answer.code()), (500, "configuration"));
    assert!(network.requests().is_empty());
}

/// The larger state and the `Arc`, with sub-routers of their own states.
#[tokio::test]
async fn any_state_that_holds_the_application_will_do() {
    #[derive(Clone)]
    struct Larger {
        app: Arc<App>,
    }
    impl HasOAuth<App> for Larger {
        fn app(&self) -> &App {
            &self.app
        }
    }
    async fn who(session: Option<AppSession>) -> String {
        session.map_or("signed out".into(), |session| {
            session.display_name().to_owned()
        })
    }
    async fn me(session: AppSession) -> String {
        session.did().to_string()
    }
    type AppSession = Session<App>;
    let router = |oauth| {
        let app = Arc::new(App { oauth });
        Router::new()
            .merge(App::oauth_routes().with_state(App::clone(&app)))
            .merge(
                Router::new()
                    .route("/site", get(who))
                    .with_state(Larger { app: app.clone() }),
            )
            .nest(
                "/in",
                Router::new()
                    .route("/arc", get(who))
                    .with_state(app.clone()),
            )
            .nest("/in", Router::new().route("/me", get(me)).with_state(app))
    };
    let site = Site::of::<App>(&Ahead::default(), |builder| builder, router).await;
    let mut person = site.person();
    let sent = person.send(click("/in/me?x=1")).await;
    sent.assert_see_other("/oauth/login?return_to=%2Fin%2Fme%3Fx%3D1");
    person.sign_in(&site.network, "alice.test").await;
    for path in ["/site", "/in/arc"] {
        assert_eq!(person.read(path).await, "alice.test");
    }
}
