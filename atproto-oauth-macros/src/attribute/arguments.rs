//! The arguments of the attribute.

use darling::FromMeta;
use proc_macro2::{Span, TokenStream};
use syn::{ExprPath, Ident, LitInt, LitStr, Member, Path, Type, parse_quote};

use crate::arguments::{self, is_given};
use crate::errors::Errors;
use crate::names::ATTRIBUTE;
use crate::scope_list::Scopes;
use crate::values;

/// The arguments of the attribute. A value that was wrong, which was reported, counts as not given.
#[derive(Default, FromMeta)]
#[darling(default)]
pub(crate) struct Arguments {
    #[darling(with = values::function)]
    pub(crate) callback: Option<ExprPath>,
    #[darling(with = values::function)]
    pub(crate) logout: Option<ExprPath>,
    #[darling(with = values::function)]
    pub(crate) error: Option<ExprPath>,
    pub(crate) scopes: Option<Scopes>,
    pub(crate) optional_scopes: Option<Scopes>,
    #[darling(with = values::prefix)]
    pub(crate) prefix: Option<LitStr>,
    #[darling(with = values::field)]
    pub(crate) client: Option<Member>,
    #[darling(with = values::accounts)]
    pub(crate) accounts: Option<LitInt>,
    #[darling(with = values::alias)]
    pub(crate) session: Option<Ident>,
    #[darling(with = values::alias)]
    pub(crate) session_key: Option<Ident>,
    #[darling(with = values::state)]
    pub(crate) state: Option<Type>,
    #[darling(rename = "crate", with = values::crate_path)]
    pub(crate) crate_path: Option<Path>,
}

impl Arguments {
    /// Reads all arguments and reports every mistake in them.
    pub(crate) fn read(tokens: TokenStream, errors: &mut Errors) -> Self {
        let given = arguments::read(&ATTRIBUTE, [tokens], errors);
        let mut all: Self = arguments::values(&given, errors);
        for (name, list) in [
            ("scopes", &mut all.scopes),
            ("optional_scopes", &mut all.optional_scopes),
        ] {
            if is_given(&given, name) {
                list.get_or_insert_with(Scopes::unreadable).report(errors);
            }
        }
        if is_given(&given, "state") {
            // In place of a wrong state comes what most applications give, so that the rest of the program is checked
            // against something likely.
            let likely = || parse_quote!(::std::sync::Arc<Self>);
            all.state.get_or_insert_with(likely);
        }
        if !is_given(&given, "callback") {
            errors.span(
                Span::call_site(),
                "`callback` is missing; write `#[atproto_oauth(callback = signed_in)]`, where \
                 `signed_in` is an `async fn` that answers once a person has signed in",
            );
        }
        all
    }
}
