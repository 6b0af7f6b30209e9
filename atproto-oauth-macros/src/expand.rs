//! From the arguments and the item to what the attribute writes.

use proc_macro2::{Group, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{DeriveInput, ExprPath, Member, Path, parse_quote};

use crate::aliases::Aliases;
use crate::args::Args;
use crate::errors::Errors;
use crate::generics::This;
use crate::item::{self, Client, Read};
use crate::scopes::Declared;
use crate::span::{at, here};

/// The item as it was written, the mistakes, then the impls and aliases. The last are written after
/// a mistake too, so that the code which uses them is not a second error.
pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let (item, read) = item::read(item, &mut errors);
    let generated = match read {
        Read::Whole(input) => {
            let args = Args::parse(args, &mut errors);
            let client = item::client(&input, &args, &mut errors);
            generate(&input, &args, client, &mut errors)
        }
        Read::Head(input) => {
            let args = Args::parse(args, &mut errors);
            generate(&input, &args, None, &mut errors)
        }
        Read::Nothing => TokenStream::new(),
    };
    let errors = errors.into_tokens();
    quote!(#item #errors #generated)
}

fn generate(
    input: &DeriveInput,
    args: &Args,
    client: Option<Client>,
    errors: &mut Errors,
) -> TokenStream {
    let krate = Krate::new(input, args);
    let this = This::new(input, args.state.is_none());
    let app = app(input, args, client, &krate, &this);
    let functions = functions(input, args, &krate, &this);
    let aliases = Aliases::new(input, args, errors).tokens(input, &krate.path, &this);
    quote!(#app #functions #aliases)
}

/// Where the runtime crate is.
struct Krate {
    path: Path,
    /// The place of what is generated: what is missing in the crate is reported at its path, and the
    /// rest at the struct's name, where lints know that it is generated.
    span: Span,
}

impl Krate {
    fn new(input: &DeriveInput, args: &Args) -> Self {
        let here = here(input.ident.span());
        match &args.krate {
            Some(path) => Self {
                path: path.clone(),
                span: here.located_at(path.span()),
            },
            None => Self {
                path: parse_quote!(::atproto_oauth),
                span: here,
            },
        }
    }
}

/// The trait. It stands in a `const _` with the list of permissions, so that the list is written once
/// and proved even where the struct is generic.
fn app(
    input: &DeriveInput,
    args: &Args,
    client: Option<Client>,
    krate: &Krate,
    this: &This,
) -> TokenStream {
    let This {
        ty, params, bounds, ..
    } = this;
    let Krate { path: krate, span } = krate;
    let span = *span;
    // The compiler reports a second impl from this word on.
    let head = quote_spanned!(input.ident.span()=> impl);
    let state = State::new(input, args, krate, span);
    let (state_is, state_type, state_name) = (&state.is, &state.ty, &state.name);
    let prefix = args
        .prefix
        .as_ref()
        .map_or_else(|| quote!("/oauth"), ToTokens::to_token_stream);
    let accounts = args
        .accounts
        .as_ref()
        .map(|n| quote_spanned!(span=> const ACCOUNTS: u16 = #n;));
    // It never runs where there is no client: that was reported.
    let client = client.map_or_else(|| quote!(::core::unreachable!()), field);
    let hooks = hooks(args, state_name, krate, span);
    let declared = Declared::new(args);
    let (list, checks) = (declared.list(krate, span), declared.checks());
    quote_spanned! {span=>
        const _: () = {
            #list
            #checks
            type __Hook<S> = #krate::Hook<S>;
            #state_is

            #[automatically_derived]
            #head #params #krate::OAuthApp for #ty #bounds {
                #state_type
                const PATHS: #krate::Paths = #krate::Paths::new(#prefix);
                const SCOPES: #krate::DeclaredScopes = __SCOPES;
                #accounts
                fn oauth(&self) -> &#krate::OAuthClient {
                    #client
                }
                fn hooks() -> #krate::Hooks<Self> {
                    #hooks
                }
            }
        };
    }
}

/// The router's state: proved before it is used (see `own::Proved`), so that nothing else is said of one that
/// cannot be a state. That of a generic application stays as it is, as a constant cannot know its parameters.
struct State {
    /// How it comes to be.
    is: Option<TokenStream>,
    /// As the trait has it.
    ty: TokenStream,
    /// As the hooks have it.
    name: TokenStream,
}

impl State {
    fn new(input: &DeriveInput, args: &Args, krate: &Path, span: Span) -> Self {
        // All of it where the user wrote the type, as the compiler reports a private one at the whole.
        let here = args
            .state
            .as_ref()
            .map_or(span, |ty| here(input.ident.span()).located_at(ty.span()));
        let given = args.state.as_ref().map(ToTokens::to_token_stream);
        if !input.generics.params.is_empty() {
            let given = given.unwrap_or_else(|| quote_spanned!(input.ident.span()=> Self));
            return Self {
                is: None,
                ty: quote_spanned!(here=> type State = #given;),
                name: quote!(Self::State),
            };
        }
        let given = given.unwrap_or_else(|| input.ident.to_token_stream());
        let own = quote_spanned!(span=> #krate::__macro::session_extractor);
        let proof = quote_spanned!(here=> #own::thread_safe::<__Given>());
        let whole = quote_spanned!(here=> <__Given as #own::Proved<{ #proof }>>::This);
        Self {
            is: Some(quote_spanned!(here=> type __Given = #given; type __State = #whole;)),
            ty: quote_spanned!(here=> type State = __State;),
            name: quote!(__State),
        }
    }
}

/// `&self.oauth`, at the field's type, where the compiler then reports a wrong one.
fn field(client: Client) -> TokenStream {
    let span = client.ty.span();
    let member = match client.member {
        Member::Named(mut name) => {
            name.set_span(span);
            Member::Named(name)
        }
        number @ Member::Unnamed(_) => number,
    };
    quote_spanned!(span=> &self.#member)
}

fn hooks(args: &Args, state: &TokenStream, krate: &Path, span: Span) -> TokenStream {
    let hook = |path| hook(path, state);
    let Some(callback) = args.callback.as_ref().map(hook) else {
        // It never runs: that was reported.
        return quote!(::core::unreachable!());
    };
    let logout = args.logout.iter().map(hook);
    let error = args.error.iter().map(hook);
    quote_spanned!(span=> #krate::Hooks::new(#callback) #(.logout(#logout))* #(.error(#error))*)
}

/// `Hook::new(signed_in)`, all of it at the path of the function, where the compiler then reports what
/// is wrong with the function. The crate's path stays out of it (`__Hook` is an alias): a mistake in
/// `crate = …` is no mistake of the function's.
fn hook(path: &ExprPath, state: &TokenStream) -> TokenStream {
    let start = path.span();
    let mut function = Group::new(proc_macro2::Delimiter::Parenthesis, path.to_token_stream());
    // A path's own span is that of its first token; with the last one here, the whole is underlined.
    let end = path
        .path
        .segments
        .last()
        .map_or(start, |last| last.ident.span());
    function.set_span(end);
    let new = at(start, quote!(__Hook::<#state>::new));
    quote!(#new #function)
}

fn functions(input: &DeriveInput, args: &Args, krate: &Krate, this: &This) -> TokenStream {
    let This {
        ty, params, bounds, ..
    } = this;
    let Krate { path: krate, span } = krate;
    let span = *span;
    let vis = at(here(input.ident.span()), input.vis.to_token_stream());
    let state = if args.state.is_some() {
        quote_spanned!(span=> <Self as #krate::OAuthApp>::State)
    } else {
        quote_spanned!(span=> Self)
    };
    quote_spanned! {span=>
        impl #params #ty #bounds {
            /// The routes people sign in and out with; merge them into your router, or add yours.
            #vis fn oauth_routes() -> #krate::__macro::axum::Router<#state> {
                #krate::routes::<Self>()
            }
            /// A client builder that knows the paths and permissions of this application.
            #vis fn oauth_builder() -> #krate::OAuthClientBuilder {
                #krate::OAuthClient::builder().app::<Self>()
            }
            /// A client of this application, configured by the environment.
            ///
            /// # Errors
            /// A setting that is missing or wrong, in one sentence that names it, or a store that
            /// cannot be opened.
            #vis async fn oauth_from_env() -> ::core::result::Result<#krate::OAuthClient, #krate::Error> {
                #krate::oauth_from_env::<Self>().await
            }
        }
    }
}

#[cfg(test)]
mod completion;
#[cfg(test)]
mod tests;
