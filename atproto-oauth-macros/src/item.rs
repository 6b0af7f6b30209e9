//! The item the attribute stands on. It is emitted first and as it was written, whatever is wrong.

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Attribute, Data, DeriveInput, Field, Fields, Member, Type};

use crate::args::Args;
use crate::errors::Errors;
use crate::spell::spell;

/// The field with the client.
pub(crate) struct Client {
    /// Its name or number.
    pub(crate) member: Member,
    /// Where its type is, to which a wrong type is reported.
    pub(crate) ty: Type,
    /// It has a `#[cfg]`, which is not decided yet where an attribute macro sees it.
    gated: bool,
}

/// What could be read of the item.
pub(crate) enum Read {
    /// A type.
    Whole(DeriveInput),
    /// A struct that is still being typed, without its fields. The compiler tells what is wrong.
    Head(DeriveInput),
    /// Something else, which was reported.
    Nothing,
}

/// Reads the item; gives the tokens to emit, and what was read.
pub(crate) fn read(item: TokenStream, errors: &mut Errors) -> (TokenStream, Read) {
    let Ok(mut input) = syn::parse2::<DeriveInput>(item.clone()) else {
        let read = read_head(&item, errors);
        return (item, read);
    };
    let Some(again) = input.attrs.iter().position(is_ours) else {
        report_lifetimes(&input, errors);
        return (item, Read::Whole(input));
    };
    let again = input.attrs.remove(again);
    errors.at(again.path(), "`#[atproto_oauth]` is given twice; keep one");
    // Without the second attribute, which would report everything once more.
    input.attrs.retain(|attribute| !is_ours(attribute));
    report_lifetimes(&input, errors);
    (input.to_token_stream(), Read::Whole(input))
}

fn read_head(item: &TokenStream, errors: &mut Errors) -> Read {
    let keyword = keyword(item);
    if keyword.as_ref().is_some_and(|word| word == "struct") {
        let head = syn::parse2(without_fields(item));
        return head.map_or(Read::Nothing, Read::Head);
    }
    errors.span(
        keyword.map_or_else(Span::call_site, |word| word.span()),
        "`#[atproto_oauth]` goes on a struct; put it on the one that holds the `OAuthClient`",
    );
    Read::Nothing
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

/// Finds the field of type `OAuthClient`, or the one that `client` names.
pub(crate) fn client(input: &DeriveInput, args: &Args, errors: &mut Errors) -> Option<Client> {
    let name = &input.ident;
    let fields = fields(input, errors)?;
    if let Some(wanted) = &args.client {
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
    // Of several with one name only one is ever there.
    let second = found.find(|other| other.member != first.member);
    if let Some(mistake) = uncertain(name, fields, &first, second.as_ref()) {
        errors.at(first.ty, mistake);
        return None;
    }
    // One that may not be there does not stand beside one that is.
    if let Some(second) = second.filter(|second| !second.gated) {
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

/// Why `#[cfg]` leaves open which field the client is in.
fn uncertain(
    name: &Ident,
    fields: &Fields,
    first: &Client,
    second: Option<&Client>,
) -> Option<String> {
    let both_gated = first.gated && second.is_some();
    let Member::Unnamed(number) = &first.member else {
        return both_gated.then(|| {
            format!(
                "`{name}` has two fields of type `OAuthClient`, each with `#[cfg]`; give both the \
                 same name"
            )
        });
    };
    let before: Vec<bool> = fields
        .iter()
        .take(number.index as usize)
        .map(is_gated)
        .collect();
    let sure = before.iter().filter(|gated| !**gated).count();
    (both_gated || sure < before.len()).then(|| {
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

/// All fields, those with `#[cfg]` last.
fn members(fields: &Fields) -> impl Iterator<Item = Client> {
    let all = |gated| {
        let members = fields.members().zip(fields);
        let these = members.filter(move |(_, field)| is_gated(field) == gated);
        these.map(move |(member, field)| Client {
            member,
            ty: field.ty.clone(),
            gated,
        })
    };
    all(false).chain(all(true))
}

fn is_gated(field: &Field) -> bool {
    field.attrs.iter().any(|attr| attr.path().is_ident("cfg"))
}

/// The first field that holds an `OAuthClient`, itself or behind an `Arc`.
fn holder(fields: &Fields) -> Option<TokenStream> {
    let holds =
        |ty: &Type| is_client(ty) || spell(ty.to_token_stream()).ends_with("Arc<OAuthClient>");
    members(fields)
        .find(|client| holds(&client.ty))
        .map(|client| client.member.to_token_stream())
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
fn keyword(item: &TokenStream) -> Option<Ident> {
    item.clone().into_iter().find_map(|token| match token {
        TokenTree::Ident(word) if word != "pub" => Some(word),
        _ => None,
    })
}
