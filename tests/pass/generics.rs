use atproto_oauth::prelude::*;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use std::sync::Arc;

trait Database: Clone + Send + Sync + 'static {}

#[derive(Clone)]
struct Postgres;
impl Database for Postgres {}

#[atproto_oauth(callback = bounded_in, scopes = ["atproto", "blob:image/*"])]
#[derive(Clone)]
struct Bounded<D: Database> {
    oauth: OAuthClient,
    _database: D,
}
async fn bounded_in<D: Database>(_: Login<Bounded<D>>, _: State<Bounded<D>>) {}
async fn bounded_me<D: Database>(_: BoundedSession<D>) {}

#[atproto_oauth(callback = where_in, state = Arc<Where<D, N>>)]
struct Where<D, const N: usize = 3>
where
    D: Sized + Send + Sync + 'static,
{
    oauth: OAuthClient,
    _database: [D; N],
}
async fn where_in<D: Send + Sync + 'static, const N: usize>(_: Login<Where<D, N>>) {}

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct Unbounded<D> {
    oauth: OAuthClient,
    _database: D,
}

#[atproto_oauth(callback = signed_in, state = Arc<UnboundedArc<D>>)]
struct UnboundedArc<D> {
    oauth: OAuthClient,
    _database: D,
}

#[atproto_oauth(callback = constant_in::<N>)]
#[derive(Clone)]
struct Constant<const N: usize>(OAuthClient);
async fn constant_in<const N: usize>(_: Login<Constant<N>>) {}

async fn signed_in() {}

#[test]
fn compiles() {
    let _: Router<Bounded<Postgres>> =
        Bounded::<Postgres>::oauth_routes().route("/", get(bounded_me::<Postgres>));
    let _: Router<Arc<Where<u8>>> = Where::<u8>::oauth_routes();
    let _: Router<Unbounded<u8>> = Unbounded::oauth_routes();
    let _: Router<Arc<UnboundedArc<u8>>> = UnboundedArc::oauth_routes();
    let _: Router<Constant<7>> = Constant::oauth_routes();
    let _: Option<WhereSessionKey<u8>> = None;
    let _ = Unbounded::<u8>::oauth_builder();
}
