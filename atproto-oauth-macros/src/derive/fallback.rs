//! Empty impls in place of the derive's, where these cannot be written.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::parse_quote;

use super::input::Input;
use crate::paths::CratePath;

/// Writes an extractor for every state. It never runs: a mistake was reported.
pub(super) fn impls(input: &Input, krate: &CratePath) -> TokenStream {
    let name = &input.ident;
    let (_, arguments, _) = input.generics.split_for_impl();
    let mut generics = input.generics.clone();
    generics.params.push(parse_quote!(__S));
    let clause = generics.make_where_clause();
    clause
        .predicates
        .push(parse_quote!(__S: ::core::marker::Send + ::core::marker::Sync));
    clause
        .predicates
        .push(parse_quote!(Self: ::core::marker::Send));
    let (params, _, bounds) = generics.split_for_impl();
    let items = krate.items(Span::call_site());
    let (request_parts, response) = (&items.parts, &items.response);
    let one = |extractor: &dyn ToTokens, answer: TokenStream| {
        quote! {
            #[automatically_derived]
            impl #params #extractor<__S> for #name #arguments #bounds {
                type Rejection = #response;
                async fn from_request_parts(
                    _: &mut #request_parts,
                    _: &__S,
                ) -> ::core::result::Result<#answer, Self::Rejection> {
                    ::core::unreachable!()
                }
            }
        }
    };
    let required = one(&items.from_request_parts, quote!(Self));
    let optional = one(
        &items.optional_from_request_parts,
        quote!(::core::option::Option<Self>),
    );
    quote!(#required #optional)
}
