//! The names of the session and of its key.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{DeriveInput, Path};

use crate::args::Args;
use crate::errors::Errors;
use crate::generics::This;
use crate::span::{at, here};

/// The two type aliases that are generated.
pub(crate) struct Aliases {
    session: Ident,
    key: Ident,
}

impl Aliases {
    /// The names that the arguments give, or the struct's and a suffix. Two types of one name would be
    /// the compiler's error about an item that the user did not write, so they are reported here.
    pub(crate) fn new(input: &DeriveInput, args: &Args, errors: &mut Errors) -> Self {
        let name = &input.ident;
        let default =
            |suffix: &str| format_ident!("{name}{suffix}", span = here(input.ident.span()));
        let mut own = |argument: &str, given: &Option<Ident>, suffix: &str| match given {
            Some(given) if given == name => {
                errors.at(
                    given,
                    format!("`{name}` is the struct itself; write `{argument} = {name}{suffix}`"),
                );
                default(suffix)
            }
            Some(given) => given.clone(),
            None => default(suffix),
        };
        let session = own("session", &args.session, "Session");
        let key = own("session_key", &args.session_key, "SessionKey");
        if session != key {
            return Self { session, key };
        }
        if session == default("SessionKey") {
            let repair = default("Session");
            errors.at(
                &session,
                format!("`{session}` is the name of the key; write `session = {repair}`"),
            );
            return Self {
                session: repair,
                key,
            };
        }
        let repair = default("SessionKey");
        errors.at(
            &key,
            format!("`{key}` is the name of the session; write `session_key = {repair}`"),
        );
        Self {
            session,
            key: repair,
        }
    }

    /// The aliases, each at its name, where the compiler then reports that the name is taken.
    pub(crate) fn tokens(&self, input: &DeriveInput, krate: &Path, this: &This) -> TokenStream {
        let This {
            ty, alias_params, ..
        } = this;
        let name = &input.ident;
        let alias = |alias: &Ident, target: &str, doc: String| {
            let span = here(alias.span());
            let vis = at(span, input.vis.to_token_stream());
            let target = Ident::new(target, span);
            quote_spanned! {span=>
                #[doc = #doc]
                #vis type #alias #alias_params = #krate::#target<#ty>;
            }
        };
        let session = alias(
            &self.session,
            "Session",
            format!(" The session of the account that is signed in to [`{name}`]."),
        );
        let key = alias(
            &self.key,
            "SessionKey",
            format!(" The key that a session of [`{name}`] is stored under."),
        );
        quote!(#session #key)
    }
}
