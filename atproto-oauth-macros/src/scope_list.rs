//! A list of scopes, from tokens to expressions. The compiler checks each against the grammar, with a `const fn` of the
//! main crate.

use darling::{Error, FromMeta};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Expr, Lit, LitStr, Meta, Token};

use crate::arguments::parts;
use crate::errors::Errors;
use crate::names::example;
use crate::tokens::{is_punct, spell};

/// The scopes of `scopes`, `optional_scopes` or `requires`. A wrong entry leaves the others.
pub(crate) struct Scopes {
    /// The list as it was written, brackets and all.
    pub(crate) written: TokenStream,
    /// Each scope: a string, or an expression that gives one.
    pub(crate) each: Vec<Expr>,
    /// The mistakes in entries, and the tokens that they are about.
    mistakes: Vec<Mistake>,
    /// Something in the list is wrong, so nothing is known about the whole.
    pub(crate) is_broken: bool,
}

type Mistake = (TokenStream, String);

impl Scopes {
    /// A list that could not be read, which was reported.
    pub(crate) fn unreadable() -> Self {
        Self {
            written: TokenStream::new(),
            each: Vec::new(),
            mistakes: Vec::new(),
            is_broken: true,
        }
    }

    /// Reports the mistakes in entries.
    pub(crate) fn report(&mut self, errors: &mut Errors) {
        for (tokens, mistake) in self.mistakes.drain(..) {
            errors.at(tokens, mistake);
        }
    }
}

impl FromMeta for Scopes {
    fn from_meta(item: &Meta) -> darling::Result<Self> {
        let (name, written) = parts(item);
        let Some(list) = bracketed(&written) else {
            return Err(Error::custom(not_a_list(&name, written)));
        };
        let parser = Punctuated::<Expr, Token![,]>::parse_terminated;
        let entries: Vec<Result<Expr, Mistake>> = match parser.parse2(list.clone()) {
            Ok(entries) => entries.into_iter().map(scope).collect(),
            // One after the other, so that all mistakes are reported.
            Err(_) => Vec::from_iter(list)
                .split_inclusive(|token| is_punct(token, ','))
                .map(entry)
                .collect(),
        };
        let (mut each, mut mistakes) = (Vec::new(), Vec::new());
        for entry in entries {
            match entry {
                Ok(scope) => each.push(scope),
                Err(mistake) => mistakes.push(mistake),
            }
        }
        Ok(Self {
            written,
            each,
            is_broken: !mistakes.is_empty(),
            mistakes,
        })
    }
}

/// Reads one entry, with the comma after it.
fn entry(tokens: &[TokenTree]) -> Result<Expr, Mistake> {
    let alone = match tokens {
        [alone @ .., comma] if is_punct(comma, ',') => alone,
        alone => alone,
    };
    let all: TokenStream = alone.iter().cloned().collect();
    if let Ok(entry) = syn::parse2(all.clone()) {
        return scope(entry);
    }
    Err(match alone {
        [] => (
            tokens.iter().cloned().collect(),
            "there is no permission before this `,`; remove the `,`".to_owned(),
        ),
        [TokenTree::Literal(first), TokenTree::Literal(second), ..] => (
            second.to_token_stream(),
            format!("expected `,` between two permissions; write `{first}, {second}`"),
        ),
        _ => {
            let list = bracketed(&all).map(not_one_scope);
            let mistake = list.unwrap_or_else(|| not_a_string(&spell(all.clone())));
            (all, mistake)
        }
    })
}

/// Checks that an entry can be a string at all.
fn scope(mut entry: Expr) -> Result<Expr, Mistake> {
    while let Expr::Group(group) = entry {
        entry = *group.expr;
    }
    let tokens = entry.to_token_stream();
    let mistake = match &entry {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(_) => return Ok(entry),
            Lit::ByteStr(bytes) => not_a_string(&String::from_utf8_lossy(&bytes.value())),
            Lit::Char(char) => not_a_string(&char.value().to_string()),
            other => not_a_string(&spell(other.to_token_stream())),
        },
        // The one permission that is a name too.
        Expr::Path(path) if path.path.is_ident("atproto") => not_a_string("atproto"),
        _ => match bracketed(&tokens) {
            Some(list) => not_one_scope(list),
            None => return Ok(entry),
        },
    };
    Err((tokens, mistake))
}

/// The content of `[…]`.
fn bracketed(tokens: &TokenStream) -> Option<TokenStream> {
    match &tokens.clone().into_iter().collect::<Vec<_>>()[..] {
        [TokenTree::Group(list)] if list.delimiter() == Delimiter::Bracket => Some(list.stream()),
        _ => None,
    }
}

fn not_one_scope(list: TokenStream) -> String {
    let inside = spell(list);
    format!("a permission is a string, not a list; write `{inside}`")
}

fn not_a_string(text: &str) -> String {
    format!("a permission is a string; write `{text:?}`")
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
