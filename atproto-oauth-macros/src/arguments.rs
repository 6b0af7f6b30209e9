//! The arguments of both macros: named, each at most once, and given to `darling`.

use std::slice;

use darling::FromMeta;
use darling::ast::NestedMeta;
use darling::util::path_to_string;
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Expr, Meta, MetaNameValue, Token};

use crate::cut::cut;
use crate::errors::Errors;
use crate::names::{List, closest, example};
use crate::tokens::{is_colon, is_filled_group, is_ident, is_punct, spell, ungroup};

/// One argument.
pub(crate) struct Argument {
    /// Its name, one of the list's.
    pub(crate) name: Ident,
    /// The tokens of its value; empty where it lacks one, which was already reported.
    pub(crate) value: TokenStream,
    /// The name was misspelled or left out, which was already reported.
    is_guess: bool,
}

/// Reads the arguments in `lists`, each at most once. One that was misspelled counts as given, so that it is not
/// reported as missing too.
pub(crate) fn read(
    list: &List,
    lists: impl IntoIterator<Item = TokenStream>,
    errors: &mut Errors,
) -> Vec<Argument> {
    let lists: Vec<Vec<TokenTree>> = lists.into_iter().map(Vec::from_iter).collect();
    let mut all: Vec<Argument> = Vec::new();
    for tokens in &lists {
        let mut rest = tokens.as_slice();
        while !rest.is_empty() {
            let (piece, after) = cut(rest, errors);
            let is_free = |name: &&&str| {
                let is_written = lists.iter().flatten().any(|token| is_ident(token, name));
                !is_written && !all.iter().any(|argument| argument.name == name)
            };
            let nameless = list.nameless.iter().find(is_free).copied();
            all.extend(argument(list, piece, nameless, errors));
            rest = after;
        }
    }
    once(all, errors)
}

/// Reads one argument. A value without a name becomes the one called `nameless`, if that is free.
fn argument(
    list: &List,
    piece: &[TokenTree],
    nameless: Option<&str>,
    errors: &mut Errors,
) -> Option<Argument> {
    let Some((TokenTree::Ident(name), rest)) = piece.split_first() else {
        let nameless = nameless.or(list.nameless.last().copied());
        return without_name(piece, nameless?, errors);
    };
    let text = name.to_string();
    let is_known = list.names.contains(&text.as_str());
    let near = closest(list.names, &text);
    let value = match (rest.split_first(), nameless) {
        (Some((equals, value)), _) if is_punct(equals, '=') => value,
        (Some(_), _) if is_known => return Some(without_equals(name, rest, errors)),
        (None, _) if is_known || near.is_some() => &[],
        (Some((sign, value)), _) if is_colon(sign) || is_filled_group(sign) => value,
        (_, Some(nameless)) => return without_name(piece, nameless, errors),
        (_, None) => &[],
    };
    if !is_known {
        errors.at(name, list.unknown(&text));
        if let Some(meant) = near {
            return Some(Argument::new(&Ident::new(meant, name.span()), value, true));
        }
        // Another word for the argument that is missing.
        let is_path = matches!(value, [TokenTree::Ident(_), ..] | []);
        let meant = nameless.filter(|_| is_path)?;
        return Some(Argument::guess(meant, name.span(), value));
    }
    let argument = Argument::new(name, value, false);
    if argument.is_empty() {
        let example = example(&text);
        errors.at(name, format!("`{text}` needs a value; write `{example}`"));
    }
    Some(argument)
}

/// Reports `callback(signed_in)`, `callback: signed_in` or `callback signed_in`.
fn without_equals(name: &Ident, rest: &[TokenTree], errors: &mut Errors) -> Argument {
    let value = match rest {
        [TokenTree::Group(group), ..] => group.stream(),
        [colon, value @ ..] if is_colon(colon) => value.iter().cloned().collect(),
        _ => rest.iter().cloned().collect(),
    };
    let (name_text, value) = (name.to_string(), spell(value));
    let repair = match name_text.as_str() {
        _ if value.is_empty() => example(&name_text).to_owned(),
        "scopes" | "optional_scopes" | "requires" if !value.starts_with('[') => {
            format!("{name} = [{value}]")
        }
        _ => format!("{name} = {value}"),
    };
    errors.at(name, format!("`{name}` is set with `=`; write `{repair}`"));
    Argument::new(name, &[], false)
}

