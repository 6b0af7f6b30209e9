//! Mistakes, collected, so that one run of the compiler shows all of them.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::Error;

/// The mistakes found so far. Each is worded: the problem; the repair.
#[derive(Default)]
pub(crate) struct Errors(Vec<Error>);

impl Errors {
    /// A mistake in these tokens, from the first to the last of them.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, text: impl AsRef<str>) {
        self.0.push(Error::new_spanned(tokens, text.as_ref()));
    }

    /// A mistake at this place.
    pub(crate) fn span(&mut self, span: Span, text: impl AsRef<str>) {
        self.0.push(Error::new(span, text.as_ref()));
    }

    /// One `compile_error!` for each mistake.
    pub(crate) fn into_tokens(self) -> TokenStream {
        self.0.iter().map(Error::to_compile_error).collect()
    }
}
