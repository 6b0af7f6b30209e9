//! Where generated tokens are, and so where the compiler reports what it finds wrong with them.

use proc_macro2::{Group, Span, TokenStream, TokenTree};

/// All tokens at one place.
pub(crate) fn at(span: Span, tokens: TokenStream) -> TokenStream {
    let one = |mut token: TokenTree| {
        if let TokenTree::Group(group) = &token {
            token = Group::new(group.delimiter(), at(span, group.stream())).into();
        }
        token.set_span(span);
        token
    };
    tokens.into_iter().map(one).collect()
}

/// The same place. What comes out of a `macro_rules!` of the user's brings a place where the names of our
/// arguments do not exist.
pub(crate) fn here(place: Span) -> Span {
    Span::call_site().located_at(place)
}
