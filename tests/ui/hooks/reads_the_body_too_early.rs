// mistakes: 4
use atproto_oauth::prelude::*;
use axum::extract::Request;
use axum::extract::{Form, State};

async fn signed_in() {}

#[atproto_oauth(callback = body_before_last)]
#[derive(Clone)]
struct BodyBeforeLast(OAuthClient);

async fn body_before_last(_: String, _: Login<BodyBeforeLast>) {}

#[atproto_oauth(callback = form_before_state)]
#[derive(Clone)]
struct FormBeforeState(OAuthClient);

async fn form_before_state(_: Form<Vec<(String, String)>>, _: State<FormBeforeState>) {}

#[atproto_oauth(callback = two_bodies)]
#[derive(Clone)]
struct TwoBodies(OAuthClient);

async fn two_bodies(_: Request, _: String) {}

#[atproto_oauth(callback = signed_in, error = body_before_error)]
#[derive(Clone)]
struct BodyBeforeError(OAuthClient);

async fn body_before_error(_: String, _: OAuthError) {}

fn main() {}
