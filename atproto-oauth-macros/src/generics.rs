//! The struct's generics, as the impls and the aliases need them.

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{DeriveInput, GenericParam, Generics, WherePredicate, parse_quote};

/// The type the attribute stands on, spelled for each place it appears in.
pub(crate) struct This {
    /// `App<D>`.
    pub(crate) ty: TokenStream,
    /// `<D: Db>`, for impls.
    pub(crate) params: TokenStream,
    /// `where …`, for impls.
    pub(crate) bounds: TokenStream,
    /// `<D>`, for the aliases: they keep defaults, and the compiler ignores bounds there.
    pub(crate) alias_params: TokenStream,
}

impl This {
    /// `own_state`: the state is the struct itself, which must then be `Clone`.
    pub(crate) fn new(input: &DeriveInput, own_state: bool) -> Self {
        let name = &input.ident;
        let (_, arguments, _) = input.generics.split_for_impl();
        let mut ty = quote!(#name #arguments);
        let mut generics = input.generics.clone();
        if generics.lifetimes().next().is_some() {
            ty = forever(ty, &input.generics);
            generics = without_lifetimes(&generics);
        }
        add_bounds(&mut generics, &ty, own_state);
        let (params, _, bounds) = generics.split_for_impl();
        let (params, bounds) = (params.to_token_stream(), bounds.to_token_stream());
        let alias_params = bare(generics).to_token_stream();
        Self {
            ty,
            params,
            bounds,
            alias_params,
        }
    }
}

/// Requests run on other threads and outlive every borrow, which a struct's own bounds seldom say.
fn add_bounds(generics: &mut Generics, ty: &TokenStream, own_state: bool) {
    let types: Vec<Ident> = generics
        .type_params()
        .map(|param| param.ident.clone())
        .collect();
    if types.is_empty() {
        return;
    }
    let clause = generics.make_where_clause();
    for name in types {
        clause.predicates.push(parse_quote!(
            #name: ::core::marker::Send + ::core::marker::Sync + 'static
        ));
    }
    if own_state {
        clause
            .predicates
            .push(parse_quote!(#ty: ::core::clone::Clone));
    }
}

fn bare(mut generics: Generics) -> Generics {
    generics.where_clause = None;
    for param in generics.type_params_mut() {
        param.colon_token = None;
        param.bounds.clear();
    }
    generics
}

/// The generics of a struct that borrows, as if it borrowed forever. It was already refused; with
/// this, what is generated is still there for the rest of the program.
fn without_lifetimes(generics: &Generics) -> Generics {
    let mut owned = Generics::default();
    let params = generics
        .params
        .iter()
        .filter(|param| !matches!(param, GenericParam::Lifetime(_)));
    let params = params.map(|param| forever(param.to_token_stream(), generics));
    owned.params = params
        .filter_map(|param| syn::parse2::<GenericParam>(param).ok())
        .collect();
    let predicates = generics
        .where_clause
        .iter()
        .flat_map(|clause| &clause.predicates);
    let predicates =
        predicates.filter(|predicate| !matches!(predicate, WherePredicate::Lifetime(_)));
    for predicate in predicates.map(|predicate| forever(predicate.to_token_stream(), generics)) {
        let predicate = syn::parse2::<WherePredicate>(predicate);
        owned.make_where_clause().predicates.extend(predicate);
    }
    owned
}

/// Writes `'static` for the lifetimes that `generics` declares.
fn forever(tokens: TokenStream, generics: &Generics) -> TokenStream {
    let mut quoted = false;
    let write = |token| match token {
        TokenTree::Ident(ident) if quoted && declares(generics, &ident) => {
            quoted = false;
            Ident::new("static", ident.span()).into()
        }
        TokenTree::Group(group) => {
            let inside = forever(group.stream(), generics);
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
