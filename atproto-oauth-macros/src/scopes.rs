//! The declared permissions: one list, and a proof of each entry at the place where it is written.
//!
//! The grammar is not here. It is a `const fn` of the runtime crate, which the compiler runs on every
//! entry, so that the program and its compiler cannot disagree.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, Path, parse_quote};

use crate::args::Args;
use crate::list::Scopes;
use crate::span::at;

/// What `scopes` and `optional_scopes` say.
pub(crate) struct Declared<'a> {
    scopes: Vec<Expr>,
    optional: Vec<Expr>,
    /// The list to report a missing `atproto` at.
    written: Option<&'a TokenStream>,
    /// Part of it could not be read, which was reported.
    broken: bool,
}

impl<'a> Declared<'a> {
    pub(crate) fn new(args: &'a Args) -> Self {
        let each = |list: &Option<Scopes>, default: &[&str]| match list {
            Some(list) => list.each.clone(),
            None => default.iter().map(|scope| parse_quote!(#scope)).collect(),
        };
        let lists = [&args.scopes, &args.optional_scopes];
        let whole = args.scopes.as_ref().filter(|list| !list.broken);
        Self {
            scopes: each(&args.scopes, &["atproto"]),
            optional: each(&args.optional_scopes, &[]),
            written: whole.map(|list| &list.written),
            broken: lists
                .iter()
                .any(|list| list.as_ref().is_some_and(|list| list.broken)),
        }
    }

    /// `const __SCOPES: DeclaredScopes = …;`. Each list is a constant of its own, in which an entry may come
    /// out of a `static`.
    pub(crate) fn list(&self, krate: &Path, span: Span) -> TokenStream {
        let Self {
            scopes, optional, ..
        } = self;
        // With an entry that is no permission, nothing that is required counts as undeclared.
        let unknown = self.broken.then_some("");
        let optional = optional.iter().map(ToTokens::to_token_stream);
        let optional = optional.chain(unknown.map(ToTokens::into_token_stream));
        quote_spanned! {span=>
            const __ALWAYS: &[&str] = &[#(#scopes),*];
            const __OPTIONAL: &[&str] = &[#(#optional),*];
            const __SCOPES: #krate::DeclaredScopes = #krate::DeclaredScopes::new(__ALWAYS, __OPTIONAL);
        }
    }

    /// One `const _` for each entry, whose tokens are all where the entry is: a constant that cannot be
    /// evaluated is reported there, and each one by itself.
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
    let call = at(span, call);
    quote!(const _: () = #call;)
}
