//! The item that the attribute stands on. It is written out first and unchanged, whatever is wrong.

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Attribute, Data, DeriveInput, Field, Fields, Member, Type};

use crate::errors::Errors;
use crate::tokens::spell;

/// The field with the client.
pub(crate) struct ClientField {
    /// Its name or number.
    pub(crate) member: Member,
    /// Its type, where a wrong type is reported.
    pub(crate) ty: Type,
    /// The field has a `#[cfg]`, which the compiler evaluates after the attribute.
    has_cfg: bool,
}

/// The item, as far as it parses.
pub(crate) enum Item {
    /// A type.
    Whole(DeriveInput),
    /// A struct that is still being typed, without its fields. The compiler reports what is wrong in them.
    Head(DeriveInput),
    /// Another item, which was reported.
    Other,
}

/// Reads the item. Returns the tokens to write out, and what they are.
pub(crate) fn read(item: TokenStream, errors: &mut Errors) -> (TokenStream, Item) {
    let Ok(mut input) = syn::parse2::<DeriveInput>(item.clone()) else {
        let head = read_head(&item, errors);
        return (item, head);
    };
    let Some(again) = input.attrs.iter().position(is_this_macro) else {
        report_lifetimes(&input, errors);
        return (item, Item::Whole(input));
    };
    let again = input.attrs.remove(again);
    errors.at(again.path(), "`#[atproto_oauth]` is given twice; keep one");
    // Without the second attribute, which would report everything once more.
    input.attrs.retain(|attribute| !is_this_macro(attribute));
    report_lifetimes(&input, errors);
    (input.to_token_stream(), Item::Whole(input))
}

fn read_head(item: &TokenStream, errors: &mut Errors) -> Item {
    let keyword = keyword(item);
    if keyword.as_ref().is_some_and(|word| word == "struct") {
        let head = syn::parse2(without_fields(item));
        return head.map_or(Item::Other, Item::Head);
    }
    errors.span(
        keyword.map_or_else(Span::call_site, |word| word.span()),
        "`#[atproto_oauth]` goes on a struct; put it on the one that holds the `OAuthClient`",
    );
    Item::Other
}

/// `struct App {}` of `struct App { oauth: }`.
fn without_fields(item: &TokenStream) -> TokenStream {
    let is_body = |token: &TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() != Delimiter::Bracket,
        _ => false,
    };
    let mut tokens: Vec<TokenTree> = item.clone().into_iter().collect();
    if let Some(body) = tokens.iter().rposition(is_body) {
        tokens.truncate(body);
    }
    tokens.extend(quote!({}));
    tokens.into_iter().collect()
}

/// Finds the field of type `OAuthClient`, or the one that `client = wanted` names.
pub(crate) fn client_field(
    input: &DeriveInput,
    wanted: Option<&Member>,
    errors: &mut Errors,
) -> Option<ClientField> {
    let name = &input.ident;
    let fields = fields(input, errors)?;
    if let Some(wanted) = wanted {
        let found = members(fields).find(|client| client.member == *wanted);
        if found.is_none() {
            let field = wanted.to_token_stream();
            let repair = match (holder(fields), wanted) {
                (Some(holder), _) => format!("write `client = {holder}`"),
                (None, Member::Named(_)) => format!("add `{field}: OAuthClient`"),
                (None, Member::Unnamed(_)) => "add an `OAuthClient`".to_owned(),
            };
            errors.at(wanted, format!("`{name}` has no field `{field}`; {repair}"));
        }
        return found;
    }
    let mut found = members(fields).filter(|client| is_client(&client.ty));
    let Some(first) = found.next() else {
        let repair = match holder(fields) {
            Some(holder) => format!("name the one that shares it, with `client = {holder}`"),
            None => "add `oauth: OAuthClient`, or name the field with `client = …`".to_owned(),
        };
        errors.at(
            name,
            format!("`{name}` has no field of type `OAuthClient`; {repair}"),
        );
        return None;
    };
    // Of several fields with one name the compiler keeps one.
    let second = found.find(|other| other.member != first.member);
    if let Some(mistake) = unclear_field(name, fields, &first, second.as_ref()) {
        errors.at(first.ty, mistake);
        return None;
    }
    // A field that the compiler may remove is no second client.
    if let Some(second) = second.filter(|second| !second.has_cfg) {
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

/// Words the mistake of a `#[cfg]` that leaves open which field holds the client.
fn unclear_field(
    name: &Ident,
    fields: &Fields,
    first: &ClientField,
    second: Option<&ClientField>,
) -> Option<String> {
    let both_have_cfg = first.has_cfg && second.is_some();
    let Member::Unnamed(number) = &first.member else {
        return both_have_cfg.then(|| {
            format!(
                "`{name}` has two fields of type `OAuthClient`, each with `#[cfg]`; give both the \
                 same name"
            )
        });
    };
    let before: Vec<bool> = fields
        .iter()
        .take(number.index as usize)
        .map(has_cfg)
        .collect();
    let sure = before.iter().filter(|has_cfg| !**has_cfg).count();
    (both_have_cfg || sure < before.len()).then(|| {
        format!(
            "the number of the `OAuthClient` in `{name}` depends on `#[cfg]`; say it with \
             `client = {sure}`, or put the `OAuthClient` first"
        )
    })
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

/// Lists all fields, those with `#[cfg]` last.
fn members(fields: &Fields) -> impl Iterator<Item = ClientField> {
    let all = |with_cfg| {
        let members = fields.members().zip(fields);
        let these = members.filter(move |(_, field)| has_cfg(field) == with_cfg);
        these.map(move |(member, field)| ClientField {
            member,
            ty: field.ty.clone(),
            has_cfg: with_cfg,
        })
    };
    all(false).chain(all(true))
}

fn has_cfg(field: &Field) -> bool {
    field.attrs.iter().any(|attr| attr.path().is_ident("cfg"))
}

/// Finds the first field that holds an `OAuthClient`, itself or behind an `Arc`.
fn holder(fields: &Fields) -> Option<TokenStream> {
    let holds =
        |ty: &Type| is_client(ty) || spell(ty.to_token_stream()).ends_with("Arc<OAuthClient>");
    members(fields)
        .find(|client| holds(&client.ty))
        .map(|client| client.member.to_token_stream())
}

/// The type ends in `OAuthClient`. A macro sees names only; `client = …` is for other names.
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

fn is_this_macro(attribute: &Attribute) -> bool {
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

/// Finds the word that says what kind of item it is, or a word before it.
fn keyword(item: &TokenStream) -> Option<Ident> {
    item.clone().into_iter().find_map(|token| match token {
        TokenTree::Ident(word) if word != "pub" => Some(word),
        _ => None,
    })
}
