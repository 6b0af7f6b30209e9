//! How each field is made: by its type, or by its loader.

use darling::ast::Fields;
use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Index, Member, Type};

use super::input::Field;
use crate::errors::Errors;
use crate::span::{call_site_at, respan};
use crate::tokens::is_punct;

/// Writes `did: …, profile: …`, in the order of the fields, in which the loaders run. None if one of them is wrong,
/// which was reported.
pub(super) fn initializers(fields: &Fields<Field>, errors: &mut Errors) -> Option<TokenStream> {
    if fields.iter().any(|field| elides_lifetime(&field.ty)) {
        // The compiler asks for the lifetime.
        return None;
    }
    let each: Vec<_> = fields
        .iter()
        .enumerate()
        .map(|(n, field)| {
            let number = || Member::Unnamed(Index::from(n));
            let member = field.ident.clone().map_or_else(number, Member::Named);
            let value = value(field, errors)?;
            Some(quote!(#member: #value,))
        })
        .collect();
    each.into_iter().collect()
}

/// The type has a reference without a lifetime, which no field may hold, unless it is in the signature of a function.
fn elides_lifetime(ty: &Type) -> bool {
    let tokens: Vec<TokenTree> = ty.to_token_stream().into_iter().collect();
    let before_arrow = tokens.split(|token| is_punct(token, '-')).next();
    before_arrow
        .unwrap_or_default()
        .windows(2)
        .any(|two| matches!(two, [and, next] if is_punct(and, '&') && !is_punct(next, '\'')))
}

/// Writes the value of a field. All its tokens are at the loader or at the type, where the compiler then reports what is
/// wrong.
fn value(field: &Field, errors: &mut Errors) -> Option<TokenStream> {
    let ty = &field.ty;
    match field.loader(errors) {
        Some(loader) => {
            let end = loader.path.segments.last();
            let span = call_site_at(end.map_or_else(|| loader.span(), |last| last.ident.span()));
            let load = respan(quote!(__own::load), span);
            Some(
                quote_spanned!(span=> #load::<Self::App, _, _, #ty, _>(#loader, __session, __app).await?),
            )
        }
        None if field.has_attribute() => None,
        None => {
            let span = call_site_at(ty.span());
            Some(quote_spanned!(span=> __own::take::<Self::App, #ty>(__session)?))
        }
    }
}
