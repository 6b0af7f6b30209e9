//! The values that arguments can have, each read for `darling` from the tokens of `name = value`.

use darling::{Error, Result};
use quote::ToTokens;
use syn::parse::{Parse, ParseStream};
use syn::{Expr, ExprPath, Ident, Lit, LitInt, LitStr, Member, Meta, Path, Type};

use crate::arguments::parts;
use crate::names::example;
use crate::prefix;
use crate::tokens::spell;

/// The path of a function.
pub(crate) fn function(item: &Meta) -> Result<Option<ExprPath>> {
    let (name, value) = parts(item);
    let (takes, repair) = match syn::parse2::<Expr>(value.clone()) {
        Ok(Expr::Path(path)) => return Ok(Some(path)),
        Ok(Expr::Call(call)) if call.args.is_empty() => {
            ("takes the function, not what it returns", text(&call.func))
        }
        Ok(Expr::Reference(reference)) => {
            ("takes the function, not a reference", text(&reference.expr))
        }
        Ok(Expr::Field(field)) => {
            let path = text(&field).replace('.', "::");
            ("takes a path, which is written with `::`", path)
        }
        Ok(Expr::Lit(literal)) if matches!(literal.lit, Lit::Str(_)) => {
            match unquoted::<ExprPath>(&literal.lit) {
                Some(path) => ("takes the function, without quotes", path),
                None => return mistake(&name, "takes a function, not a route"),
            }
        }
        _ => {
            let Ok(path) = syn::parse2::<Path>(value) else {
                return mistake(&name, "takes the path of an `async fn`");
            };
            let path = text(path).replace("::<", "<").replace('<', "::<");
            let problem = "`<` needs `::` before it here";
            return Err(Error::custom(format!("{problem}; write `{name} = {path}`")));
        }
    };
    Err(Error::custom(format!(
        "`{name}` {takes}; write `{name} = {repair}`"
    )))
}

/// The path below which the routes are.
pub(crate) fn prefix(item: &Meta) -> Result<Option<LitStr>> {
    let prefix: LitStr = parse(item, "takes a string literal")?;
    match prefix::mistake(&prefix.value()) {
        Some(mistake) => Err(Error::custom(mistake)),
        None => Ok(Some(prefix)),
    }
}

/// The name of a field, or its number in a tuple struct.
pub(crate) fn field(item: &Meta) -> Result<Option<Member>> {
    parse(item, "takes the name of a field").map(Some)
}

/// The number of accounts that a browser may hold.
pub(crate) fn accounts(item: &Meta) -> Result<Option<LitInt>> {
    let number: LitInt = parse(item, "takes a whole number, written out")?;
    match number.base10_parse::<u16>() {
        // Without a suffix, which would be another type's.
        Ok(n @ 1..=100) => Ok(Some(LitInt::new(&n.to_string(), number.span()))),
        Ok(0) => Err(Error::custom(
            "`accounts` must be at least 1; write `accounts = 1`, with which signing in again \
             replaces the account",
        )),
        _ => mistake("accounts", "takes a number from 1 to 100"),
    }
}

/// The name of a type alias.
pub(crate) fn alias(item: &Meta) -> Result<Option<Ident>> {
    parse(item, "takes the name of the type to be made").map(Some)
}

/// The type of the router's state.
pub(crate) fn state(item: &Meta) -> Result<Option<Type>> {
    parse(item, "takes a type").map(Some)
}

/// A type that an extractor names: its application or its rejection.
pub(crate) fn named_type(item: &Meta) -> Result<Option<Type>> {
    let (name, value) = parts(item);
    match syn::parse2(value) {
        Ok(ty) => Ok(Some(ty)),
        Err(_) => mistake(&name, "takes a type"),
    }
}

/// The path of the main crate.
pub(crate) fn crate_path(item: &Meta) -> Result<Option<Path>> {
    struct Module(Path);
    impl Parse for Module {
        fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
            input.call(Path::parse_mod_style).map(Self)
        }
    }
    parse(item, "takes a path").map(|Module(path)| Some(path))
}

/// Parses a value, or says what the argument `takes`.
fn parse<T: Parse>(item: &Meta, takes: &str) -> Result<T> {
    let (name, value) = parts(item);
    if let Ok(value) = syn::parse2(value.clone()) {
        return Ok(value);
    }
    let literal = syn::parse2::<Lit>(value).ok();
    match literal.and_then(|literal| unquoted::<T>(&literal)) {
        Some(value) => Err(Error::custom(format!(
            "`{name}` {takes}, without quotes; write `{name} = {value}`"
        ))),
        None => mistake(&name, takes),
    }
}

/// The mistake with an example as its repair.
fn mistake<T>(name: &str, takes: &str) -> Result<T> {
    let example = example(name);
    Err(Error::custom(format!(
        "`{name}` {takes}; write `{example}`"
    )))
}

/// The content of a string that would be right without the quotes.
fn unquoted<T: Parse>(literal: &Lit) -> Option<String> {
    match literal {
        Lit::Str(string) => string.parse::<T>().is_ok().then(|| string.value()),
        _ => None,
    }
}

fn text(tokens: impl ToTokens) -> String {
    spell(tokens.to_token_stream())
}
