//! The values that arguments can have, each read by `darling` from the tokens of `name = value`.
//!
//! A mistake without a span of its own is about all tokens of the value.

use darling::{Error, FromMeta, Result};
use quote::ToTokens;
use syn::parse::{Parse, ParseStream};
use syn::{Expr, ExprLit, ExprPath, Ident, Lit, LitInt, LitStr, Member, Meta, Path, Type};

use crate::arguments::parts;
use crate::names::example;
use crate::prefix;
use crate::tokens::spell;

/// The path of a function.
pub(crate) struct Function(pub(crate) ExprPath);

impl FromMeta for Function {
    fn from_meta(item: &Meta) -> Result<Self> {
        let (name, value) = parts(item)?;
        let mistake = match syn::parse2::<Expr>(value.clone()) {
            Ok(Expr::Path(path)) => return Ok(Self(path)),
            Ok(Expr::Call(call)) if call.args.is_empty() => {
                let function = text(&call.func);
                format!("takes the function, not what it returns; write `{name} = {function}`")
            }
            Ok(Expr::Reference(reference)) => {
                let function = text(&reference.expr);
                format!("takes the function, not a reference; write `{name} = {function}`")
            }
            Ok(Expr::Field(field)) => {
                let function = text(&field).replace('.', "::");
                format!("takes a path, which is written with `::`; write `{name} = {function}`")
            }
            Ok(Expr::Lit(ExprLit {
                lit: route @ Lit::Str(_),
                ..
            })) => match unquoted::<ExprPath>(&route) {
                Some(path) => {
                    format!("takes the function, without quotes; write `{name} = {path}`")
                }
                None => format!("takes a function, not a route; write `{}`", example(&name)),
            },
            _ => match syn::parse2::<Path>(value) {
                Ok(path) => {
                    let path = text(path).replace("::<", "<").replace('<', "::<");
                    let mistake = "`<` needs `::` before it here";
                    return Err(Error::custom(format!("{mistake}; write `{name} = {path}`")));
                }
                Err(_) => format!(
                    "takes the path of an `async fn`; write `{}`",
                    example(&name)
                ),
            },
        };
        Err(Error::custom(format!("`{name}` {mistake}")))
    }
}

/// The path below which the routes are.
pub(crate) struct Prefix(pub(crate) LitStr);

impl FromMeta for Prefix {
    fn from_meta(item: &Meta) -> Result<Self> {
        let prefix: LitStr = parse(item, "takes a string literal")?;
        match prefix::mistake(&prefix.value()) {
            Some(mistake) => Err(Error::custom(mistake).with_span(&prefix)),
            None => Ok(Self(prefix)),
        }
    }
}

/// The number of accounts that a browser may hold.
pub(crate) struct AccountLimit(pub(crate) LitInt);

impl FromMeta for AccountLimit {
    fn from_meta(item: &Meta) -> Result<Self> {
        let number: LitInt = parse(item, "takes a whole number, written out")?;
        match number.base10_parse::<u16>() {
            Ok(0) => Err(Error::custom(
                "`accounts` must be at least 1; write `accounts = 1`, with which signing in again \
                 replaces the account",
            )),
            // Without a suffix, which would be another type's.
            Ok(n @ 1..=100) => Ok(Self(LitInt::new(&n.to_string(), number.span()))),
            _ => Err(Error::custom(
                "`accounts` takes a number from 1 to 100; write `accounts = 5`",
            )),
        }
    }
}

/// The name of a field, or its number in a tuple struct.
pub(crate) struct FieldName(pub(crate) Member);

impl FromMeta for FieldName {
    fn from_meta(item: &Meta) -> Result<Self> {
        parse(item, "takes the name of a field").map(Self)
    }
}

/// The name of a type alias.
pub(crate) struct AliasName(pub(crate) Ident);

impl FromMeta for AliasName {
    fn from_meta(item: &Meta) -> Result<Self> {
        parse(item, "takes the name of the type to be made").map(Self)
    }
}

/// The type of the router's state.
pub(crate) struct StateType(pub(crate) Type);

impl FromMeta for StateType {
    fn from_meta(item: &Meta) -> Result<Self> {
        parse(item, "takes a type").map(Self)
    }
}

/// A type that an extractor names: its application or its rejection.
pub(crate) struct NamedType(pub(crate) Type);

impl FromMeta for NamedType {
    fn from_meta(item: &Meta) -> Result<Self> {
        let (name, value) = parts(item)?;
        let mistake = |_| format!("`{name}` takes a type; write `{}`", example(&name));
        let parsed = syn::parse2(value).map_err(mistake);
        parsed.map(Self).map_err(Error::custom)
    }
}

/// The path of the main crate.
pub(crate) struct ModulePath(pub(crate) Path);

impl FromMeta for ModulePath {
    fn from_meta(item: &Meta) -> Result<Self> {
        parse(item, "takes a path")
    }
}

impl Parse for ModulePath {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        input.call(Path::parse_mod_style).map(Self)
    }
}

/// Parses a value, or says what the argument `takes`.
fn parse<T: Parse>(item: &Meta, takes: &str) -> Result<T> {
    let (name, value) = parts(item)?;
    syn::parse2(value.clone()).map_err(|_| {
        let literal = syn::parse2::<Lit>(value).ok();
        Error::custom(match literal.and_then(|literal| unquoted::<T>(&literal)) {
            Some(value) => format!("`{name}` {takes}, without quotes; write `{name} = {value}`"),
            None => format!("`{name}` {takes}; write `{}`", example(&name)),
        })
    })
}

/// Gives the content of a string that would be right without the quotes.
fn unquoted<T: Parse>(literal: &Lit) -> Option<String> {
    match literal {
        Lit::Str(string) => string.parse::<T>().is_ok().then(|| string.value()),
        _ => None,
    }
}

fn text(tokens: impl ToTokens) -> String {
    spell(tokens.to_token_stream())
}
