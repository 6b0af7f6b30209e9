//! `#[derive(SessionExtractor)]`: from a struct to an extractor.

mod args;
mod fallback;
mod fields;

use proc_macro2::{Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{
    Data, DeriveInput, Expr, Fields, Generics, Path, Type, parse_quote, parse_quote_spanned,
};

use crate::errors::Errors;
use crate::span::{at, here};
use crate::spell::spell;
use args::Container;

/// The mistakes, then the impls. Where the struct itself cannot be one, or does not say whose session it
/// is, the impls are empty ones, so that the handlers which take it are not a second error.
pub(crate) fn expand(item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let Ok(input) = syn::parse2::<DeriveInput>(item) else {
        // The compiler says what is wrong with an item that is none.
        return TokenStream::new();
    };
    let container = Container::read(&input, &mut errors);
    let krate = container.krate();
    let fields = fields(&input, &mut errors);
    let inits = fields.and_then(|fields| fields::inits(fields, &mut errors));
    let impls = match (&container.app, inits) {
        (Some(app), Some(inits)) => impls(&input, &container, app, &krate, &inits),
        _ => fallback::impls(&input, &krate),
    };
    let errors = errors.into_tokens();
    quote!(#errors #impls)
}

/// The fields of a struct that owns what it holds.
fn fields<'a>(input: &'a DeriveInput, errors: &mut Errors) -> Option<&'a Fields> {
    let name = &input.ident;
    let (keyword, kind) = match &input.data {
        Data::Struct(data) => match input.generics.lifetimes().next() {
            None => return Some(&data.fields),
            Some(param) => {
                let lifetime = &param.lifetime;
                errors.at(
                    param,
                    format!(
                        "`{name}` cannot borrow, because it is made anew for each request; own the data, \
                         and remove `{lifetime}`"
                    ),
                );
                return None;
            }
        },
        Data::Enum(data) => (data.enum_token.to_token_stream(), "an enum"),
        Data::Union(data) => (data.union_token.to_token_stream(), "a union"),
    };
    errors.at(
        keyword,
        format!("`SessionExtractor` goes on a struct and `{name}` is {kind}; hold it in a struct"),
    );
    None
}

