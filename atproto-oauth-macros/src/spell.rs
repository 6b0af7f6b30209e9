//! Tokens as a person would type them, for repairs that can be pasted.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// `pages::signed_in`, `["atproto", "blob:image/*"]`: without the spaces that printed tokens have.
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
    fn as_it_was_typed() {
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
