//! The value of one argument, from tokens to what it must be.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::parse::{Parse, ParseStream, Parser};
use syn::parse_quote;
use syn::punctuated::Punctuated;
use syn::{Expr, ExprPath, Ident, Lit, LitInt, LitStr, Member, Path, Result, Token, Type};

use crate::errors::Errors;
use crate::names;
use crate::prefix;
use crate::split::Arg;

/// A list of permissions.
pub(crate) struct Scopes {
    /// The list as it was written, brackets and all.
    pub(crate) written: TokenStream,
    /// Each permission: a string, or an expression that gives one.
    pub(crate) each: Vec<Expr>,
    /// Something in it was already reported, so nothing is known about the whole.
    pub(crate) broken: bool,
}

/// The path of a function.
pub(crate) fn hook(arg: &Arg, errors: &mut Errors) -> Option<ExprPath> {
    let (name, value) = (&arg.name, ungroup(&arg.value)?);
    let example = names::example(&name.to_string());
    let mistake = match syn::parse2::<Expr>(value.clone()) {
        Ok(Expr::Path(path)) => return Some(path),
        Ok(Expr::Call(call)) => {
            let function = text(&call.func);
            format!("`{name}` takes the function, not what it returns; write `{name} = {function}`")
        }
        Ok(Expr::Lit(_)) => {
            format!("`{name}` takes a function, not a route; write `{example}`")
        }
        _ => match syn::parse2::<Path>(value) {
            Ok(path) => {
                let path = text(path).replace("::<", "<").replace('<', "::<");
                format!("`<` needs `::` before it here; write `{name} = {path}`")
            }
            Err(_) => format!("`{name}` takes the path of an `async fn`; write `{example}`"),
        },
    };
    errors.at(&arg.value, mistake);
    None
}

/// A list of permissions.
pub(crate) fn scopes(arg: &Arg, errors: &mut Errors) -> Scopes {
    let written = arg.value.clone();
    let mut scopes = Scopes {
        written,
        each: Vec::new(),
        broken: true,
    };
    let Some(value) = ungroup(&arg.value) else {
        return scopes;
    };
    let [TokenTree::Group(list)] = &value.clone().into_iter().collect::<Vec<_>>()[..] else {
        errors.at(&arg.value, not_a_list(arg, value));
        return scopes;
    };
    if list.delimiter() != Delimiter::Bracket {
        errors.at(&arg.value, not_a_list(arg, value));
        return scopes;
    }
    match Punctuated::<Expr, Token![,]>::parse_terminated.parse2(list.stream()) {
        Ok(each) => {
            let before = each.len();
            scopes.each = each.into_iter().filter_map(|scope| string(scope, errors)).collect();
            scopes.broken = scopes.each.len() < before;
        }
        Err(error) => errors.span(
            error.span(),
            "expected `,` between two permissions; write `[\"atproto\", \"repo:app.bsky.feed.post\"]`",
        ),
    }
    scopes
}

/// A path below which the routes are.
pub(crate) fn prefix(arg: &Arg, errors: &mut Errors) -> Option<LitStr> {
    let prefix: LitStr = read(arg, errors, "takes a string")?;
    match prefix::mistake(&prefix.value()) {
        Some(mistake) => errors.at(&prefix, mistake),
        None => return Some(prefix),
    }
    None
}

/// The name of a field, or its number in a tuple struct.
pub(crate) fn field(arg: &Arg, errors: &mut Errors) -> Option<Member> {
    read(arg, errors, "takes the name of a field")
}

/// How many accounts a browser may hold.
pub(crate) fn accounts(arg: &Arg, errors: &mut Errors) -> Option<LitInt> {
    let number: LitInt = read(arg, errors, "takes a number")?;
    match number.base10_parse::<u16>() {
        Ok(0) => errors.at(
            &arg.value,
            "`accounts` must be at least 1; write `accounts = 1`, with which signing in again \
             replaces the account",
        ),
        // Without a suffix, which would be another type's.
        Ok(n) => return Some(LitInt::new(&n.to_string(), number.span())),
        Err(_) => errors.at(
            &arg.value,
            "`accounts` takes a number from 1 to 65535; write `accounts = 5`",
        ),
    }
    None
}

/// The name of a type that is to be made.
pub(crate) fn alias(arg: &Arg, errors: &mut Errors) -> Option<Ident> {
    read(arg, errors, "takes the name of the type to be made")
}

/// The router's state. In place of a wrong one comes what most people give, so that the rest of the
/// program is checked against something likely.
pub(crate) fn state(arg: &Arg, errors: &mut Errors) -> Type {
    read(arg, errors, "takes a type").unwrap_or_else(|| parse_quote!(::std::sync::Arc<Self>))
}

/// Where the runtime crate is.
pub(crate) fn krate(arg: &Arg, errors: &mut Errors) -> Option<Path> {
    struct Module(Path);
    impl Parse for Module {
        fn parse(input: ParseStream<'_>) -> Result<Self> {
            input.call(Path::parse_mod_style).map(Self)
        }
    }
    read(arg, errors, "takes a path").map(|Module(path)| path)
}

fn read<T: Parse>(arg: &Arg, errors: &mut Errors, takes: &str) -> Option<T> {
    let value = syn::parse2(ungroup(&arg.value)?).ok();
    if value.is_none() {
        let name = &arg.name;
        let example = names::example(&name.to_string());
        errors.at(&arg.value, format!("`{name}` {takes}; write `{example}`"));
    }
    value
}

/// The tokens, out of the invisible group in which a fragment of `macro_rules!` arrives. None if
/// there are none, which was already reported.
fn ungroup(tokens: &TokenStream) -> Option<TokenStream> {
    let mut inside = tokens.clone();
    while let [TokenTree::Group(group)] = &inside.clone().into_iter().collect::<Vec<_>>()[..]
        && group.delimiter() == Delimiter::None
    {
        inside = group.stream();
    }
    (!inside.is_empty()).then_some(inside)
}

/// One permission of a list, if it can be a string at all.
fn string(mut scope: Expr, errors: &mut Errors) -> Option<Expr> {
    while let Expr::Group(group) = scope {
        scope = *group.expr;
    }
    match &scope {
        Expr::Lit(literal) if !matches!(literal.lit, Lit::Str(_)) => {
            errors.at(&scope, "a permission is a string; write it in quotes");
            None
        }
        _ => Some(scope),
    }
}

fn not_a_list(arg: &Arg, value: TokenStream) -> String {
    let name = &arg.name;
    let example = match syn::parse2::<LitStr>(value) {
        Ok(string) => {
            let each: Vec<_> = string
                .value()
                .split_whitespace()
                .map(|s| format!("{s:?}"))
                .collect();
            format!("{name} = [{}]", each.join(", "))
        }
        Err(_) => names::example(&name.to_string()).to_owned(),
    };
    format!("`{name}` takes a list of strings; write `{example}`")
}

fn text(tokens: impl quote::ToTokens) -> String {
    tokens.to_token_stream().to_string().replace(' ', "")
}
