// mistakes: 2
use std::sync::Arc;

use atproto_oauth::prelude::*;
use axum::extract::State;

#[atproto_oauth(callback = handler_of_the_arc)]
#[derive(Clone)]
struct HandlerOfTheArc(OAuthClient);

async fn handler_of_the_arc(_: State<Arc<HandlerOfTheArc>>) {}

#[atproto_oauth(callback = handler_of_the_struct, state = Arc<HandlerOfTheStruct>)]
struct HandlerOfTheStruct(OAuthClient);

async fn handler_of_the_struct(_: State<HandlerOfTheStruct>) {}

fn main() {}
