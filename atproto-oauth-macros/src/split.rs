//! `name = value, name = value`, taken apart.
//!
//! The values stay tokens here. Parsing the whole list in one go, as `darling` and `syn` do it, stops
//! at the first mistake; this goes on after the next comma, so that all are reported at once.

use proc_macro2::{Delimiter, Ident, Spacing, Span, TokenStream, TokenTree};

use crate::errors::Errors;
use crate::names;
use crate::spell::spell;

/// One argument.
pub(crate) struct Arg {
    /// Its name, one of [`names::ARGUMENTS`].
    pub(crate) name: Ident,
    /// Its value; empty where it lacks one, which was already reported.
    pub(crate) value: TokenStream,
    /// The name was misspelled or left out, which was already reported.
    guessed: bool,
}

/// All arguments, each at most once. One that was misspelled counts as given, so that it is not
/// reported as missing.
pub(crate) fn split(tokens: TokenStream, errors: &mut Errors) -> Vec<Arg> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut all: Vec<Arg> = Vec::new();
    let mut rest = tokens.as_slice();
    let mut unnamed = if tokens.iter().any(|token| is_ident(token, "callback")) {
        "logout"
    } else {
        "callback"
    };
    while !rest.is_empty() {
        let (piece, after) = cut(rest, errors);
        let arg = argument(piece, unnamed, errors);
        if arg.as_ref().is_some_and(|arg| arg.name == "callback") {
            unnamed = "logout";
        }
        all.extend(arg);
        rest = after;
    }
    once(all, errors)
}

/// Cuts off the first argument, and the comma after it.
pub(crate) fn cut<'a>(
    tokens: &'a [TokenTree],
    errors: &mut Errors,
) -> (&'a [TokenTree], &'a [TokenTree]) {
    // Commas between `<` and `>` belong to the value: `state = Both<App, Cache>`.
    let mut depth = 0_usize;
    let mut after_dash = false;
    let mut parameters_end = 0;
    for (i, token) in tokens.iter().enumerate() {
        if i < parameters_end {
            continue;
        }
        if let Some(end) = after_parameters(tokens, i) {
            parameters_end = end;
            continue;
        }
        let arrow = after_dash && is(token, '>');
        after_dash = is(token, '-');
        if is(token, '<') {
            depth += 1;
        } else if is(token, '>') && !arrow {
            depth = depth.saturating_sub(1);
        } else if depth == 0 && is(token, ',') {
            return halves(tokens, i, i + 1);
        } else if depth == 0 && i > 1 && starts_argument(tokens, i) {
            errors.at(token, format!("expected `,` before `{token}`; add it"));
            return halves(tokens, i, i);
        }
    }
    // A `<` that is never closed must not swallow the arguments after it.
    match tokens.iter().position(|token| is(token, ',')) {
        Some(comma) if depth > 0 => halves(tokens, comma, comma + 1),
        _ => (tokens, &[]),
    }
}

/// Behind the `|session, app|` of a closure that begins here.
fn after_parameters(tokens: &[TokenTree], at: usize) -> Option<usize> {
    let before = at.checked_sub(1).and_then(|before| tokens.get(before))?;
    let begins = is(before, '=') || is_ident(before, "move") || is_ident(before, "async");
    if !begins || !is(tokens.get(at)?, '|') {
        return None;
    }
    let mut rest = tokens.iter().skip(at + 1);
    rest.position(|token| is(token, '|'))
        .map(|length| at + length + 2)
}

fn halves(tokens: &[TokenTree], end: usize, next: usize) -> (&[TokenTree], &[TokenTree]) {
    let before = tokens.get(..end).unwrap_or(&[]);
    (before, tokens.get(next..).unwrap_or(&[]))
}

/// `name =`, which no value holds outside of `<` and `>`.
fn starts_argument(tokens: &[TokenTree], at: usize) -> bool {
    matches!(tokens.get(at..), Some([TokenTree::Ident(_), equals, ..]) if is(equals, '='))
}

