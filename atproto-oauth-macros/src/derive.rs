//! `#[derive(SessionExtractor)]`: from a struct to an extractor.

mod fallback;
mod fields;
mod input;

use darling::FromDeriveInput;
use darling::ast::Fields;
use proc_macro2::{Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{DeriveInput, Expr, Generics, Type, parse_quote_spanned};

use crate::errors::Errors;
use crate::generics::add_thread_bounds;
use crate::paths::CratePath;
use crate::span::{call_site_at, respan};
use crate::tokens::spell;
use input::{Field, Input, StructArguments};

/// Writes the mistakes, then the impls. Where the item is no struct that can be an extractor, or does not say whose
/// session it is, the impls are empty ones, so that the handlers which take it are not a second error.
pub(crate) fn expand(item: TokenStream) -> TokenStream {
    let Ok(item) = syn::parse2::<DeriveInput>(item) else {
        // The compiler reports what is wrong with the item.
        return TokenStream::new();
    };
    let input = match Input::from_derive_input(&item) {
        Ok(input) => input,
        Err(error) => return error.write_errors(),
    };
    let mut errors = Errors::default();
    let args = StructArguments::read(&input, &mut errors);
    let krate = CratePath::new(args.crate_path.as_ref());
    let fields = owned_fields(&input, &mut errors);
    let initializers = fields.and_then(|fields| fields::initializers(fields, &mut errors));
    let impls = match (&args.app, initializers) {
        (Some(app), Some(initializers)) => impls(&input, &args, app, &krate, &initializers),
        _ => fallback::impls(&input, &krate),
    };
    let errors = errors.into_tokens();
    quote!(#errors #impls)
}

/// The fields of a struct that owns what it holds.
fn owned_fields<'a>(input: &'a Input, errors: &mut Errors) -> Option<&'a Fields<Field>> {
    let name = &input.ident;
    let fields = match &input.data {
        Ok(fields) => fields,
        Err(other) => {
            let kind = other.kind;
            errors.at(
                &other.keyword,
                format!(
                    "`SessionExtractor` goes on a struct and `{name}` is {kind}; hold it in a struct"
                ),
            );
            return None;
        }
    };
    let Some(param) = input.generics.lifetimes().next() else {
        return Some(fields);
    };
    let lifetime = &param.lifetime;
    errors.at(
        param,
        format!(
            "`{name}` cannot borrow, because it is made anew for each request; own the data, and remove \
             `{lifetime}`"
        ),
    );
    None
}

