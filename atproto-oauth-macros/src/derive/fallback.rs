//! What stands in for the impls where they cannot be written.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Path, parse_quote};

/// An extractor for every state. It never runs: a mistake was reported.
pub(super) fn impls(input: &DeriveInput, krate: &Path) -> TokenStream {
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
    let one = |function: TokenStream, answer: TokenStream| {
        quote! {
            #[automatically_derived]
            impl #params #krate::__macro::axum::extract::#function<__S> for #name #arguments #bounds {
                type Rejection = #krate::__macro::axum::response::Response;
                async fn from_request_parts(
                    _: &mut #krate::__macro::axum::http::request::Parts,
                    _: &__S,
                ) -> ::core::result::Result<#answer, Self::Rejection> {
                    ::core::unreachable!()
                }
            }
        }
    };
    let required = one(quote!(FromRequestParts), quote!(Self));
    let optional = one(
        quote!(OptionalFromRequestParts),
        quote!(::core::option::Option<Self>),
    );
    quote!(#required #optional)
}