/// Reads one argument; a value without a name becomes the one called `unnamed`.
fn argument(piece: &[TokenTree], unnamed: &str, errors: &mut Errors) -> Option<Arg> {
    let Some((TokenTree::Ident(name), rest)) = piece.split_first() else {
        return nameless(piece, unnamed, errors);
    };
    let text = name.to_string();
    let known = names::ARGUMENTS.contains(&text.as_str());
    let value = match rest.split_first() {
        Some((equals, value)) if is(equals, '=') => value,
        Some(_) if known => return Some(not_set(name, rest, errors)),
        None if known || names::nearest(&text).is_some() => &[],
        Some((sign, value)) if is_colon(sign) || is_filled(sign) => value,
        _ => return nameless(piece, unnamed, errors),
    };
    if !known {
        errors.at(name, names::unknown(&text));
        if let Some(meant) = names::nearest(&text) {
            return Some(Arg::new(&Ident::new(meant, name.span()), value, true));
        }
        // Another word for the function that is missing.
        let is_function = matches!(value, [TokenTree::Ident(_), ..] | []);
        return is_function.then(|| Arg::function(unnamed, name.span(), value));
    }
    let arg = Arg::new(name, value, false);
    if ungroup(&arg.value).is_none() {
        let example = names::example(&text);
        errors.at(name, format!("`{text}` needs a value; write `{example}`"));
    }
    Some(arg)
}

/// `callback(signed_in)`, `callback: signed_in` or `callback signed_in`.
pub(crate) fn not_set(name: &Ident, rest: &[TokenTree], errors: &mut Errors) -> Arg {
    let value = match rest {
        [TokenTree::Group(group), ..] => group.stream(),
        [colon, value @ ..] if is_colon(colon) => value.iter().cloned().collect(),
        _ => rest.iter().cloned().collect(),
    };
    let (name_text, value) = (name.to_string(), spell(value));
    let repair = match name_text.as_str() {
        _ if value.is_empty() => names::example(&name_text).to_owned(),
        "scopes" | "optional_scopes" | "requires" if !value.starts_with('[') => {
            format!("{name} = [{value}]")
        }
        _ => format!("{name} = {value}"),
    };
    errors.at(name, format!("`{name}` is set with `=`; write `{repair}`"));
    Arg::new(name, &[], false)
}

/// A value without a name, most likely a function.
fn nameless(piece: &[TokenTree], name: &str, errors: &mut Errors) -> Option<Arg> {
    let first = piece.first()?;
    let path = match piece {
        [TokenTree::Ident(_), .., TokenTree::Group(_)] => piece.split_last()?.1,
        [TokenTree::Ident(_), ..] => piece,
        _ => &[],
    };
    let written: TokenStream = piece.iter().cloned().collect();
    if path.is_empty() {
        let example = names::example(name);
        errors.at(written, format!("expected an argument; write `{example}`"));
    } else {
        let path = spell(path.iter().cloned().collect());
        errors.at(
            written,
            format!("`{path}` has no name; write `{name} = {path}`"),
        );
    }
    Some(Arg::function(name, first.span(), path))
}

/// Reports what is given twice, and keeps the first.
fn once(all: Vec<Arg>, errors: &mut Errors) -> Vec<Arg> {
    let mut kept: Vec<Arg> = Vec::new();
    let (guessed, named): (Vec<Arg>, Vec<Arg>) = all.into_iter().partition(|arg| arg.guessed);
    // The named ones first: a guess never stands in the way of what was written.
    for arg in named.into_iter().chain(guessed) {
        if !kept.iter().any(|other| other.name == arg.name) {
            kept.push(arg);
        } else if !arg.guessed {
            let name = &arg.name;
            errors.at(name, format!("`{name}` is given twice; remove one"));
        }
    }
    kept
}

/// The tokens, out of the invisible group in which a fragment of `macro_rules!` arrives. None if
/// there are none, which was already reported.
pub(crate) fn ungroup(tokens: &TokenStream) -> Option<TokenStream> {
    let mut inside = tokens.clone();
    while let [TokenTree::Group(group)] = &inside.clone().into_iter().collect::<Vec<_>>()[..]
        && group.delimiter() == Delimiter::None
    {
        inside = group.stream();
    }
    (!inside.is_empty()).then_some(inside)
}

impl Arg {
    /// The name was misspelled or left out.
    pub(crate) fn is_guessed(&self) -> bool {
        self.guessed
    }

    /// A function that has no name, or another one, which was reported. Without one for `callback`, that
    /// would be missing too; nothing needs the others.
    fn function(name: &str, span: Span, path: &[TokenTree]) -> Self {
        let value = if name == "callback" { path } else { &[] };
        Self::new(&Ident::new(name, span), value, true)
    }

    pub(crate) fn new(name: &Ident, value: &[TokenTree], guessed: bool) -> Self {
        Self {
            name: name.clone(),
            value: value.iter().cloned().collect(),
            guessed,
        }
    }
}

fn is_ident(token: &TokenTree, name: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == name)
}

/// A `:` that is not half of `::`.
fn is_colon(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == ':' && punct.spacing() == Spacing::Alone)
}

/// Brackets with something in them.
fn is_filled(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if !group.stream().is_empty())
}

fn is(token: &TokenTree, char: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == char)
}

#[cfg(test)]
mod tests;
