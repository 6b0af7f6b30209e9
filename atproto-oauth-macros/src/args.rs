//! The arguments of the attribute, read and checked one by one.

use proc_macro2::{Span, TokenStream};
use syn::{ExprPath, Ident, LitInt, LitStr, Member, Path, Type};

use crate::errors::Errors;
use crate::list::Scopes;
use crate::split::{Arg, split};
use crate::value;

/// What the attribute says. Where a value was wrong, which was reported, it is as if not given.
#[derive(Default)]
pub(crate) struct Args {
    pub(crate) callback: Option<ExprPath>,
    pub(crate) logout: Option<ExprPath>,
    pub(crate) error: Option<ExprPath>,
    pub(crate) scopes: Option<Scopes>,
    pub(crate) optional_scopes: Option<Scopes>,
    pub(crate) prefix: Option<LitStr>,
    pub(crate) client: Option<Member>,
    pub(crate) accounts: Option<LitInt>,
    pub(crate) session: Option<Ident>,
    pub(crate) session_key: Option<Ident>,
    pub(crate) state: Option<Type>,
    pub(crate) krate: Option<Path>,
}

impl Args {
    /// Reads all arguments and reports every mistake in them.
    pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let given = split(tokens, errors);
        let mut args = Self::default();
        for arg in &given {
            args.read(arg, errors);
        }
        if !given.iter().any(|arg| arg.name == "callback") {
            errors.span(
                Span::call_site(),
                "`callback` is missing; write `#[atproto_oauth(callback = signed_in)]`, where \
                 `signed_in` is an `async fn` that answers once somebody has signed in",
            );
        }
        args
    }

    fn read(&mut self, arg: &Arg, errors: &mut Errors) {
        match arg.name.to_string().as_str() {
            "callback" => self.callback = value::hook(arg, errors),
            "logout" => self.logout = value::hook(arg, errors),
            "error" => self.error = value::hook(arg, errors),
            "scopes" => self.scopes = Some(Scopes::read(arg, errors)),
            "optional_scopes" => self.optional_scopes = Some(Scopes::read(arg, errors)),
            "prefix" => self.prefix = value::prefix(arg, errors),
            "client" => self.client = value::field(arg, errors),
            "accounts" => self.accounts = value::accounts(arg, errors),
            "session" => self.session = value::alias(arg, errors),
            "session_key" => self.session_key = value::alias(arg, errors),
            "state" => self.state = Some(value::state(arg, errors)),
            _ => self.krate = value::krate(arg, errors),
        }
    }
}
