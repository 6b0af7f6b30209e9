//! The struct that derives `SessionExtractor`, and what `#[session(…)]` says on it and on its fields.

use darling::ast::Fields;
use darling::{FromDeriveInput, FromField, FromMeta};
use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::{Attribute, Data, Expr, ExprPath, Generics, Meta, Path, Type};

use crate::arguments::{self, Argument, is_given};
use crate::errors::Errors;
use crate::names::{List, SESSION_FIELD, SESSION_STRUCT, example};
use crate::scope_list::Scopes;
use crate::values;

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
#[derive(Default, FromMeta)]
#[darling(default)]
pub(super) struct StructArguments {
    #[darling(with = values::named_type)]
    pub(super) app: Option<Type>,
    requires: Option<Scopes>,
    #[darling(with = values::named_type)]
    pub(super) rejection: Option<Type>,
    #[darling(rename = "crate", with = values::crate_path)]
    pub(super) crate_path: Option<Path>,
}

impl StructArguments {
    /// Reads them, and reports every mistake in them.
    pub(super) fn read(input: &Input, errors: &mut Errors) -> Self {
        let given = session(&input.attrs, &SESSION_STRUCT, errors);
        let mut all: Self = arguments::values(&given, errors);
        if let Some(list) = &mut all.requires {
            list.report(errors);
        }
        let is_list = |attr: &Attribute| matches!(attr.meta, Meta::List(_));
        if input.attrs.iter().all(is_list) && !is_given(&given, "app") {
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

    /// The scopes that the session must have been granted.
    pub(super) fn requires(&self) -> &[Expr] {
        self.requires.as_ref().map_or(&[], |list| &list.each)
    }
}

/// The arguments of a field.
#[derive(Default, FromMeta)]
#[darling(default)]
struct FieldArguments {
    #[darling(with = values::function)]
    with: Option<ExprPath>,
}

impl Field {
    /// Reads the loader, and reports every mistake in it.
    pub(super) fn loader(&self, errors: &mut Errors) -> Option<ExprPath> {
        let given = session(&self.attrs, &SESSION_FIELD, errors);
        arguments::values::<FieldArguments>(&given, errors).with
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
