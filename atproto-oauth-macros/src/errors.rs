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
    /// The last token of each mistake: `darling` keeps one span for an error, the first token's on stable Rust.
    ends: Vec<Span>,
}

impl Errors {
    /// Adds a mistake in these tokens, from the first to the last of them.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, text: impl AsRef<str>) {
        let mut places = tokens.into_token_stream().into_iter();
        let start = places.next().map_or_else(Span::call_site, |it| it.span());
        self.ends.push(places.last().map_or(start, |it| it.span()));
        self.found
            .push(Error::custom(text.as_ref()).with_span(&start));
    }

    /// Adds a mistake at this place.
    pub(crate) fn span(&mut self, span: Span, text: impl AsRef<str>) {
        self.at(quote_spanned!(span=> _), text);
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
