//! The macros of `atproto-oauth`. Use them through that crate, which re-exports them: the generated code names it.
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

/// Implements `OAuthApp` for a struct that holds an `OAuthClient`, and generates its routes and the type aliases of its
/// session and session key.
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
/// The struct stays unchanged; the attribute works above and below `#[derive(…)]`. The attribute adds code.
/// Without the attribute, write the impl of `OAuthApp` by hand, as `examples/by-hand` does; the names below `__macro` are
/// for the macros alone and change without notice. For the example above it adds:
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
/// The function that answers the browser after a sign-in, when the session is stored. Like an axum handler it is an
/// `async fn` with at most 8 extractors for the router's state, of which the last may read the body, and it returns a
/// type that implements `IntoResponse`. `Login<App>` has the account and the page to return to. The response, whatever
/// its status, does not undo the session; `login.refuse()` does. The function can be given as any path:
/// `pages::signed_in`, `App::signed_in`, `signed_in::<D>`.
///
#[doc = include_str!("../snapshots/arguments/callback.md")]
///
/// ## `logout = signed_out` (default: a redirect to `/`)
///
/// The function that answers the browser after a sign-out, when the session is deleted. `LoggedOut<App>` has the
/// account of the session.
///
#[doc = include_str!("../snapshots/arguments/logout.md")]
///
/// ## `error = sorry` (default: a page, or JSON)
///
/// The function that answers when a route or an extractor refuses a request. It takes an `OAuthError`.
///
#[doc = include_str!("../snapshots/arguments/error.md")]
///
/// ## `scopes = ["atproto", "repo:app.bsky.feed.post?action=create"]` (default: `["atproto"]`)
///
/// The scopes that every sign-in asks for. An entry is a string, or a constant that is one. The compiler checks each
/// entry with the parser that the program uses at run time.
///
#[doc = include_str!("../snapshots/arguments/scopes.md")]
///
/// ## `optional_scopes = ["blob:image/*"]` (default: none)
///
/// Scopes that are declared, but asked for only when a page needs them.
///
#[doc = include_str!("../snapshots/arguments/optional_scopes.md")]
///
/// ## `prefix = "/oauth"` (default)
///
/// The path below which the routes are: `/oauth/login`, `/oauth/callback` and so on. It has no captures and does not
/// end with `/`.
///
#[doc = include_str!("../snapshots/arguments/prefix.md")]
///
/// ## `client = oauth` (default: the only field whose type is named `OAuthClient`)
///
/// The field with the client, or its number in a tuple struct. Its type is `OAuthClient` or `Arc<OAuthClient>`.
///
#[doc = include_str!("../snapshots/arguments/client.md")]
///
/// ## `accounts = 5` (default)
///
/// How many accounts one browser may be signed in to, from 1 to 100. With 1, a second sign-in replaces the first.
///
#[doc = include_str!("../snapshots/arguments/accounts.md")]
///
/// ## `session = AppSession` (default: the struct's name and `Session`)
///
/// The name of the type alias for the application's session. The alias has the struct's generics, `AppSession<D>`, and
/// its visibility.
///
#[doc = include_str!("../snapshots/arguments/session.md")]
///
/// ## `session_key = AppSessionKey` (default: the struct's name and `SessionKey`)
///
/// The name of the type alias for the key that a session is stored under.
///
#[doc = include_str!("../snapshots/arguments/session_key.md")]
///
/// ## `state = std::sync::Arc<App>` (default: the struct itself, which must then be `Clone`)
///
/// The type of the router's state, which the functions above and your handlers take. `App` and `Arc<App>` work as they
/// are; any other state implements `HasOAuth<App>`, which is one line.
///
#[doc = include_str!("../snapshots/arguments/state.md")]
///
/// ## `crate = ::atproto_oauth` (default)
///
/// The path of `atproto-oauth`, for libraries that re-export it. Every generated path begins with it.
///
#[doc = include_str!("../snapshots/arguments/crate.md")]
///
/// Settings that differ between a laptop and production are no arguments: the base URL, keys, the secret and the store
/// are set with environment variables or the builder.
///
/// # Shapes
///
/// The struct may be generic, with bounds, `where` and constants; the impls add `D: Send + Sync + 'static` for each type
/// parameter. The struct has no lifetimes, as requests outlive a borrow.
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
/// Each mistake is one error, at the wrong token, and all mistakes are reported at once. The impls and aliases are
/// generated after a mistake too, so that code which uses them adds no further errors.
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
/// The application whose session is extracted: the struct with `#[atproto_oauth]`.
///
#[doc = include_str!("../snapshots/arguments/derive/app.md")]
///
/// ## `requires = ["repo:com.example.note?action=create"]` (default: none)
///
/// The scopes that the session must have been granted. The compiler checks that the application declares each of them,
/// in `scopes` or `optional_scopes`; for a generic application the check runs in `cargo build`, not in `cargo check`.
/// Each request checks that the session was granted them. A scope that comes with a permission set is required by the
/// literal of that set, `include:…`.
///
#[doc = include_str!("../snapshots/arguments/derive/requires.md")]
///
/// ## `rejection = ApiError` (default: `SessionRejection`)
///
/// The response in place of a value: a type that implements `From<SessionRejection>` and `IntoResponse`.
///
#[doc = include_str!("../snapshots/arguments/derive/rejection.md")]
///
/// ## `crate = ::atproto_oauth` (default)
///
/// The path of `atproto-oauth`, for libraries that re-export it. Every generated path begins with it.
///
#[doc = include_str!("../snapshots/arguments/derive/crate.md")]
///
/// # Argument of a field
///
/// ## `with = load_profile`
///
/// An `async fn(&Session<App>, &App) -> Result<T, E>` that loads the field: `T` is the field's type, and `E` is the
/// response in place of the extractor. Loaders run one after the other, in the order of the fields, after the session
/// and its scopes were checked.
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
