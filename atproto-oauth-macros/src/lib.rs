//! The macros of `atproto-oauth`. Use them through that crate, which re-exports them: what they write
//! refers to it by name.
//!
//! They parse arguments, find a field and write impls; they know no protocol. A list of arguments is cut at its commas
//! here, and `darling` reads each value, so that all mistakes are reported at once.

mod arguments;
mod attribute;
#[cfg(test)]
mod cost;
mod cut;
mod derive;
mod errors;
mod generics;
mod names;
#[cfg(test)]
mod page;
mod paths;
mod prefix;
mod scope_list;
mod span;
mod tokens;
mod values;

use proc_macro::TokenStream;

/// Signs people in: makes a struct that holds an `OAuthClient` an `OAuthApp`, with its routes, its
/// session and its session key.
///
/// ```
/// use atproto_oauth::prelude::*;
/// use axum::response::{Html, Redirect};
/// use axum::routing::get;
///
/// #[atproto_oauth(callback = signed_in, logout = signed_out)]
/// #[derive(Clone)]
/// struct App {
///     oauth: OAuthClient,
/// }
///
/// async fn signed_in(login: Login<App>) -> Redirect {
///     Redirect::to(login.return_to())
/// }
///
/// async fn signed_out() -> Redirect {
///     Redirect::to("/")
/// }
///
/// async fn home(session: Option<AppSession>) -> Html<&'static str> {
///     Html(match session {
///         Some(_) => "hello",
///         None => "<a href=\"/oauth/login\">Sign in</a>",
///     })
/// }
///
/// let router: axum::Router<App> = App::oauth_routes().route("/", get(home));
/// # let _ = router;
/// ```
///
/// # What it writes
///
/// The struct stays as it is written; the attribute works above and below `#[derive(…)]`. After it comes
/// what you would write by hand, and may: everything in it is public. For the example above:
///
/// ```
/// # use atproto_oauth::prelude::OAuthClient;
/// # async fn signed_in() {}
/// # async fn signed_out() {}
#[doc = include_str!("../snapshots/hello.rs")]
/// # fn main() {}
/// ```
///
/// # Arguments
///
/// ## `callback = signed_in` (required)
///
/// The function that answers once a person has signed in and the session is stored. Functions are
/// written like axum handlers: an `async fn` of at most 8 extractors for the router's state, the last
/// of which may read the body, that returns what implements `IntoResponse`. `Login<App>` tells who
/// signed in and where they wanted to go. Its response never undoes the session; to refuse a person,
/// call `login.refuse()`. Any path is one: `pages::signed_in`, `App::signed_in`, `signed_in::<D>`. It
/// becomes `Hooks::new(Hook::new(signed_in))`.
///
#[doc = include_str!("../snapshots/arguments/callback.md")]
///
/// ## `logout = signed_out` (default: a redirect to `/`)
///
/// The function that answers after the session is gone. `LoggedOut<App>` tells whose it was. It becomes
/// `.logout(Hook::new(signed_out))`.
///
#[doc = include_str!("../snapshots/arguments/logout.md")]
///
/// ## `error = sorry` (default: a page, or JSON)
///
/// The function that answers where the routes or the extractors refuse. It takes `OAuthError`. It
/// becomes `.error(Hook::new(sorry))`.
///
#[doc = include_str!("../snapshots/arguments/error.md")]
///
/// ## `scopes = ["atproto", "repo:app.bsky.feed.post?action=create"]` (default: `["atproto"]`)
///
/// The permissions that every sign-in asks for. An entry is a string, or a constant that is one. Each
/// is proved by the compiler with the grammar that the program uses too. It becomes the first list of
/// `const SCOPES`.
///
#[doc = include_str!("../snapshots/arguments/scopes.md")]
///
/// ## `optional_scopes = ["blob:image/*"]` (default: none)
///
/// Permissions that are declared, but asked for only when a page needs them. The second list of
/// `const SCOPES`.
///
#[doc = include_str!("../snapshots/arguments/optional_scopes.md")]
///
/// ## `prefix = "/oauth"` (default)
///
/// Where the routes are: `/oauth/login`, `/oauth/callback` and so on. A plain path, without captures,
/// that does not end with `/`. It becomes `const PATHS`.
///
#[doc = include_str!("../snapshots/arguments/prefix.md")]
///
/// ## `client = oauth` (default: the only field whose type is named `OAuthClient`)
///
/// The field with the client, or its number in a tuple struct. An `Arc<OAuthClient>` will do. It becomes
/// `fn oauth(&self)`.
///
#[doc = include_str!("../snapshots/arguments/client.md")]
///
/// ## `accounts = 5` (default)
///
/// How many accounts one browser may hold, at most 100. With 1, signing in again replaces the account. It becomes
/// `const ACCOUNTS`.
///
#[doc = include_str!("../snapshots/arguments/accounts.md")]
///
/// ## `session = AppSession` (default: the struct's name and `Session`)
///
/// The name of the session's type alias, which takes the struct's generics: `AppSession<D>`. It becomes
/// `type AppSession = Session<App>`, as visible as the struct.
///
#[doc = include_str!("../snapshots/arguments/session.md")]
///
/// ## `session_key = AppSessionKey` (default: the struct's name and `SessionKey`)
///
/// The same for the key that a session is stored under. It becomes `type AppSessionKey = SessionKey<App>`.
///
#[doc = include_str!("../snapshots/arguments/session_key.md")]
///
/// ## `state = std::sync::Arc<App>` (default: the struct itself, which must then be `Clone`)
///
/// The router's state, which the functions above and your handlers are written for. A larger state than
/// an `Arc` implements `HasOAuth<App>`, which is one line. It becomes `type State`.
///
#[doc = include_str!("../snapshots/arguments/state.md")]
///
/// ## `crate = ::atproto_oauth` (default)
///
/// Where the runtime crate is, for libraries that re-export it. It becomes the beginning of every path that
/// is written.
///
#[doc = include_str!("../snapshots/arguments/crate.md")]
///
/// What differs between a laptop and production is not here: the base URL, keys, the secret and the store
/// come from the environment and the builder.
///
/// # Shapes
///
/// Generic structs are fine, with bounds, `where` and constants; the impls add
/// `D: Send + Sync + 'static` for each type. A struct cannot borrow: requests outlive the borrow.
///
/// ```
/// # use atproto_oauth::prelude::*;
/// # use std::sync::Arc;
/// #[atproto_oauth(callback = signed_in, state = Arc<App<D>>)]
/// struct App<D> {
///     oauth: OAuthClient,
///     database: D,
/// }
///
/// async fn signed_in<D: Send + Sync + 'static>(_: Login<App<D>>) {}
///
/// let router: axum::Router<Arc<App<u8>>> = App::oauth_routes();
/// # let _ = router;
/// ```
///
/// # Mistakes
///
/// Each is one error, at the token that is wrong, and all of them are reported at once. The impls and
/// aliases are written nevertheless, so that the rest of the program is no second error.
///
/// ```compile_fail
/// # use atproto_oauth::prelude::*;
/// #[atproto_oauth(calback = signed_in, prefix = "oauth")]
/// #[derive(Clone)]
/// struct App {
///     oauth: OAuthClient,
/// }
/// # async fn signed_in() {}
/// ```
///
/// ```text
/// error: unknown argument `calback`; did you mean `callback`?
/// error: `prefix` must start with `/`; write `prefix = "/oauth"`
/// ```
///
/// It works in every edition since 2021:
///
/// ```edition2021
/// # use atproto_oauth::prelude::*;
/// #[atproto_oauth(callback = signed_in, scopes = ["atproto", "blob:image/*"])]
/// #[derive(Clone)]
/// struct App {
///     oauth: OAuthClient,
/// }
/// # async fn signed_in(_: Login<App>) {}
/// ```
#[proc_macro_attribute]
pub fn atproto_oauth(args: TokenStream, item: TokenStream) -> TokenStream {
    attribute::expand(args.into(), item.into()).into()
}

