//! Questions about tokens, and tokens as text.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

/// The token is this punctuation character.
pub(crate) fn is_punct(token: &TokenTree, char: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == char)
}

/// The token is this word.
pub(crate) fn is_ident(token: &TokenTree, name: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == name)
}

/// The token is a `:` that is not half of `::`.
pub(crate) fn is_colon(token: &TokenTree) -> bool {
    is_punct(token, ':')
        && matches!(token, TokenTree::Punct(punct) if punct.spacing() == Spacing::Alone)
}

/// The token is a pair of brackets with something in them.
pub(crate) fn is_filled_group(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if !group.stream().is_empty())
}

/// Takes the tokens out of the invisible group in which a fragment of `macro_rules!` arrives.
pub(crate) fn ungroup(tokens: &TokenStream) -> TokenStream {
    let mut inside = tokens.clone();
    while let [TokenTree::Group(group)] = &inside.clone().into_iter().collect::<Vec<_>>()[..]
        && group.delimiter() == Delimiter::None
    {
        inside = group.stream();
    }
    inside
}

/// Writes tokens as a person types them, `pages::signed_in` or `["atproto", "blob:image/*"]`, so that a repair can be
/// pasted.
pub(crate) fn spell(tokens: TokenStream) -> String {
    let mut text = String::new();
    let mut after_word = false;
    for token in tokens {
        let is_word = matches!(token, TokenTree::Ident(_) | TokenTree::Literal(_));
        if is_word && after_word {
            text.push(' ');
        }
        after_word = is_word;
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                text.extend([open, &spell(group.stream()), close]);
            }
            TokenTree::Punct(punct) if punct.as_char() == ',' => text.push_str(", "),
            TokenTree::Punct(punct) => text.push(punct.as_char()),
            word => text.push_str(&word.to_string()),
        }
    }
    text.trim_end_matches([' ', ',']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::spell;

    #[test]
    fn tokens_are_spelled_as_they_were_typed() {
        for text in [
            "a::b::<C, D>",
            "[\"a b\", C]",
            "std::sync::Arc<App>",
            "&'static mut App",
            "(1, {x})",
            "fn(A)->B",
            "",
        ] {
            assert_eq!(spell(text.parse().unwrap()), text);
        }
        assert_eq!(spell("[1 , 2 ,] ,".parse().unwrap()), "[1, 2]");
    }
}
