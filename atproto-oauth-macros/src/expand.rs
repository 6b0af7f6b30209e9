//! From the arguments and the item to what the attribute writes.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{DeriveInput, ExprPath, Member, Path, parse_quote};

use crate::args::Args;
use crate::errors::Errors;
use crate::generics::This;
use crate::item::{self, Client};
use crate::scopes::Declared;

/// The item as it was written, the mistakes, then the impls and aliases. The last are written after
/// a mistake too, so that the code which uses them is not a second error.
pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let (item, input) = item::read(item, &mut errors);
    let generated = input.map(|input| {
        let args = Args::parse(args, &mut errors);
        let client = item::client(&input, &args, &mut errors);
        generate(&input, &args, client)
    });
    let errors = errors.into_tokens();
    quote!(#item #errors #generated)
}

fn generate(input: &DeriveInput, args: &Args, client: Option<Client>) -> TokenStream {
    let krate = args
        .krate
        .clone()
        .unwrap_or_else(|| parse_quote!(::atproto_oauth));
    let this = This::new(input, args.state.is_none());
    let app = app(input, args, client, &krate, &this);
    let functions = functions(input, args, &krate, &this);
    let aliases = aliases(input, args, &krate, &this);
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
            impl #params #krate::OAuthApp for #ty #bounds {
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
    let vis = generated(&input.vis);
    let state = if args.state.is_some() {
        quote!(<Self as #krate::OAuthApp>::State)
    } else {
        quote!(Self)
    };
    quote! {
        impl #params #ty #bounds {
            /// The routes people sign in and out with; merge them into your router, or add yours.
            #vis fn oauth_routes() -> #krate::axum::Router<#state> {
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

fn aliases(input: &DeriveInput, args: &Args, krate: &Path, this: &This) -> TokenStream {
    let This {
        ty, alias_params, ..
    } = this;
    let (name, vis) = (&input.ident, generated(&input.vis));
    let alias = |given: &Option<Ident>, suffix: &str| {
        let span = Span::call_site().located_at(name.span());
        given
            .clone()
            .unwrap_or_else(|| format_ident!("{name}{suffix}", span = span))
    };
    let session = alias(&args.session, "Session");
    let key = alias(&args.session_key, "SessionKey");
    let session_doc = format!(" The session of the account that is signed in to [`{name}`].");
    let key_doc = format!(" The key that a session of [`{name}`] is stored under.");
    quote! {
        #[doc = #session_doc]
        #vis type #session #alias_params = #krate::Session<#ty>;
        #[doc = #key_doc]
        #vis type #key #alias_params = #krate::SessionKey<#ty>;
    }
}

/// All tokens at one place.
pub(crate) fn at(span: Span, tokens: TokenStream) -> TokenStream {
    respan(tokens, &|_| span)
}

/// The tokens where they are, but as ours: lints about them are not the user's to answer.
fn generated(tokens: &impl ToTokens) -> TokenStream {
    respan(tokens.to_token_stream(), &|span| {
        Span::call_site().located_at(span)
    })
}

fn respan(tokens: TokenStream, to: &impl Fn(Span) -> Span) -> TokenStream {
    let one = |mut token: TokenTree| {
        if let TokenTree::Group(group) = &token {
            token = Group::new(group.delimiter(), respan(group.stream(), to)).into();
        }
        token.set_span(to(token.span()));
        token
    };
    tokens.into_iter().map(one).collect()
}

#[cfg(test)]
mod tests;
