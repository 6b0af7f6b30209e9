//! All mistakes of one macro call, reported together.

use darling::Error;
use darling::error::Accumulator;
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

/// The mistakes found so far. Each is worded: the problem; the repair. The `Accumulator` panics where it is dropped
/// unread, so no mistake is lost.
#[derive(Default)]
pub(crate) struct Errors {
    found: Accumulator,
    /// The last token of each mistake. `darling` keeps one span for an error, which on stable Rust is the first token.
    ends: Vec<Span>,
}

impl Errors {
    /// Adds a mistake in these tokens, from the first to the last of them.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, text: impl AsRef<str>) {
        self.push(Error::custom(text.as_ref()), &tokens.into_token_stream());
    }

    /// Adds a mistake at this place.
    pub(crate) fn span(&mut self, span: Span, text: impl AsRef<str>) {
        let error = Error::custom(text.as_ref()).with_span(&span);
        self.push(error, &TokenStream::new());
    }

    /// Adds what `darling` reports of these tokens. An error with a span of its own is reported there, and one
    /// without at all of the tokens.
    pub(crate) fn push(&mut self, error: Error, tokens: &TokenStream) {
        for error in error.flatten() {
            let mut places = tokens.clone().into_iter().map(|token| token.span());
            let (start, end) = if let Some(span) = error.explicit_span() {
                (span, span)
            } else {
                let start = places.next().unwrap_or_else(Span::call_site);
                (start, places.last().unwrap_or(start))
            };
            self.found.push(error.with_span(&start));
            self.ends.push(end);
        }
    }

    /// One `compile_error!` for each mistake.
    pub(crate) fn into_tokens(self) -> TokenStream {
        let found = self.found.into_inner().into_iter();
        let reports = found.zip(self.ends).map(|(error, end)| {
            // `syn` underlines from the first of these tokens to the last.
            let start = error.span();
            let (start, end) = (quote_spanned!(start=> _), quote_spanned!(end=> _));
            syn::Error::new_spanned(quote!(#start #end), error).into_compile_error()
        });
        reports.collect()
    }
}