fn impls(
    input: &Input,
    args: &StructArguments,
    app: &Type,
    krate: &CratePath,
    initializers: &TokenStream,
) -> TokenStream {
    let name = &input.ident;
    let (_, arguments, _) = input.generics.split_for_impl();
    let is_generic = mentions_any(app.to_token_stream(), &input.generics);
    let (app_aliases, app_type) = proved(app, "App", "app", &input.generics);
    let proofs = Proofs {
        krate,
        app,
        is_generic,
    };
    let requires = args.requires();
    let (outside, inside) = proofs.of(requires);
    // For an `app` that is no application, which is reported at its own place.
    let fallback = (!requires.is_empty()).then(|| {
        let krate = krate.without_warnings();
        let no_scopes = krate.items(Span::call_site()).no_scopes;
        quote!(use #no_scopes as _;)
    });
    let (rejection_aliases, rejection) = match &args.rejection {
        Some(ty) => {
            let (aliases, name) = proved(ty, "Rejection", "rejection", &input.generics);
            let span = call_site_at(ty.span());
            (aliases, quote_spanned!(span=> type Rejection = #name;))
        }
        None => (
            None,
            quote!(
                type Rejection = __own::SessionRejection;
            ),
        ),
    };
    // At the user's type, as the compiler reports a private one at the whole.
    let app_type = quote_spanned!(call_site_at(app.span())=> type App = #app_type;);
    // The scopes are written once, so that a wrong one is reported once.
    let list = quote!(&[#(#requires),*]);
    let (constant, list) = if is_generic || requires.is_empty() {
        (None, list)
    } else {
        let constant = quote!(const __REQUIRES: &[&str] = #list;);
        (Some(constant), quote!(__REQUIRES))
    };
    // What the main crate lacks is reported at its path, if that was written.
    let span = krate.written_at().unwrap_or_else(Span::call_site);
    let items = krate.items(span);
    let (own, session, parts) = (&items.own, &items.session, &items.parts);
    let session_extractor = &items.session_extractor;
    let from_request_parts = &items.from_request_parts;
    let optional_from_request_parts = &items.optional_from_request_parts;
    let mut generics = input.generics.clone();
    // Values are made in one task and used in another, as the application itself is.
    add_thread_bounds(&mut generics);
    let (params, _, bounds) = generics.split_for_impl();
    let with_state = with_state(&generics, krate, span);
    let (state_params, _, state_bounds) = with_state.split_for_impl();
    let extractor = quote_spanned!(span=> <Self as #session_extractor>);
    quote_spanned! {span=>
        const _: () = {
            use #own as __own;
            #fallback
            #app_aliases
            #rejection_aliases
            #constant
            #outside
            #[automatically_derived]
            impl #params #session_extractor for #name #arguments #bounds {
                #app_type
                #rejection
                const REQUIRES: &'static [&'static str] = #list;
                async fn from_session(
                    __session: &#session<Self::App>,
                    __app: &Self::App,
                ) -> ::core::result::Result<Self, __own::NotMade> {
                    #inside
                    let _ = (__session, __app);
                    ::core::result::Result::Ok(Self { #initializers })
                }
            }
            #[automatically_derived]
            impl #state_params #from_request_parts<__S> for #name #arguments #state_bounds {
                type Rejection = #extractor::Rejection;
                async fn from_request_parts(
                    parts: &mut #parts,
                    state: &__S,
                ) -> ::core::result::Result<Self, Self::Rejection> {
                    __own::extract(parts, state).await
                }
            }
            #[automatically_derived]
            impl #state_params #optional_from_request_parts<__S> for #name #arguments #state_bounds {
                type Rejection = #extractor::Rejection;
                async fn from_request_parts(
                    parts: &mut #parts,
                    state: &__S,
                ) -> ::core::result::Result<::core::option::Option<Self>, Self::Rejection> {
                    __own::extract_optional(parts, state).await
                }
            }
        };
    }
}

/// The type of an argument, as `__App`, and the aliases that define it. It is written once, so that a wrong one is
/// reported once, and proved before it is used (see `__macro::session_extractor::Proved`), so that it is one error. A type with type parameters
/// is not proved, as a constant cannot know them.
fn proved(
    ty: &Type,
    name: &str,
    proof: &str,
    generics: &Generics,
) -> (Option<TokenStream>, TokenStream) {
    if mentions_any(ty.to_token_stream(), generics) {
        return (None, ty.to_token_stream());
    }
    let span = call_site_at(ty.span());
    let given = Ident::new(&format!("__Given{name}"), span);
    let name = Ident::new(&format!("__{name}"), span);
    let proof = Ident::new(proof, span);
    let proved =
        quote_spanned!(span=> <#given as __own::Proved<{ __own::#proof::<#given>() }>>::This);
    let aliases = quote! {
        type #given = #ty;
        type #name = #proved;
    };
    (Some(aliases), name.to_token_stream())
}

/// The proofs that the application declares the required scopes. They stand beside the impls, or, for an application with
/// type parameters, in the function that is compiled for one application.
struct Proofs<'a> {
    krate: &'a CratePath,
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

    /// Writes one proof. All its tokens are at the literal, where the compiler then reports it.
    fn one(&self, n: usize, span: Span) -> TokenStream {
        let Self {
            krate,
            app,
            is_generic,
        } = self;
        let shown = spell(app.to_token_stream());
        let (app, required) = if *is_generic {
            let extractor = krate.items(Span::call_site()).session_extractor;
            let this = quote!(<Self as #extractor>);
            (quote!(#this::App), quote!(#this::REQUIRES))
        } else {
            (quote!(__GivenApp), quote!(__REQUIRES))
        };
        let (app, required) = (respan(app, span), respan(required, span));
        let krate = krate.moved_to(span);
        let items = krate.items(span);
        let (require_nth, scopes_of) = (&items.require_nth, &items.scopes_of);
        let n = Literal::usize_unsuffixed(n);
        quote_spanned! {span=>
            #require_nth(#scopes_of::<#app>::SCOPES, #shown, #required, #n)
        }
    }
}

/// The generics with the router's state, which holds the application.
fn with_state(generics: &Generics, krate: &CratePath, span: Span) -> Generics {
    let items = krate.items(span);
    let (has_oauth, session_extractor) = (&items.has_oauth, &items.session_extractor);
    let mut generics = generics.clone();
    generics.params.push(parse_quote_spanned!(span=> __S));
    generics
        .make_where_clause()
        .predicates
        .push(parse_quote_spanned!(span=>
            __S: #has_oauth<<Self as #session_extractor>::App>
                + ::core::marker::Send + ::core::marker::Sync + 'static
        ));
    generics
}

/// The tokens name a type or constant parameter.
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
