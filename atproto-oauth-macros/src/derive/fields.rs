//! How each field is made: by its type, or by its loader.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Field, Fields, Type};

use super::args;
use crate::errors::Errors;
use crate::span::{at, here};

/// `did: …, profile: …`, in the order of the fields, in which the loaders run. None if one of them is
/// wrong, which was reported.
pub(super) fn inits(fields: &Fields, errors: &mut Errors) -> Option<TokenStream> {
    if fields.iter().any(|field| elides(&field.ty)) {
        // The compiler asks for the lifetime.
        return None;
    }
    let members = fields.members().zip(fields);
    let inits: Vec<_> = members
        .map(|(member, field)| {
            let value = value(field, errors)?;
            Some(quote!(#member: #value,))
        })
        .collect();
    inits.into_iter().collect()
}

/// A reference without a lifetime, which no field may hold, unless it is in the signature of a function.
fn elides(ty: &Type) -> bool {
    let tokens: Vec<TokenTree> = ty.to_token_stream().into_iter().collect();
    let is = |token: &TokenTree, char| matches!(token, TokenTree::Punct(punct) if punct.as_char() == char);
    let before_arrow = tokens.split(|token| is(token, '-')).next();
    before_arrow
        .unwrap_or_default()
        .windows(2)
        .any(|two| matches!(two, [and, next] if is(and, '&') && !is(next, '\'')))
}

/// All tokens of a value are at the loader or at the type, where the compiler then reports what is wrong.
fn value(field: &Field, errors: &mut Errors) -> Option<TokenStream> {
    let ty = &field.ty;
    match args::loader(field, errors) {
        Some(loader) => {
            let end = loader.path.segments.last();
            let span = here(end.map_or_else(|| loader.span(), |last| last.ident.span()));
            let load = at(span, quote!(__own::load));
            Some(
                quote_spanned!(span=> #load::<Self::App, _, _, #ty, _>(#loader, __session, __app).await?),
            )
        }
        None if args::is_given(field) => None,
        None => {
            let span = here(ty.span());
            Some(quote_spanned!(span=> __own::take::<Self::App, #ty>(__session)?))
        }
    }
}
