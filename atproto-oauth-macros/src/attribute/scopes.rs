//! The declared scopes: one list, and a proof of each entry at the place where it is written.
//!
//! The grammar is a `const fn` of the main crate, which the compiler runs on every entry, so that the program and its
//! compiler cannot disagree.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, parse_quote};

use super::arguments::Arguments;
use crate::paths::CratePath;
use crate::scope_list::Scopes;
use crate::span::respan;

/// The scopes of `scopes` and `optional_scopes`.
pub(crate) struct DeclaredLists<'a> {
    scopes: Vec<Expr>,
    optional: Vec<Expr>,
    /// The list to report a missing `atproto` at.
    written: Option<&'a TokenStream>,
    /// An entry is wrong, which was reported.
    is_broken: bool,
}

impl<'a> DeclaredLists<'a> {
    pub(crate) fn new(args: &'a Arguments) -> Self {
        let each = |list: &Option<Scopes>, default: &[&str]| match list {
            Some(list) => list.each.clone(),
            None => default.iter().map(|scope| parse_quote!(#scope)).collect(),
        };
        let lists = [&args.scopes, &args.optional_scopes];
        let whole = args.scopes.as_ref().filter(|list| !list.is_broken);
        Self {
            scopes: each(&args.scopes, &["atproto"]),
            optional: each(&args.optional_scopes, &[]),
            written: whole.map(|list| &list.written),
            is_broken: lists
                .iter()
                .any(|list| list.as_ref().is_some_and(|list| list.is_broken)),
        }
    }

    /// Writes `const __SCOPES: DeclaredScopes = …;`. Each list is a constant of its own, in which an entry may come out of
    /// a `static`.
    pub(crate) fn list(&self, krate: &CratePath, span: Span) -> TokenStream {
        let Self {
            scopes, optional, ..
        } = self;
        // With a wrong entry in the lists, no scope that an extractor requires counts as undeclared.
        let unknown = self.is_broken.then_some("");
        let optional = optional.iter().map(ToTokens::to_token_stream);
        let optional = optional.chain(unknown.map(ToTokens::into_token_stream));
        let declared_scopes = krate.items(span).declared_scopes;
        quote_spanned! {span=>
            const __ALWAYS: &[&str] = &[#(#scopes),*];
            const __OPTIONAL: &[&str] = &[#(#optional),*];
            const __SCOPES: #declared_scopes = #declared_scopes::new(__ALWAYS, __OPTIONAL);
        }
    }

    /// Writes one `const _` for each entry, all its tokens at the entry: the compiler reports a constant that it cannot
    /// evaluate there, and each one by itself.
    pub(crate) fn checks(&self) -> TokenStream {
        let each = self.scopes.iter().chain(&self.optional).enumerate();
        let mut checks = TokenStream::new();
        for (n, scope) in each {
            let n = Literal::usize_unsuffixed(n);
            checks.extend(check(scope.span(), quote!(__SCOPES.check(#n))));
        }
        if let Some(written) = self.written {
            checks.extend(check(written.span(), quote!(__SCOPES.check_atproto())));
        }
        checks
    }
}

fn check(span: Span, call: TokenStream) -> TokenStream {
    let call = respan(call, span);
    quote!(const _: () = #call;)
}
