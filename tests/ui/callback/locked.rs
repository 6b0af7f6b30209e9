use atproto_oauth::prelude::*;
use axum::extract::State;
use std::sync::{Arc, Mutex};

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
    names: Arc<Mutex<String>>,
}

async fn signed_in(State(app): State<App>) -> String {
    let names = app.names.lock().unwrap();
    tick().await;
    names.clone()
}

async fn tick() {}

fn main() {}
