//! The arguments of the attribute.

use darling::FromMeta;
use proc_macro2::{Span, TokenStream};
use syn::{ExprPath, Ident, LitInt, LitStr, Member, Path, Type, parse_quote};

use crate::arguments::{self, Values};
use crate::errors::Errors;
use crate::names::ATTRIBUTE;
use crate::scope_list::{ScopeList, Scopes};
use crate::values::{AccountLimit, AliasName, FieldName, Function, ModulePath, Prefix, StateType};

/// The values as `darling` reads them, each right or wrong by itself.
#[derive(Default, FromMeta)]
struct Given {
    callback: Option<darling::Result<Function>>,
    logout: Option<darling::Result<Function>>,
    error: Option<darling::Result<Function>>,
    scopes: Option<darling::Result<ScopeList>>,
    optional_scopes: Option<darling::Result<ScopeList>>,
    prefix: Option<darling::Result<Prefix>>,
    client: Option<darling::Result<FieldName>>,
    accounts: Option<darling::Result<AccountLimit>>,
    session: Option<darling::Result<AliasName>>,
    session_key: Option<darling::Result<AliasName>>,
    state: Option<darling::Result<StateType>>,
    #[darling(rename = "crate")]
    crate_path: Option<darling::Result<ModulePath>>,
}

/// The arguments of the attribute. A value that was wrong, which was reported, counts as not given.
pub(crate) struct Arguments {
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
    pub(crate) crate_path: Option<Path>,
}

impl Arguments {
    /// Reads all arguments and reports every mistake in them.
    pub(crate) fn read(tokens: TokenStream, errors: &mut Errors) -> Self {
        let given = arguments::read(&ATTRIBUTE, [tokens], errors);
        let (mut values, read) = Values::read::<Given>(&given);
        let read = read.unwrap_or_default();
        // In place of a wrong state comes what most applications give, so that the rest of the program is checked
        // against something likely.
        let likely = read
            .state
            .as_ref()
            .map(|_| parse_quote!(::std::sync::Arc<Self>));
        let all = Self {
            callback: values.take("callback", read.callback).map(|it| it.0),
            logout: values.take("logout", read.logout).map(|it| it.0),
            error: values.take("error", read.error).map(|it| it.0),
            scopes: Scopes::take(&mut values, "scopes", read.scopes),
            optional_scopes: Scopes::take(&mut values, "optional_scopes", read.optional_scopes),
            prefix: values.take("prefix", read.prefix).map(|it| it.0),
            client: values.take("client", read.client).map(|it| it.0),
            accounts: values.take("accounts", read.accounts).map(|it| it.0),
            session: values.take("session", read.session).map(|it| it.0),
            session_key: values.take("session_key", read.session_key).map(|it| it.0),
            state: values.take("state", read.state).map(|it| it.0).or(likely),
            crate_path: values.take("crate", read.crate_path).map(|it| it.0),
        };
        values.report(errors);
        if !given.iter().any(|argument| argument.name == "callback") {
            errors.span(
                Span::call_site(),
                "`callback` is missing; write `#[atproto_oauth(callback = signed_in)]`, where \
                 `signed_in` is an `async fn` that answers once a person has signed in",
            );
        }
        all
    }
}
