//! Cuts `name = value, name = value` into its arguments, and goes on after a mistake.
//!
//! `darling` and `syn` read such a list in one go, which ends at a missing comma, at `callback f` and at
//! `state = Both<A, B>`. Here the values stay tokens.

use proc_macro2::TokenTree;

use crate::errors::Errors;
use crate::tokens::{is_ident, is_punct};

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
        let arrow = after_dash && is_punct(token, '>');
        after_dash = is_punct(token, '-');
        if is_punct(token, '<') {
            depth += 1;
        } else if is_punct(token, '>') && !arrow {
            depth = depth.saturating_sub(1);
        } else if depth == 0 && is_punct(token, ',') {
            return halves(tokens, i, i + 1);
        } else if depth == 0 && i > 1 && starts_argument(tokens, i) {
            errors.at(token, format!("expected `,` before `{token}`; add it"));
            return halves(tokens, i, i);
        }
    }
    // A `<` that is never closed must not swallow the arguments after it.
    match tokens.iter().position(|token| is_punct(token, ',')) {
        Some(comma) if depth > 0 => halves(tokens, comma, comma + 1),
        _ => (tokens, &[]),
    }
}

/// Finds the end of the `|session, app|` of a closure that begins at `at`.
fn after_parameters(tokens: &[TokenTree], at: usize) -> Option<usize> {
    let before = at.checked_sub(1).and_then(|before| tokens.get(before))?;
    let begins = is_punct(before, '=') || is_ident(before, "move") || is_ident(before, "async");
    if !begins || !is_punct(tokens.get(at)?, '|') {
        return None;
    }
    let mut rest = tokens.iter().skip(at + 1);
    rest.position(|token| is_punct(token, '|'))
        .map(|length| at + length + 2)
}

fn halves(tokens: &[TokenTree], end: usize, next: usize) -> (&[TokenTree], &[TokenTree]) {
    let before = tokens.get(..end).unwrap_or(&[]);
    (before, tokens.get(next..).unwrap_or(&[]))
}

/// `name =` begins an argument: no value holds it outside of `<` and `>`.
fn starts_argument(tokens: &[TokenTree], at: usize) -> bool {
    matches!(tokens.get(at..), Some([TokenTree::Ident(_), equals, ..]) if is_punct(equals, '='))
}
