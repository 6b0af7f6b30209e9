//! The arguments of both macros: named, each at most once, and given to `darling`.

use darling::ast::NestedMeta;
use darling::util::path_to_string;
use darling::{Error, FromMeta};
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use syn::{Expr, Meta, MetaNameValue, Path};

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

    /// The argument for `darling`: the value stays tokens, as not every type is an expression.
    fn meta(&self) -> NestedMeta {
        let path = Path::from(self.name.clone());
        NestedMeta::Meta(if self.is_empty() {
            Meta::Path(path)
        } else {
            Meta::NameValue(MetaNameValue {
                path,
                eq_token: syn::token::Eq::default(),
                value: Expr::Verbatim(ungroup(&self.value)),
            })
        })
    }
}

/// The name and the value of an argument that `darling` hands to a [`FromMeta`].
pub(crate) fn parts(item: &Meta) -> darling::Result<(String, TokenStream)> {
    match item {
        Meta::NameValue(MetaNameValue {
            value: Expr::Verbatim(value),
            ..
        }) => Ok((path_to_string(item.path()), value.clone())),
        _ => Err(Error::unsupported_format("word")),
    }
}

/// What `darling` makes of the arguments.
///
/// `T` has a field `Option<darling::Result<…>>` for each name, so a mistake in one value leaves the others, and there is
/// a value of `T` whatever is wrong.
pub(crate) struct Values<'a> {
    given: &'a [Argument],
    /// The mistakes, each with the number of its argument and the tokens that it is about.
    mistakes: Vec<(usize, darling::Error, TokenStream)>,
}

impl<'a> Values<'a> {
    pub(crate) fn read<T: FromMeta>(given: &'a [Argument]) -> (Self, darling::Result<T>) {
        let metas: Vec<NestedMeta> = given.iter().map(Argument::meta).collect();
        let mistakes = Vec::new();
        (Self { given, mistakes }, T::from_list(&metas))
    }

    /// Takes the value out, or keeps its mistake.
    pub(crate) fn take<T>(&mut self, name: &str, value: Option<darling::Result<T>>) -> Option<T> {
        match value? {
            Ok(value) => Some(value),
            Err(mistake) => {
                let argument = self.given.iter().find(|argument| argument.name == name)?;
                if !argument.is_empty() {
                    self.keep(name, mistake, argument.value.clone());
                }
                None
            }
        }
    }

    /// Keeps a mistake in `tokens`, which are part of the argument `name`.
    pub(crate) fn keep(&mut self, name: &str, mistake: Error, tokens: TokenStream) {
        let number = self.given.iter().position(|argument| argument.name == name);
        self.mistakes
            .push((number.unwrap_or_default(), mistake, tokens));
    }

    /// Reports the mistakes in the order in which the arguments are written.
    pub(crate) fn report(mut self, errors: &mut Errors) {
        self.mistakes.sort_by_key(|(number, ..)| *number);
        for (_, mistake, tokens) in self.mistakes {
            errors.push(mistake, &tokens);
        }
    }
}

#[cfg(test)]
mod tests;