fn impls(
    input: &DeriveInput,
    container: &Container,
    app: &Type,
    krate: &Path,
    inits: &TokenStream,
) -> TokenStream {
    let name = &input.ident;
    let (_, arguments, _) = input.generics.split_for_impl();
    let is_generic = mentions_any(app.to_token_stream(), &input.generics);
    let (app_is, app_type) = proved(app, "App", "app", &input.generics);
    let proofs = Proofs {
        krate,
        app,
        is_generic,
    };
    let requires = &container.requires;
    let (outside, inside) = proofs.of(requires);
    // For an app that is none, which is reported at its own place.
    let fallback = (!requires.is_empty()).then(|| {
        // Where an import that is not needed is no mistake of the user's, wherever `crate` was written.
        let krate = at(here(krate.span()), quote!(#krate));
        quote!(use #krate::__macro::NoScopes as _;)
    });
    let (rejection_is, rejection) = match &container.rejection {
        Some(ty) => {
            let (is, name) = proved(ty, "Rejection", "rejection", &input.generics);
            (
                is,
                quote_spanned!(here(ty.span())=> type Rejection = #name;),
            )
        }
        None => (
            None,
            quote!(
                type Rejection = __own::SessionRejection;
            ),
        ),
    };
    // At the user's type, as the compiler reports a private one at the whole.
    let app_type = quote_spanned!(here(app.span())=> type App = #app_type;);
    // The permissions are written once, so that a wrong one is reported once.
    let list = quote!(&[#(#requires),*]);
    let (constant, list) = if is_generic || requires.is_empty() {
        (None, list)
    } else {
        let constant = quote!(const __REQUIRES: &[&str] = #list;);
        (Some(constant), quote!(__REQUIRES))
    };
    // What the runtime crate lacks is reported at its path, if that was written.
    let span = container.place();
    let own = owned(&input.generics);
    let (params, _, bounds) = own.split_for_impl();
    let with_state = with_state(&own, krate, span);
    let (state_params, _, state_bounds) = with_state.split_for_impl();
    let extractor = quote_spanned!(span=> <Self as #krate::SessionExtractor>);
    quote_spanned! {span=>
        const _: () = {
            use #krate::__macro::session_extractor as __own;
            #fallback
            #app_is
            #rejection_is
            #constant
            #outside
            #[automatically_derived]
            impl #params #krate::SessionExtractor for #name #arguments #bounds {
                #app_type
                #rejection
                const REQUIRES: &'static [&'static str] = #list;
                async fn from_session(
                    __session: &#krate::Session<Self::App>,
                    __app: &Self::App,
                ) -> ::core::result::Result<Self, __own::NotMade> {
                    #inside
                    let _ = (__session, __app);
                    ::core::result::Result::Ok(Self { #inits })
                }
            }
            #[automatically_derived]
            impl #state_params #krate::__macro::axum::extract::FromRequestParts<__S> for #name #arguments #state_bounds {
                type Rejection = #extractor::Rejection;
                async fn from_request_parts(
                    parts: &mut #krate::__macro::axum::http::request::Parts,
                    state: &__S,
                ) -> ::core::result::Result<Self, Self::Rejection> {
                    __own::extract(parts, state).await
                }
            }
            #[automatically_derived]
            impl #state_params #krate::__macro::axum::extract::OptionalFromRequestParts<__S> for #name #arguments #state_bounds {
                type Rejection = #extractor::Rejection;
                async fn from_request_parts(
                    parts: &mut #krate::__macro::axum::http::request::Parts,
                    state: &__S,
                ) -> ::core::result::Result<::core::option::Option<Self>, Self::Rejection> {
                    __own::extract_optional(parts, state).await
                }
            }
        };
    }
}

/// The type of an argument, as `__App`, and how that comes to be: given once, so that a wrong one is reported
/// once, and proved before it is used (see `own::Proved`), so that nothing else is said of it. One with type
/// parameters stays as it is, as a constant cannot know them.
fn proved(
    ty: &Type,
    name: &str,
    proof: &str,
    generics: &Generics,
) -> (Option<TokenStream>, TokenStream) {
    if mentions_any(ty.to_token_stream(), generics) {
        return (None, ty.to_token_stream());
    }
    let span = here(ty.span());
    let given = Ident::new(&format!("__Given{name}"), span);
    let name = Ident::new(&format!("__{name}"), span);
    let proof = Ident::new(proof, span);
    let whole =
        quote_spanned!(span=> <#given as __own::Proved<{ __own::#proof::<#given>() }>>::This);
    let aliases = quote! {
        type #given = #ty;
        type #name = #whole;
    };
    (Some(aliases), name.to_token_stream())
}

/// The permissions are proved where the struct is, or, for an app with type parameters, where the
/// function is compiled for a certain app.
struct Proofs<'a> {
    krate: &'a Path,
    app: &'a Type,
    is_generic: bool,
}

impl Proofs<'_> {
    fn of(&self, requires: &[Expr]) -> (TokenStream, TokenStream) {
        let (mut outside, mut inside) = (TokenStream::new(), TokenStream::new());
        for (n, literal) in requires.iter().enumerate() {
            let proof = self.one(n, literal.span());
            if self.is_generic {
                inside.extend(quote!(const { #proof };));
            } else {
                outside.extend(quote!(const _: () = { #proof };));
            }
        }
        (outside, inside)
    }

    /// All of it is where the literal is, and there the compiler reports it.
    fn one(&self, n: usize, span: Span) -> TokenStream {
        let Self {
            krate,
            app,
            is_generic,
        } = self;
        let shown = spell(app.to_token_stream());
        let (app, required) = if *is_generic {
            let this = quote!(<Self as #krate::SessionExtractor>);
            (quote!(#this::App), quote!(#this::REQUIRES))
        } else {
            (quote!(__GivenApp), quote!(__REQUIRES))
        };
        let krate = at(span, quote!(#krate));
        let (app, required) = (at(span, app), at(span, required));
        let n = Literal::usize_unsuffixed(n);
        quote_spanned! {span=>
            #krate::__macro::require_nth(#krate::__macro::ScopesOf::<#app>::SCOPES, #shown, #required, #n)
        }
    }
}

/// Values are made in one task and used in another, as the app itself is.
fn owned(generics: &Generics) -> Generics {
    let mut own = generics.clone();
    for param in generics.type_params() {
        let name = &param.ident;
        own.make_where_clause()
            .predicates
            .push(parse_quote!(#name: ::core::marker::Send + ::core::marker::Sync + 'static));
    }
    own
}

/// With the router's state, which holds the app.
fn with_state(own: &Generics, krate: &Path, span: Span) -> Generics {
    let mut generics = own.clone();
    generics.params.push(parse_quote_spanned!(span=> __S));
    generics
        .make_where_clause()
        .predicates
        .push(parse_quote_spanned!(span=>
            __S: #krate::HasOAuth<<Self as #krate::SessionExtractor>::App>
                + ::core::marker::Send + ::core::marker::Sync + 'static
        ));
    generics
}

fn mentions_any(tokens: TokenStream, generics: &Generics) -> bool {
    let is_param = |word: &Ident| {
        let mut types = generics.type_params().map(|param| &param.ident);
        let mut consts = generics.const_params().map(|param| &param.ident);
        types.any(|name| name == word) || consts.any(|name| name == word)
    };
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(word) => is_param(&word),
        TokenTree::Group(group) => mentions_any(group.stream(), generics),
        _ => false,
    })
}

#[cfg(test)]
mod tests;
