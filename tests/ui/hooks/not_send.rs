// mistakes: 5
use std::sync::{Arc, Mutex};

use atproto_oauth::prelude::*;
use axum::extract::State;

async fn signed_in() {}

async fn tick() {}

#[atproto_oauth(callback = not_send)]
#[derive(Clone)]
struct NotSend(OAuthClient);

async fn not_send(_: Login<NotSend>) {
    let shared = std::rc::Rc::new(1);
    tick().await;
    drop(shared);
}

#[atproto_oauth(callback = locked)]
#[derive(Clone)]
struct Locked {
    oauth: OAuthClient,
    names: Arc<Mutex<String>>,
}

async fn locked(State(app): State<Locked>) -> String {
    let names = app.names.lock().unwrap();
    tick().await;
    names.clone()
}

#[atproto_oauth(callback = async_fn_in_trait)]
#[derive(Clone)]
struct AsyncFnInTrait<D: Database> {
    oauth: OAuthClient,
    database: D,
}

trait Database: Clone + Send + Sync + 'static {
    async fn greeting(&self) -> String;
}

async fn async_fn_in_trait<D: Database>(State(app): State<AsyncFnInTrait<D>>) -> String {
    app.database.greeting().await
}

#[atproto_oauth(callback = signed_in, error = error_not_send)]
#[derive(Clone)]
struct ErrorNotSend(OAuthClient);

async fn error_not_send(_: OAuthError) {
    let shared = std::rc::Rc::new(1);
    tick().await;
    drop(shared);
}

#[atproto_oauth(callback = signed_in, logout = logout_not_send)]
#[derive(Clone)]
struct LogoutNotSend(OAuthClient);

async fn logout_not_send() {
    let shared = std::rc::Rc::new(1);
    tick().await;
    drop(shared);
}

fn main() {}
