//! The struct that derives `SessionExtractor`, and what `#[session(…)]` says on it and on its fields.

use darling::ast::Fields;
use darling::{FromDeriveInput, FromField, FromMeta};
use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::{Attribute, Data, Expr, ExprPath, Generics, Meta, Path, Type};

use crate::arguments::{self, Argument, Values};
use crate::errors::Errors;
use crate::names::{List, SESSION_FIELD, SESSION_STRUCT, example};
use crate::scope_list::{ScopeList, Scopes};
use crate::values::{Function, ModulePath, NamedType};

/// The struct, with its `#[session(…)]` still in tokens: `darling` would stop in them at the first mistake of form.
#[derive(FromDeriveInput)]
#[darling(forward_attrs(session))]
pub(super) struct Input {
    pub(super) ident: Ident,
    pub(super) generics: Generics,
    pub(super) attrs: Vec<Attribute>,
    #[darling(with = fields)]
    pub(super) data: Result<Fields<Field>, NotAStruct>,
}

/// A field of it.
#[derive(FromField)]
#[darling(forward_attrs(session))]
pub(super) struct Field {
    pub(super) ident: Option<Ident>,
    pub(super) ty: Type,
    attrs: Vec<Attribute>,
}

/// What stands in place of a struct.
pub(super) struct NotAStruct {
    pub(super) keyword: TokenStream,
    pub(super) kind: &'static str,
}

fn fields(data: &Data) -> darling::Result<Result<Fields<Field>, NotAStruct>> {
    let (keyword, kind) = match data {
        Data::Struct(data) => return Fields::try_from(&data.fields).map(Ok),
        Data::Enum(data) => (data.enum_token.to_token_stream(), "an enum"),
        Data::Union(data) => (data.union_token.to_token_stream(), "a union"),
    };
    Ok(Err(NotAStruct { keyword, kind }))
}

/// The arguments of the struct.
pub(super) struct StructArguments {
    pub(super) app: Option<Type>,
    pub(super) requires: Vec<Expr>,
    pub(super) rejection: Option<Type>,
    pub(super) crate_path: Option<Path>,
}

impl StructArguments {
    /// Reads them, and reports every mistake in them.
    pub(super) fn read(input: &Input, errors: &mut Errors) -> Self {
        #[derive(Default, FromMeta)]
        struct Given {
            app: Option<darling::Result<NamedType>>,
            requires: Option<darling::Result<ScopeList>>,
            rejection: Option<darling::Result<NamedType>>,
            #[darling(rename = "crate")]
            crate_path: Option<darling::Result<ModulePath>>,
        }
        let given = session(&input.attrs, &SESSION_STRUCT, errors);
        let (mut values, read) = Values::read::<Given>(&given);
        let read = read.unwrap_or_default();
        let requires = Scopes::take(&mut values, "requires", read.requires);
        let all = Self {
            app: values.take("app", read.app).map(|it| it.0),
            requires: requires.map(|scopes| scopes.each).unwrap_or_default(),
            rejection: values.take("rejection", read.rejection).map(|it| it.0),
            crate_path: values.take("crate", read.crate_path).map(|it| it.0),
        };
        values.report(errors);
        let is_list = |attr: &Attribute| matches!(attr.meta, Meta::List(_));
        let is_reported = !input.attrs.iter().all(is_list);
        if !is_reported && !given.iter().any(|argument| argument.name == "app") {
            let name = &input.ident;
            errors.at(
                name,
                format!(
                    "`{name}` does not say whose session it takes; add `#[session(app = App)]`"
                ),
            );
        }
        all
    }
}

impl Field {
    /// Reads the loader, and reports every mistake in it.
    pub(super) fn loader(&self, errors: &mut Errors) -> Option<ExprPath> {
        #[derive(Default, FromMeta)]
        struct Given {
            with: Option<darling::Result<Function>>,
        }
        let given = session(&self.attrs, &SESSION_FIELD, errors);
        let (mut values, read) = Values::read::<Given>(&given);
        let loader = values.take("with", read.unwrap_or_default().with);
        values.report(errors);
        loader.map(|it| it.0)
    }

    /// The field has a `#[session(…)]`, right or wrong.
    pub(super) fn has_attribute(&self) -> bool {
        !self.attrs.is_empty()
    }
}

/// The arguments in all `#[session(…)]` of one place.
fn session(attrs: &[Attribute], list: &List, errors: &mut Errors) -> Vec<Argument> {
    let mut lists = Vec::new();
    for attr in attrs {
        if let Meta::List(meta) = &attr.meta {
            lists.push(meta.tokens.clone());
        } else {
            let example = example(list.names.first().copied().unwrap_or_default());
            errors.at(
                attr.path(),
                format!("`#[session]` takes arguments; write `#[session({example})]`"),
            );
        }
    }
    arguments::read(list, lists, errors)
}
