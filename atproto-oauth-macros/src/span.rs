//! Spans of generated tokens.

use proc_macro2::{Group, Span, TokenStream, TokenTree};

/// Gives all tokens, also those inside of brackets, one span.
pub(crate) fn respan(tokens: TokenStream, span: Span) -> TokenStream {
    let one = |mut token: TokenTree| {
        if let TokenTree::Group(group) = &token {
            token = Group::new(group.delimiter(), respan(group.stream(), span)).into();
        }
        token.set_span(span);
        token
    };
    tokens.into_iter().map(one).collect()
}

/// The place of `place` with the hygiene of the macro call. Tokens that come out of a `macro_rules!` of the user's
/// have a hygiene of their own, in which the names that the macro generates do not exist.
pub(crate) fn call_site_at(place: Span) -> Span {
    Span::call_site().located_at(place)
}
