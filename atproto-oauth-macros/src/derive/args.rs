//! What `#[session(…)]` says, on the struct and on its fields.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Attribute, DeriveInput, Expr, ExprPath, Field, Meta, Path, Type, parse_quote};

use crate::errors::Errors;
use crate::list::Scopes;
use crate::names;
use crate::span::here;
use crate::split::{Arg, cut, not_set};
use crate::value;

/// What the struct's own attributes say.
#[derive(Default)]
pub(super) struct Container {
    pub(super) app: Option<Type>,
    pub(super) requires: Vec<Expr>,
    pub(super) rejection: Option<Type>,
    krate: Option<Path>,
}

const OF_STRUCT: [&str; 4] = ["app", "requires", "rejection", "crate"];
const OF_FIELD: [&str; 1] = ["with"];

impl Container {
    pub(super) fn read(input: &DeriveInput, errors: &mut Errors) -> Self {
        let name = &input.ident;
        let mut container = Self::default();
        let given = arguments(&input.attrs, &OF_STRUCT, errors);
        for arg in &given {
            match arg.name.to_string().as_str() {
                "app" => container.app = read(arg, "takes a type", errors),
                "requires" => container.requires = Scopes::read(arg, errors).each,
                "rejection" => container.rejection = read(arg, "takes a type", errors),
                _ => container.krate = value::krate(arg, errors),
            }
        }
        let is_unread = |attr: &Attribute| is_ours(attr) && !matches!(attr.meta, Meta::List(_));
        let was_reported = input.attrs.iter().any(is_unread);
        if !was_reported && !given.iter().any(|arg| arg.name == "app") {
            errors.at(
                name,
                format!(
                    "`{name}` does not say whose session it takes; add `#[session(app = App)]`"
                ),
            );
        }
        container
    }

    pub(super) fn krate(&self) -> Path {
        let default = || parse_quote!(::atproto_oauth);
        self.krate.clone().unwrap_or_else(default)
    }

    /// The place of what is generated.
    pub(super) fn place(&self) -> Span {
        let written = self.krate.as_ref();
        written.map_or_else(Span::call_site, |path| here(path.span()))
    }
}

/// The loader of a field.
pub(super) fn loader(field: &Field, errors: &mut Errors) -> Option<ExprPath> {
    let given = arguments(&field.attrs, &OF_FIELD, errors);
    value::hook(given.first()?, errors)
}

/// The field says something about itself, right or wrong.
pub(super) fn is_given(field: &Field) -> bool {
    field.attrs.iter().any(is_ours)
}

/// `name = value` in all `#[session(…)]`, each name once.
fn arguments(attrs: &[Attribute], known: &[&'static str], errors: &mut Errors) -> Vec<Arg> {
    let mut all: Vec<Arg> = Vec::new();
    for attr in attrs.iter().filter(|attr| is_ours(attr)) {
        let Meta::List(list) = &attr.meta else {
            let example = names::example(known.first().copied().unwrap_or_default());
            errors.at(
                attr.path(),
                format!("`#[session]` takes arguments; write `#[session({example})]`"),
            );
            continue;
        };
        let tokens: Vec<TokenTree> = list.tokens.clone().into_iter().collect();
        let mut rest = tokens.as_slice();
        while !rest.is_empty() {
            let (piece, after) = cut(rest, errors);
            rest = after;
            let Some(arg) = argument(piece, known, errors) else {
                continue;
            };
            if let Some(other) = all.iter_mut().find(|other| other.name == arg.name) {
                if other.is_guessed() {
                    *other = arg;
                    continue;
                }
                if arg.is_guessed() {
                    continue;
                }
                let name = &arg.name;
                errors.at(name, format!("`{name}` is given twice; remove one"));
            } else {
                all.push(arg);
            }
        }
    }
    all
}

fn argument(piece: &[TokenTree], known: &[&'static str], errors: &mut Errors) -> Option<Arg> {
    let Some((TokenTree::Ident(name), rest)) = piece.split_first() else {
        let tokens: TokenStream = piece.iter().cloned().collect();
        let example = names::example(known.first().copied().unwrap_or_default());
        errors.at(tokens, format!("expected an argument; write `{example}`"));
        return None;
    };
    let text = name.to_string();
    let value = match rest.split_first() {
        Some((TokenTree::Punct(equals), value)) if equals.as_char() == '=' => value,
        Some(_) if known.contains(&text.as_str()) => return Some(not_set(name, rest, errors)),
        _ => &[],
    };
    if !known.contains(&text.as_str()) {
        errors.at(name, unknown(&text, known));
        // One that was misspelled counts as given.
        let meant = Ident::new(names::closest(known, &text)?, name.span());
        return Some(Arg::new(&meant, value, true));
    }
    if value.is_empty() {
        let example = names::example(&text);
        errors.at(name, format!("`{text}` needs a value; write `{example}`"));
    }
    Some(Arg::new(name, value, false))
}

fn unknown(text: &str, known: &[&'static str]) -> String {
    if let Some(name) = names::closest(known, text) {
        return format!("unknown argument `{text}`; did you mean `{name}`?");
    }
    if known == OF_FIELD && OF_STRUCT.contains(&text) {
        return format!("`{text}` goes on the struct; move it above `struct`");
    }
    if known == OF_STRUCT && OF_FIELD.contains(&text) {
        return format!("`{text}` goes on a field; move it to the one that is loaded");
    }
    match known {
        [only] => format!("unknown argument `{text}`; the only argument is `{only}`"),
        all => {
            let all: Vec<String> = all.iter().map(|name| format!("`{name}`")).collect();
            format!(
                "unknown argument `{text}`; the arguments are {}",
                all.join(", ")
            )
        }
    }
}

fn read(arg: &Arg, takes: &str, errors: &mut Errors) -> Option<Type> {
    let read: Option<Type> = syn::parse2(arg.value.clone()).ok();
    if read.is_none() && !arg.value.is_empty() {
        let name = arg.name.to_string();
        let example = names::example(&name);
        let mistake = format!("`{name}` {takes}; write `{example}`");
        errors.at(arg.value.to_token_stream(), mistake);
    }
    read
}

fn is_ours(attr: &Attribute) -> bool {
    attr.path().is_ident("session")
}
