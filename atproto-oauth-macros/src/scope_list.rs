//! A list of scopes, from tokens to expressions. The compiler checks each against the grammar, with a `const fn` of the
//! main crate.

use darling::{Error, FromMeta, Result};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Expr, Lit, LitStr, Meta, Token};

use crate::arguments::{Values, parts};
use crate::names::example;
use crate::tokens::{is_punct, spell};

/// The scopes of `scopes`, `optional_scopes` or `requires`.
pub(crate) struct Scopes {
    /// The list as it was written, brackets and all.
    pub(crate) written: TokenStream,
    /// Each scope: a string, or an expression that gives one.
    pub(crate) each: Vec<Expr>,
    /// A mistake in the list was reported, so nothing is known about the whole.
    pub(crate) is_broken: bool,
}

impl Scopes {
    /// Takes what `darling` made of a list, and keeps the mistakes in it.
    pub(crate) fn take(
        values: &mut Values<'_>,
        name: &str,
        list: Option<Result<ScopeList>>,
    ) -> Option<Self> {
        let is_given = list.is_some();
        let Some(list) = values.take(name, list) else {
            return is_given.then(|| Self {
                written: TokenStream::new(),
                each: Vec::new(),
                is_broken: true,
            });
        };
        let count = list.entries.len();
        let mut each = Vec::new();
        for (tokens, entry) in list.entries {
            match entry {
                Ok(scope) => each.push(scope),
                Err(mistake) => values.keep(name, mistake, tokens),
            }
        }
        Some(Self {
            written: list.written,
            is_broken: each.len() < count,
            each,
        })
    }
}

/// `["atproto", POST]` as `darling` reads it: each entry has its tokens, about which a mistake in it is, so that one
/// wrong entry leaves the others.
pub(crate) struct ScopeList {
    written: TokenStream,
    entries: Vec<(TokenStream, Result<Expr>)>,
}

impl FromMeta for ScopeList {
    fn from_meta(item: &Meta) -> Result<Self> {
        let (name, value) = parts(item)?;
        let list = match &value.clone().into_iter().collect::<Vec<_>>()[..] {
            [TokenTree::Group(list)] if list.delimiter() == Delimiter::Bracket => list.stream(),
            _ => return Err(Error::custom(not_a_list(&name, value))),
        };
        let parser = Punctuated::<Expr, Token![,]>::parse_terminated;
        let entries = match parser.parse2(list.clone()) {
            Ok(entries) => entries.into_iter().map(string).collect(),
            // One after the other, so that all mistakes are reported.
            Err(_) => Vec::from_iter(list)
                .split_inclusive(|token| is_punct(token, ','))
                .map(entry)
                .collect(),
        };
        Ok(Self {
            written: value,
            entries,
        })
    }
}

/// Reads one entry, with the comma after it.
fn entry(tokens: &[TokenTree]) -> (TokenStream, Result<Expr>) {
    let alone = match tokens {
        [alone @ .., comma] if is_punct(comma, ',') => alone,
        alone => alone,
    };
    let all: TokenStream = alone.iter().cloned().collect();
    if let Ok(entry) = syn::parse2(all.clone()) {
        return string(entry);
    }
    let mistake = match alone {
        [] => {
            let comma = tokens.iter().cloned().collect();
            let mistake = "there is no permission before this `,`; remove the `,`";
            return (comma, Err(Error::custom(mistake)));
        }
        [TokenTree::Literal(first), TokenTree::Literal(second), ..] => {
            let repair = format!("{first}, {second}");
            let mistake = format!("expected `,` between two permissions; write `{repair}`");
            Error::custom(mistake).with_span(second)
        }
        _ => not_a_scope(&all).unwrap_or_else(|| not_a_string(&spell(all.clone()))),
    };
    (all, Err(mistake))
}

/// Checks that an entry can be a string at all.
fn string(mut entry: Expr) -> (TokenStream, Result<Expr>) {
    while let Expr::Group(group) = entry {
        entry = *group.expr;
    }
    let tokens = entry.to_token_stream();
    let mistake = not_a_scope(&tokens).or_else(|| match &entry {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(_) => None,
            Lit::ByteStr(bytes) => Some(not_a_string(&String::from_utf8_lossy(&bytes.value()))),
            Lit::Char(char) => Some(not_a_string(&char.value().to_string())),
            other => Some(not_a_string(&spell(other.to_token_stream()))),
        },
        // The one permission that is a name too.
        Expr::Path(path) if path.path.is_ident("atproto") => Some(not_a_string("atproto")),
        _ => None,
    });
    (tokens, mistake.map_or(Ok(entry), Err))
}

/// Words the mistake of a list in the list.
fn not_a_scope(entry: &TokenStream) -> Option<Error> {
    match &entry.clone().into_iter().collect::<Vec<_>>()[..] {
        [TokenTree::Group(list)] if list.delimiter() == Delimiter::Bracket => {
            let inside = spell(list.stream());
            let mistake = format!("a permission is a string, not a list; write `{inside}`");
            Some(Error::custom(mistake))
        }
        _ => None,
    }
}

fn not_a_string(text: &str) -> Error {
    Error::custom(format!("a permission is a string; write `{text:?}`"))
}

fn not_a_list(name: &str, value: TokenStream) -> String {
    let last = value.clone().into_iter().last();
    let entries = match (syn::parse2::<LitStr>(value), last) {
        (Ok(string), _) => {
            let each = string.value();
            let each: Vec<_> = each
                .split_whitespace()
                .map(|it| format!("{it:?}"))
                .collect();
            each.join(", ")
        }
        // `("atproto", POST)`, `&["atproto"]`, `vec!["atproto"]`.
        (_, Some(TokenTree::Group(group))) => spell(group.stream()),
        _ => String::new(),
    };
    let repair = match entries.as_str() {
        "" => example(name).to_owned(),
        _ => format!("{name} = [{entries}]"),
    };
    format!("`{name}` takes a list of strings; write `{repair}`")
}
