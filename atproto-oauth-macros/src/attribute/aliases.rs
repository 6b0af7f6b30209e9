//! The type aliases of the session and of its key.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::DeriveInput;

use super::arguments::Arguments;
use crate::errors::Errors;
use crate::generics::TargetType;
use crate::paths::CratePath;
use crate::span::{call_site_at, respan};

/// The names of the two aliases.
pub(crate) struct Aliases {
    session: Ident,
    key: Ident,
}

impl Aliases {
    /// Takes the names that the arguments give, or the struct's name and a suffix. Two types of one name are reported
    /// here: the compiler would report an item that is not in the source.
    pub(crate) fn new(input: &DeriveInput, args: &Arguments, errors: &mut Errors) -> Self {
        let name = &input.ident;
        let default =
            |suffix: &str| format_ident!("{name}{suffix}", span = call_site_at(name.span()));
        let mut choose = |argument: &str, given: &Option<Ident>, suffix: &str| match given {
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
        let session = choose("session", &args.session, "Session");
        let key = choose("session_key", &args.session_key, "SessionKey");
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

    /// Writes the aliases, each at its name, where the compiler then reports that the name is taken.
    pub(crate) fn tokens(
        &self,
        input: &DeriveInput,
        krate: &CratePath,
        target: &TargetType,
    ) -> TokenStream {
        let TargetType {
            path, alias_params, ..
        } = target;
        let name = &input.ident;
        let alias = |alias: &Ident, is_key: bool, doc: String| {
            let span = call_site_at(alias.span());
            let vis = respan(input.vis.to_token_stream(), span);
            let items = krate.items(span);
            let aliased = if is_key {
                items.session_key
            } else {
                items.session
            };
            quote_spanned! {span=>
                #[doc = #doc]
                #vis type #alias #alias_params = #aliased<#path>;
            }
        };
        let session = alias(
            &self.session,
            false,
            format!(" The session of the account that is signed in to [`{name}`]."),
        );
        let key = alias(
            &self.key,
            true,
            format!(" The key that a session of [`{name}`] is stored under."),
        );
        quote!(#session #key)
    }
}
