//! Every path into the main crate that the macros write.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Path;
use syn::spanned::Spanned;

use crate::span::{call_site_at, respan};

/// The module of the main crate below which all items are named; none is the crate's root.
const MODULE: &[&str] = &[];

/// The path of the main crate: the one that `crate = …` gives, or `::atproto_oauth`.
pub(crate) struct CratePath {
    tokens: TokenStream,
    given: Option<Span>,
}

impl CratePath {
    pub(crate) fn new(given: Option<&Path>) -> Self {
        Self {
            tokens: given.map_or_else(|| quote!(::atproto_oauth), ToTokens::to_token_stream),
            given: given.map(Spanned::span),
        }
    }

    /// Where the path was written, for what is missing in the main crate to be reported there.
    pub(crate) fn written_at(&self) -> Option<Span> {
        self.given.map(call_site_at)
    }

    /// The same path with all its tokens at `span`.
    pub(crate) fn moved_to(&self, span: Span) -> Self {
        Self {
            tokens: respan(self.tokens.clone(), span),
            given: self.given,
        }
    }

    /// The same path where the compiler warns of nothing, wherever it was written.
    pub(crate) fn without_warnings(&self) -> Self {
        self.moved_to(call_site_at(self.tokens.span()))
    }
}

/// The path of one item, whose tokens behind the crate's path have one span.
pub(crate) struct Item<'a> {
    krate: &'a CratePath,
    segments: &'static [&'static str],
    span: Span,
}

impl ToTokens for Item<'_> {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let span = self.span;
        let krate = &self.krate.tokens;
        let segments = MODULE.iter().chain(self.segments);
        let segments = segments.map(|segment| Ident::new(segment, span));
        tokens.extend(quote_spanned!(span=> #krate #(::#segments)*));
    }
}

macro_rules! items {
    ($($name:ident = $($segment:ident)::+;)+) => {
        /// The items of the main crate, by the names that the templates of the macros use.
        pub(crate) struct Items<'a> {
            $(pub(crate) $name: Item<'a>,)+
        }

        impl CratePath {
            /// The items, with their own segments at `span`.
            pub(crate) fn items(&self, span: Span) -> Items<'_> {
                Items {
                    $($name: Item { krate: self, segments: &[$(stringify!($segment)),+], span },)+
                }
            }
        }
    };
}

items! {
    // Public items, which a program without the macros names too.
    declared_scopes = DeclaredScopes;
    error = Error;
    from_env = oauth_from_env;
    has_oauth = HasOAuth;
    hook = Hook;
    hooks = Hooks;
    oauth_app = OAuthApp;
    oauth_client = OAuthClient;
    oauth_client_builder = OAuthClientBuilder;
    paths = Paths;
    routes = routes;
    session = Session;
    session_extractor = SessionExtractor;
    session_key = SessionKey;
    // The items of axum that the main crate re-exports.
    from_request_parts = __macro::axum::extract::FromRequestParts;
    optional_from_request_parts = __macro::axum::extract::OptionalFromRequestParts;
    parts = __macro::axum::http::request::Parts;
    response = __macro::axum::response::Response;
    router = __macro::axum::Router;
    // Proofs of scopes at compile time.
    no_scopes = __macro::NoScopes;
    require_nth = __macro::require_nth;
    scopes_of = __macro::ScopesOf;
    // The module that the derive imports as `__own`, for `NotMade`, `Proved`, `SessionRejection`, `app`, `extract`,
    // `extract_optional`, `load`, `rejection`, `take`. The attribute names `Proved` and `thread_safe` in it.
    own = __macro::session_extractor;
}
