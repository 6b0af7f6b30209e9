//! `name = value, name = value`, taken apart.
//!
//! The values stay tokens here. Parsing the whole list in one go, as `darling` and `syn` do it, stops
//! at the first mistake; this goes on after the next comma, so that all are reported at once.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};

use crate::errors::Errors;
use crate::names;

/// One argument.
pub(crate) struct Arg {
    /// Its name, one of [`names::ARGUMENTS`].
    pub(crate) name: Ident,
    /// Its value; empty where it lacks one, which was already reported.
    pub(crate) value: TokenStream,
    /// The name was misspelled or left out, which was already reported.
    guessed: bool,
}

/// All arguments, each at most once. One that was misspelled counts as given, so that nobody reports
/// it as missing.
pub(crate) fn split(tokens: TokenStream, errors: &mut Errors) -> Vec<Arg> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut all = Vec::new();
    let mut rest = tokens.as_slice();
    while !rest.is_empty() {
        let (piece, after) = cut(rest, errors);
        all.extend(argument(piece, errors));
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
    for (i, token) in tokens.iter().enumerate() {
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

fn halves(tokens: &[TokenTree], end: usize, next: usize) -> (&[TokenTree], &[TokenTree]) {
    let before = tokens.get(..end).unwrap_or(&[]);
    (before, tokens.get(next..).unwrap_or(&[]))
}

/// `name =`, which no value holds outside of `<` and `>`.
fn starts_argument(tokens: &[TokenTree], at: usize) -> bool {
    matches!(tokens.get(at..), Some([TokenTree::Ident(_), equals, ..]) if is(equals, '='))
}

/// Reads one argument.
fn argument(piece: &[TokenTree], errors: &mut Errors) -> Option<Arg> {
    let Some((TokenTree::Ident(name), rest)) = piece.split_first() else {
        return nameless(piece, errors);
    };
    let text = name.to_string();
    let known = names::ARGUMENTS.contains(&text.as_str());
    let value = match rest.split_first() {
        Some((equals, value)) if is(equals, '=') => value,
        _ if !known => return nameless(piece, errors),
        Some((TokenTree::Group(group), _)) if group.delimiter() == Delimiter::Parenthesis => {
            let inside = group.stream();
            errors.at(
                name,
                format!("`{text}` is set with `=`; write `{text} = {inside}`"),
            );
            return Some(Arg::new(name, &[], false));
        }
        _ => &[],
    };
    if !known {
        errors.at(name, names::unknown(&text));
        let meant = Ident::new(names::nearest(&text)?, name.span());
        return Some(Arg::new(&meant, value, true));
    }
    if value.is_empty() {
        let example = names::example(&text);
        errors.at(name, format!("`{text}` needs a value; write `{example}`"));
    }
    Some(Arg::new(name, value, false))
}

/// A value without a name, most likely the handler.
fn nameless(piece: &[TokenTree], errors: &mut Errors) -> Option<Arg> {
    let first = piece.first()?;
    let tokens: TokenStream = piece.iter().cloned().collect();
    let is_path = matches!(first, TokenTree::Ident(_));
    if is_path {
        let text = tokens.to_string().replace(' ', "");
        errors.at(
            tokens,
            format!("`{text}` has no name; write `callback = {text}`"),
        );
    } else {
        errors.at(tokens, "expected an argument; write `callback = signed_in`");
    }
    let callback = Ident::new("callback", first.span());
    Some(Arg::new(&callback, if is_path { piece } else { &[] }, true))
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

impl Arg {
    pub(crate) fn new(name: &Ident, value: &[TokenTree], guessed: bool) -> Self {
        Self {
            name: name.clone(),
            value: value.iter().cloned().collect(),
            guessed,
        }
    }
}

fn is(token: &TokenTree, char: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == char)
}

#[cfg(test)]
mod tests {
    use super::{Errors, split};

    /// The arguments as text, then the mistakes.
    fn read(text: &str) -> (Vec<String>, String) {
        let mut errors = Errors::default();
        let all = split(text.parse().unwrap(), &mut errors);
        let all = all.iter().map(|arg| {
            let value = arg.value.to_string().replace(' ', "");
            format!("{}={value}", arg.name)
        });
        (all.collect(), errors.into_tokens().to_string())
    }

    #[test]
    fn commas_between_angle_brackets_and_in_groups_belong_to_the_value() {
        let (all, errors) =
            read("state = A<B<C, D>, fn(E, F) -> G>, scopes = [1, 2], crate = a::b,");
        assert_eq!(
            all,
            ["state=A<B<C,D>,fn(E,F)->G>", "scopes=[1,2]", "crate=a::b"]
        );
        assert_eq!(errors, "");
    }

    #[test]
    fn an_open_bracket_does_not_swallow_what_follows() {
        let (all, _) = read("state = Arc<App, callback = f");
        assert_eq!(all, ["state=Arc<App", "callback=f"]);
    }

    #[test]
    fn a_missing_comma_is_one_mistake_and_both_arguments_count() {
        let (all, errors) = read("callback = a::f prefix = \"/x\"");
        assert_eq!(all, ["callback=a::f", "prefix=\"/x\""]);
        assert_eq!(errors.matches("compile_error").count(), 1, "{errors}");
    }

    #[test]
    fn a_guess_never_displaces_what_was_written() {
        let (all, errors) = read("calback = f, callback = g, h");
        assert_eq!(all, ["callback=g"]);
        assert_eq!(errors.matches("compile_error").count(), 2, "{errors}");
    }

    #[test]
    fn the_first_of_two_stays() {
        let (all, errors) = read("prefix = 1, prefix = 2");
        assert_eq!(all, ["prefix=1"]);
        assert!(
            errors.contains("`prefix` is given twice; remove one"),
            "{errors}"
        );
    }
}
