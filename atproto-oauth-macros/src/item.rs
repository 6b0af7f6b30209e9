//! The item the attribute stands on. It is emitted first and as it was written, whatever is wrong.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute, Data, DeriveInput, Fields, Member, Type};

use crate::args::Args;
use crate::errors::Errors;

/// The field with the client.
pub(crate) struct Client {
    /// Its name or number.
    pub(crate) member: Member,
    /// Where its type is, to which a wrong type is reported.
    pub(crate) ty: Type,
}

/// Reads the item; gives the tokens to emit, and what was read if it is a type.
pub(crate) fn read(item: TokenStream, errors: &mut Errors) -> (TokenStream, Option<DeriveInput>) {
    let Ok(mut input) = syn::parse2::<DeriveInput>(item.clone()) else {
        errors.span(
            keyword(&item),
            "`#[atproto_oauth]` goes on a struct; put it on the one that holds the `OAuthClient`",
        );
        return (item, None);
    };
    let Some(again) = input.attrs.iter().position(is_ours) else {
        report_lifetimes(&input, errors);
        return (item, Some(input));
    };
    errors.at(
        input.attrs.remove(again),
        "`#[atproto_oauth]` is given twice; keep one",
    );
    // Without the second attribute, which would report everything once more.
    input.attrs.retain(|attribute| !is_ours(attribute));
    report_lifetimes(&input, errors);
    (input.to_token_stream(), Some(input))
}

/// Finds the field of type `OAuthClient`, or the one that `client` names.
pub(crate) fn client(input: &DeriveInput, args: &Args, errors: &mut Errors) -> Option<Client> {
    let name = &input.ident;
    let fields = fields(input, errors)?;
    if let Some(wanted) = &args.client {
        let found = members(fields).find(|client| client.member == *wanted);
        if found.is_none() {
            let field = wanted.to_token_stream();
            let repair = match wanted {
                Member::Named(_) => format!("add `{field}: OAuthClient`"),
                Member::Unnamed(_) => "name the field of type `OAuthClient`".to_owned(),
            };
            errors.at(wanted, format!("`{name}` has no field `{field}`; {repair}"));
        }
        return found;
    }
    let mut found = members(fields).filter(|client| is_client(&client.ty));
    let Some(first) = found.next() else {
        errors.at(
            name,
            format!(
                "`{name}` has no field of type `OAuthClient`; add `oauth: OAuthClient`, or name the \
                 field with `client = …`"
            ),
        );
        return None;
    };
    if let Some(second) = found.next() {
        let field = first.member.to_token_stream();
        errors.at(
            second.ty,
            format!(
                "`{name}` has two fields of type `OAuthClient`; say which one signs people in, \
                 with `client = {field}`"
            ),
        );
    }
    Some(first)
}

fn fields<'a>(input: &'a DeriveInput, errors: &mut Errors) -> Option<&'a Fields> {
    let name = &input.ident;
    let (keyword, kind) = match &input.data {
        Data::Struct(data) => return Some(&data.fields),
        Data::Enum(data) => (data.enum_token.to_token_stream(), "an enum"),
        Data::Union(data) => (data.union_token.to_token_stream(), "a union"),
    };
    errors.at(
        keyword,
        format!(
            "`#[atproto_oauth]` goes on a struct and `{name}` is {kind}; hold it in a struct, beside \
             `oauth: OAuthClient`"
        ),
    );
    None
}

fn members(fields: &Fields) -> impl Iterator<Item = Client> {
    fields.members().zip(fields).map(|(member, field)| Client {
        member,
        ty: field.ty.clone(),
    })
}

/// Does the type end in `OAuthClient`? A macro sees names only; `client = …` is for other names.
fn is_client(ty: &Type) -> bool {
    match ty {
        Type::Group(group) => is_client(&group.elem),
        Type::Paren(paren) => is_client(&paren.elem),
        Type::Path(path) => path
            .path
            .segments
            .last()
            .is_some_and(|last| last.ident == "OAuthClient"),
        _ => false,
    }
}

fn is_ours(attribute: &Attribute) -> bool {
    let last = attribute.path().segments.last();
    last.is_some_and(|last| last.ident == "atproto_oauth")
}

fn report_lifetimes(input: &DeriveInput, errors: &mut Errors) {
    if let Some(param) = input.generics.lifetimes().next() {
        let (name, lifetime) = (&input.ident, &param.lifetime);
        errors.at(
            param,
            format!(
                "`{name}` cannot borrow, because requests outlive the borrow; own the data, or share \
                 it with `Arc`, and remove `{lifetime}`"
            ),
        );
    }
}

/// The word that says what kind of item it is, or comes before it.
fn keyword(item: &TokenStream) -> Span {
    item.clone()
        .into_iter()
        .find(|token| matches!(token, TokenTree::Ident(ident) if ident != "pub"))
        .map_or_else(Span::call_site, |token| token.span())
}
