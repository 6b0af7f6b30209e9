//! A list of permissions, from tokens to expressions. Whether each is a permission, the compiler says.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Expr, Lit, LitStr, Token};

use crate::errors::Errors;
use crate::names;
use crate::spell::spell;
use crate::split::{Arg, ungroup};

/// What `scopes` or `optional_scopes` says.
pub(crate) struct Scopes {
    /// The list as it was written, brackets and all.
    pub(crate) written: TokenStream,
    /// Each permission: a string, or an expression that gives one.
    pub(crate) each: Vec<Expr>,
    /// Something in it was already reported, so nothing is known about the whole.
    pub(crate) broken: bool,
}

impl Scopes {
    /// Reads `["atproto", POST]`.
    pub(crate) fn read(arg: &Arg, errors: &mut Errors) -> Self {
        let (each, broken) = match ungroup(&arg.value) {
            Some(value) => list(arg, value, errors),
            None => (Vec::new(), true),
        };
        Self {
            written: arg.value.clone(),
            each,
            broken,
        }
    }
}

/// The entries that can be permissions, and whether there are others.
fn list(arg: &Arg, value: TokenStream, errors: &mut Errors) -> (Vec<Expr>, bool) {
    let [TokenTree::Group(list)] = &value.clone().into_iter().collect::<Vec<_>>()[..] else {
        errors.at(&arg.value, not_a_list(arg, value));
        return (Vec::new(), true);
    };
    if list.delimiter() != Delimiter::Bracket {
        errors.at(&arg.value, not_a_list(arg, value));
        return (Vec::new(), true);
    }
    let parser = Punctuated::<Expr, Token![,]>::parse_terminated;
    let each: Vec<Option<Expr>> = match parser.parse2(list.stream()) {
        Ok(each) => each.into_iter().map(|it| string(it, errors)).collect(),
        // One after the other, so that all mistakes are reported.
        Err(_) => list
            .stream()
            .into_iter()
            .collect::<Vec<_>>()
            .split_inclusive(is_comma)
            .map(|it| entry(it, errors))
            .collect(),
    };
    let broken = each.iter().any(Option::is_none);
    (each.into_iter().flatten().collect(), broken)
}

/// One entry, with the comma after it.
fn entry(tokens: &[TokenTree], errors: &mut Errors) -> Option<Expr> {
    let alone = match tokens {
        [alone @ .., comma] if is_comma(comma) => alone,
        alone => alone,
    };
    let all: TokenStream = alone.iter().cloned().collect();
    if let Ok(entry) = syn::parse2(all.clone()) {
        return string(entry, errors);
    }
    if is_list(&all, errors) {
        return None;
    }
    match alone {
        [] => errors.at(
            tokens.first(),
            "there is no permission before this `,`; remove the `,`",
        ),
        [TokenTree::Literal(first), TokenTree::Literal(second), ..] => errors.at(
            second,
            format!("expected `,` between two permissions; write `{first}, {second}`"),
        ),
        _ => errors.at(&all, not_a_string(&spell(all.clone()))),
    }
    None
}

/// An entry, if it can be a string at all.
fn string(mut entry: Expr, errors: &mut Errors) -> Option<Expr> {
    while let Expr::Group(group) = entry {
        entry = *group.expr;
    }
    if is_list(&entry.to_token_stream(), errors) {
        return None;
    }
    let text = match &entry {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(_) => return Some(entry),
            Lit::ByteStr(bytes) => String::from_utf8_lossy(&bytes.value()).into_owned(),
            Lit::Char(char) => char.value().to_string(),
            other => spell(other.to_token_stream()),
        },
        // The one permission that is a name too.
        Expr::Path(path) if path.path.is_ident("atproto") => "atproto".to_owned(),
        _ => return Some(entry),
    };
    errors.at(&entry, not_a_string(&text));
    None
}

/// A list in the list, which is reported. Looked for in the tokens: `syn` reads lists only where some other
/// crate has it read all of Rust.
fn is_list(entry: &TokenStream, errors: &mut Errors) -> bool {
    let [TokenTree::Group(list)] = &entry.clone().into_iter().collect::<Vec<_>>()[..] else {
        return false;
    };
    if list.delimiter() != Delimiter::Bracket {
        return false;
    }
    let inside = spell(list.stream());
    errors.at(
        list,
        format!("a permission is a string, not a list; write `{inside}`"),
    );
    true
}

fn not_a_string(text: &str) -> String {
    format!("a permission is a string; write `{text:?}`")
}

fn not_a_list(arg: &Arg, value: TokenStream) -> String {
    let name = &arg.name;
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
        "" => names::example(&name.to_string()).to_owned(),
        _ => format!("{name} = [{entries}]"),
    };
    format!("`{name}` takes a list of strings; write `{repair}`")
}

fn is_comma(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',')
}