/// Reports a value without a name, most likely the path of a function.
fn without_name(piece: &[TokenTree], name: &str, errors: &mut Errors) -> Option<Argument> {
    let first = piece.first()?;
    let path = match piece {
        [TokenTree::Ident(_), .., TokenTree::Group(_)] => piece.split_last()?.1,
        [TokenTree::Ident(_), ..] => piece,
        _ => &[],
    };
    let written: TokenStream = piece.iter().cloned().collect();
    if path.is_empty() {
        let example = example(name);
        errors.at(written, format!("expected an argument; write `{example}`"));
    } else {
        let path = spell(path.iter().cloned().collect());
        errors.at(
            written,
            format!("`{path}` has no name; write `{name} = {path}`"),
        );
    }
    Some(Argument::guess(name, first.span(), path))
}

/// Reports what is given twice, and keeps the first.
fn once(all: Vec<Argument>, errors: &mut Errors) -> Vec<Argument> {
    let mut kept: Vec<Argument> = Vec::new();
    let (guesses, named): (Vec<_>, Vec<_>) = all.into_iter().partition(|one| one.is_guess);
    // The named ones first: a guess never stands in the way of what was written.
    for argument in named.into_iter().chain(guesses) {
        if !kept.iter().any(|other| other.name == argument.name) {
            kept.push(argument);
        } else if !argument.is_guess {
            let name = &argument.name;
            errors.at(name, format!("`{name}` is given twice; remove one"));
        }
    }
    kept
}

impl Argument {
    fn new(name: &Ident, value: &[TokenTree], is_guess: bool) -> Self {
        Self {
            name: name.clone(),
            value: value.iter().cloned().collect(),
            is_guess,
        }
    }

    /// An argument that has no name, or another one, which was reported. The callback keeps its value, as the
    /// generated code calls it; the others count as given and have none.
    fn guess(name: &str, span: Span, path: &[TokenTree]) -> Self {
        let value = if name == "callback" { path } else { &[] };
        Self::new(&Ident::new(name, span), value, true)
    }

    /// The value is missing, which was reported.
    fn is_empty(&self) -> bool {
        ungroup(&self.value).is_empty()
    }

    /// The argument for `darling`. The value stays tokens, as not every type is an expression.
    fn meta(&self) -> NestedMeta {
        NestedMeta::Meta(Meta::NameValue(MetaNameValue {
            path: self.name.clone().into(),
            eq_token: Token![=](self.name.span()),
            value: Expr::Verbatim(ungroup(&self.value)),
        }))
    }
}

/// The name and the value of an argument that `darling` hands on.
pub(crate) fn parts(item: &Meta) -> (String, TokenStream) {
    let name = path_to_string(item.path());
    match item {
        Meta::NameValue(argument) => (name, argument.value.to_token_stream()),
        _ => (name, TokenStream::new()),
    }
}

/// Reads the values with `darling`, and reports the wrong ones, which count as not given.
pub(crate) fn values<T: FromMeta + Default>(given: &[Argument], errors: &mut Errors) -> T {
    let given = given.iter().filter(|argument| !argument.is_empty());
    let mut metas: Vec<NestedMeta> = given.clone().map(Argument::meta).collect();
    if let Ok(all) = T::from_list(&metas) {
        return all;
    }
    // After a mistake `darling` gives no value of `T`: one is made of the other arguments.
    metas.clear();
    for argument in given {
        let meta = argument.meta();
        match T::from_list(slice::from_ref(&meta)) {
            Ok(_) => metas.push(meta),
            // At the whole value, whatever token of it `darling` names.
            Err(mistake) => errors.at(&argument.value, syn::Error::from(mistake).to_string()),
        }
    }
    T::from_list(&metas).unwrap_or_default()
}

/// The argument is given, right or wrong.
pub(crate) fn is_given(given: &[Argument], name: &str) -> bool {
    given.iter().any(|argument| argument.name == name)
}

#[cfg(test)]
mod tests;
