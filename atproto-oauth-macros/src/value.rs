//! The value of one argument, from tokens to what it must be.

use syn::parse::{Parse, ParseStream};
use syn::parse_quote;
use syn::{Expr, ExprLit, ExprPath, Ident, Lit, LitInt, LitStr, Member, Path, Result, Type};

use crate::errors::Errors;
use crate::names;
use crate::prefix;
use crate::spell::spell;
use crate::split::{Arg, ungroup};

/// The path of a function.
pub(crate) fn hook(arg: &Arg, errors: &mut Errors) -> Option<ExprPath> {
    let (name, value) = (&arg.name, ungroup(&arg.value)?);
    let example = names::example(&name.to_string());
    let mistake = match syn::parse2::<Expr>(value.clone()) {
        Ok(Expr::Path(path)) => return Some(path),
        Ok(Expr::Call(call)) if call.args.is_empty() => {
            let function = text(&call.func);
            format!("`{name}` takes the function, not what it returns; write `{name} = {function}`")
        }
        Ok(Expr::Reference(reference)) => {
            let function = text(&reference.expr);
            format!("`{name}` takes the function, not a reference; write `{name} = {function}`")
        }
        Ok(Expr::Field(field)) => {
            let function = text(&field).replace('.', "::");
            format!(
                "`{name}` takes a path, which is written with `::`; write `{name} = {function}`"
            )
        }
        Ok(Expr::Lit(ExprLit {
            lit: route @ Lit::Str(_),
            ..
        })) => match unquoted::<ExprPath>(&route) {
            Some(path) => {
                format!("`{name}` takes the function, without quotes; write `{name} = {path}`")
            }
            None => format!("`{name}` takes a function, not a route; write `{example}`"),
        },
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

/// A path below which the routes are.
pub(crate) fn prefix(arg: &Arg, errors: &mut Errors) -> Option<LitStr> {
    let prefix: LitStr = read(arg, errors, "takes a string literal")?;
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
    let number: LitInt = read(arg, errors, "takes a whole number, written out")?;
    match number.base10_parse::<u16>() {
        Ok(0) => errors.at(
            &arg.value,
            "`accounts` must be at least 1; write `accounts = 1`, with which signing in again \
             replaces the account",
        ),
        // Without a suffix, which would be another type's.
        Ok(n @ 1..=100) => return Some(LitInt::new(&n.to_string(), number.span())),
        _ => errors.at(
            &arg.value,
            "`accounts` takes a number from 1 to 100; write `accounts = 5`",
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
    let tokens = ungroup(&arg.value)?;
    let value = syn::parse2(tokens.clone()).ok();
    if value.is_none() {
        let name = &arg.name;
        let literal = syn::parse2::<Lit>(tokens).ok();
        let unquoted = literal.and_then(|literal| unquoted::<T>(&literal));
        let mistake = if let Some(value) = unquoted {
            format!("`{name}` {takes}, without quotes; write `{name} = {value}`")
        } else {
            let example = names::example(&name.to_string());
            format!("`{name}` {takes}; write `{example}`")
        };
        errors.at(&arg.value, mistake);
    }
    value
}

/// What stands in a string, if it would be right without the quotes.
fn unquoted<T: Parse>(literal: &Lit) -> Option<String> {
    match literal {
        Lit::Str(string) => string.parse::<T>().is_ok().then(|| string.value()),
        _ => None,
    }
}

fn text(tokens: impl quote::ToTokens) -> String {
    spell(tokens.to_token_stream())
}
