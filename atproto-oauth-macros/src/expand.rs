//! From the arguments and the item to what the attribute writes.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{DeriveInput, ExprPath, Member, Path, parse_quote};

use crate::aliases::Aliases;
use crate::args::Args;
use crate::errors::Errors;
use crate::generics::This;
use crate::item::{self, Client, Read};
use crate::scopes::Declared;

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
    let krate = args
        .krate
        .clone()
        .unwrap_or_else(|| parse_quote!(::atproto_oauth));
    let this = This::new(input, args.state.is_none());
    let app = app(input, args, client, &krate, &this);
    let functions = functions(input, args, &krate, &this);
    let aliases = Aliases::new(input, args, errors).tokens(input, &krate, &this);
    quote!(#app #functions #aliases)
}

/// The trait. It stands in a `const _` with the list of permissions, so that the list is written once
/// and proved even where the struct is generic.
fn app(
    input: &DeriveInput,
    args: &Args,
    client: Option<Client>,
    krate: &Path,
    this: &This,
) -> TokenStream {
    let This {
        ty, params, bounds, ..
    } = this;
    let own = || quote_spanned!(input.ident.span()=> Self);
    let head = quote_spanned!(here(input)=> impl);
    let state = args
        .state
        .as_ref()
        .map_or_else(own, ToTokens::to_token_stream);
    let prefix = args
        .prefix
        .as_ref()
        .map_or_else(|| quote!("/oauth"), ToTokens::to_token_stream);
    let accounts = args
        .accounts
        .as_ref()
        .map(|n| quote!(const ACCOUNTS: u16 = #n;));
    let client = client.map_or_else(|| quote!(::core::unreachable!()), field);
    let hooks = hooks(args, krate);
    let declared = Declared::new(args);
    let (list, checks) = (declared.list(krate), declared.checks());
    quote! {
        const _: () = {
            const __SCOPES: #krate::DeclaredScopes = #list;
            #checks
            type __Hook<S> = #krate::Hook<S>;

            #[automatically_derived]
            #head #params #krate::OAuthApp for #ty #bounds {
                type State = #state;
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

fn hooks(args: &Args, krate: &Path) -> TokenStream {
    let Some(callback) = args.callback.as_ref().map(hook) else {
        return quote!(::core::unreachable!());
    };
    let logout = args.logout.iter().map(hook);
    let error = args.error.iter().map(hook);
    quote!(#krate::Hooks::new(#callback) #(.logout(#logout))* #(.error(#error))*)
}

/// `Hook::new(signed_in)`, all of it at the path of the function, where the compiler then reports what
/// is wrong with the function. The crate's path stays out of it (`__Hook` is an alias): a mistake in
/// `crate = …` is no mistake of the function's.
fn hook(path: &ExprPath) -> TokenStream {
    let start = path.span();
    let mut function = Group::new(proc_macro2::Delimiter::Parenthesis, path.to_token_stream());
    // A path's own span is that of its first token; with the last one here, the whole is underlined.
    let end = path
        .path
        .segments
        .last()
        .map_or(start, |last| last.ident.span());
    function.set_span(end);
    let new = at(start, quote!(__Hook::<Self::State>::new));
    quote!(#new #function)
}

fn functions(input: &DeriveInput, args: &Args, krate: &Path, this: &This) -> TokenStream {
    let This {
        ty, params, bounds, ..
    } = this;
    let span = here(input);
    let vis = at(span, input.vis.to_token_stream());
    let state = if args.state.is_some() {
        quote!(<Self as #krate::OAuthApp>::State)
    } else {
        quote!(Self)
    };
    let routes = quote_spanned! {span=>
        #vis fn oauth_routes() -> #krate::axum::Router<#state>
    };
    let builder = quote_spanned!(span=> #vis fn oauth_builder() -> #krate::OAuthClientBuilder);
    let from_env = quote_spanned! {span=>
        #vis async fn oauth_from_env() -> ::core::result::Result<#krate::OAuthClient, #krate::Error>
    };
    quote! {
        impl #params #ty #bounds {
            /// The routes people sign in and out with; merge them into your router, or add yours.
            #routes {
                #krate::routes::<Self>()
            }
            /// A client builder that knows the paths and permissions of this application.
            #builder {
                #krate::OAuthClient::builder().app::<Self>()
            }
            /// A client of this application, configured by the environment.
            ///
            /// # Errors
            /// A setting that is missing or wrong, in one sentence that names it, or a store that
            /// cannot be opened.
            #from_env {
                #krate::oauth_from_env::<Self>().await
            }
        }
    }
}

/// All tokens at one place.
pub(crate) fn at(span: Span, tokens: TokenStream) -> TokenStream {
    let one = |mut token: TokenTree| {
        if let TokenTree::Group(group) = &token {
            token = Group::new(group.delimiter(), at(span, group.stream())).into();
        }
        token.set_span(span);
        token
    };
    tokens.into_iter().map(one).collect()
}

/// The struct's name, as a place of what is generated: the compiler reports there what it cannot
/// report at a token of the attribute, and lints know that nobody wrote it.
pub(crate) fn here(input: &DeriveInput) -> Span {
    Span::call_site().located_at(input.ident.span())
}

#[cfg(test)]
mod completion;
#[cfg(test)]
mod tests;
