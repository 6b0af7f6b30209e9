// mistakes: 4
use atproto_oauth::prelude::*;

#[atproto_oauth(callback = SIGNED_IN)]
#[derive(Clone)]
struct Constant(OAuthClient);

const SIGNED_IN: u8 = 1;

#[atproto_oauth(callback = Unit)]
#[derive(Clone)]
struct UnitStruct(OAuthClient);

struct Unit;

#[atproto_oauth(callback = unsafe_function)]
#[derive(Clone)]
struct UnsafeFunction(OAuthClient);

async unsafe fn unsafe_function() {}

#[atproto_oauth(callback = nine_arguments)]
#[derive(Clone)]
struct NineArguments(OAuthClient);

type L = Login<NineArguments>;

async fn nine_arguments(_: L, _: L, _: L, _: L, _: L, _: L, _: L, _: L, _: L) {}

fn main() {}