#[doc = include_str!("derive.md")]
///
/// # Arguments of the struct
///
/// ## `app = App` (required)
///
/// Whose session it is: the struct with `#[atproto_oauth]`. It becomes `type App`.
///
#[doc = include_str!("../snapshots/arguments/derive/app.md")]
///
/// ## `requires = ["repo:com.example.note?action=create"]` (default: none)
///
/// Permissions without which there is no value. Each is proved twice. The compiler proves that the app
/// declares it, in `scopes` or `optional_scopes`; with an app that has type parameters of the struct it does
/// so when the program is built, not when it is only checked. And each request proves that the session was
/// granted it. A permission that comes from a permission set is required by the same `include:` literal. It
/// becomes `const REQUIRES` and one constant for each proof.
///
#[doc = include_str!("../snapshots/arguments/derive/requires.md")]
///
/// ## `rejection = ApiError` (default: `SessionRejection`)
///
/// What answers in place of a value: a type with `From<SessionRejection>` and `IntoResponse`. It becomes
/// `type Rejection`.
///
#[doc = include_str!("../snapshots/arguments/derive/rejection.md")]
///
/// ## `crate = ::atproto_oauth` (default)
///
/// Where the runtime crate is, for libraries that re-export it. It becomes the beginning of every path that
/// is written.
///
#[doc = include_str!("../snapshots/arguments/derive/crate.md")]
///
/// # Argument of a field
///
/// ## `with = load_profile`
///
/// An `async fn(&Session<App>, &App) -> Result<T, E>`, where `T` is the field's type and `E` answers in place
/// of the value. Loaders run one after the other, in the order of the fields, once the session and its
/// permissions are there. It becomes a call of `session_extractor::load` with that function, the session and the app, which
/// is awaited in `from_session`.
///
#[doc = include_str!("../snapshots/arguments/derive/with.md")]
///
#[doc = include_str!("derive_expansion.md")]
#[doc = include_str!("../snapshots/author.rs")]
#[doc = include_str!("derive_mistakes.md")]
#[proc_macro_derive(SessionExtractor, attributes(session))]
pub fn session_extractor(item: TokenStream) -> TokenStream {
    derive::expand(item.into()).into()
}
