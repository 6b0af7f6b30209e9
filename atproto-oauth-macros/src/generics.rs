//! The struct's generics, as the impls and the aliases need them.

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{DeriveInput, GenericParam, Generics, WherePredicate, parse_quote};

/// The struct that the attribute stands on, as a type in each place where it is written.
pub(crate) struct TargetType {
    /// `App<D>`.
    pub(crate) path: TokenStream,
    /// `<D: Db>`, for impls.
    pub(crate) impl_params: TokenStream,
    /// `where …`, for impls.
    pub(crate) where_clause: TokenStream,
    /// `<D>`, for the aliases: they keep defaults, and the compiler ignores bounds there.
    pub(crate) alias_params: TokenStream,
}

impl TargetType {
    /// With `is_state` the struct itself is the router's state, and must be `Clone`.
    pub(crate) fn new(input: &DeriveInput, is_state: bool) -> Self {
        let name = &input.ident;
        let (_, arguments, _) = input.generics.split_for_impl();
        let mut path = quote!(#name #arguments);
        let mut generics = input.generics.clone();
        if generics.lifetimes().next().is_some() {
            path = with_static(path, &input.generics);
            generics = without_lifetimes(&generics);
        }
        add_thread_bounds(&mut generics);
        if is_state && generics.type_params().next().is_some() {
            let clause = generics.make_where_clause();
            let clone = parse_quote!(#path: ::core::clone::Clone);
            clause.predicates.push(clone);
        }
        let (impl_params, _, where_clause) = generics.split_for_impl();
        let (impl_params, where_clause) = (
            impl_params.to_token_stream(),
            where_clause.to_token_stream(),
        );
        Self {
            path,
            impl_params,
            where_clause,
            alias_params: without_bounds(generics).to_token_stream(),
        }
    }
}

/// Bounds each type parameter. A request runs on any thread and outlives every borrow, which a struct's own bounds
/// seldom say.
pub(crate) fn add_thread_bounds(generics: &mut Generics) {
    let types: Vec<Ident> = generics.type_params().map(|it| it.ident.clone()).collect();
    for name in types {
        generics.make_where_clause().predicates.push(parse_quote!(
            #name: ::core::marker::Send + ::core::marker::Sync + 'static
        ));
    }
}

fn without_bounds(mut generics: Generics) -> Generics {
    generics.where_clause = None;
    for param in generics.type_params_mut() {
        param.colon_token = None;
        param.bounds.clear();
    }
    generics
}

/// The generics of a struct that borrows, with each of its lifetimes as `'static`. The borrow was already reported; the
/// generated code is still there for the rest of the program.
fn without_lifetimes(generics: &Generics) -> Generics {
    let mut owned = Generics::default();
    let params = generics
        .params
        .iter()
        .filter(|param| !matches!(param, GenericParam::Lifetime(_)));
    let params = params.map(|param| with_static(param.to_token_stream(), generics));
    owned.params = params
        .filter_map(|param| syn::parse2::<GenericParam>(param).ok())
        .collect();
    let predicates = generics
        .where_clause
        .iter()
        .flat_map(|clause| &clause.predicates);
    let predicates =
        predicates.filter(|predicate| !matches!(predicate, WherePredicate::Lifetime(_)));
    for predicate in predicates.map(|predicate| with_static(predicate.to_token_stream(), generics))
    {
        let predicate = syn::parse2::<WherePredicate>(predicate);
        owned.make_where_clause().predicates.extend(predicate);
    }
    owned
}

/// Writes `'static` for each lifetime that `generics` declares.
fn with_static(tokens: TokenStream, generics: &Generics) -> TokenStream {
    let mut quoted = false;
    let write = |token| match token {
        TokenTree::Ident(ident) if quoted && declares(generics, &ident) => {
            quoted = false;
            Ident::new("static", ident.span()).into()
        }
        TokenTree::Group(group) => {
            let inside = with_static(group.stream(), generics);
            let mut new = Group::new(group.delimiter(), inside);
            new.set_span(group.span());
            TokenTree::Group(new)
        }
        other => {
            quoted = matches!(&other, TokenTree::Punct(punct) if punct.as_char() == '\'');
            other
        }
    };
    tokens.into_iter().map(write).collect()
}

fn declares(generics: &Generics, name: &Ident) -> bool {
    generics
        .lifetimes()
        .any(|param| param.lifetime.ident == *name)
}
