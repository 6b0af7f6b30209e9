/// Documented.
#[derive(Clone, FromRef)]
#[serde(rename = "app")]
pub(crate) struct App<D: Database = Postgres, const N: usize = 3>(
    OAuthClient,
    #[from_ref(skip)]
    pub OAuthClient,
    [D; N],
)
where
    D: Debug;
const _: () = {
    const __ALWAYS: &[&str] = &["atproto", POST];
    const __OPTIONAL: &[&str] = &["blob:image/*"];
    const __SCOPES: vendored::auth::DeclaredScopes = vendored::auth::DeclaredScopes::new(
        __ALWAYS,
        __OPTIONAL,
    );
    const _: () = __SCOPES.check(0);
    const _: () = __SCOPES.check(1);
    const _: () = __SCOPES.check(2);
    const _: () = __SCOPES.check_atproto();
    type __Hook<S> = vendored::auth::Hook<S>;
    #[automatically_derived]
    impl<D: Database, const N: usize> vendored::auth::OAuthApp for App<D, N>
    where
        D: Debug,
        D: ::core::marker::Send + ::core::marker::Sync + 'static,
    {
        type State = Arc<App<D, N>>;
        const PATHS: vendored::auth::Paths = vendored::auth::Paths::new("/sign-in");
        const SCOPES: vendored::auth::DeclaredScopes = __SCOPES;
        const ACCOUNTS: u16 = 1;
        fn oauth(&self) -> &vendored::auth::OAuthClient {
            &self.1
        }
        fn hooks() -> vendored::auth::Hooks<Self> {
            vendored::auth::Hooks::new(__Hook::<Self::State>::new(pages::signed_in::<D>))
                .logout(__Hook::<Self::State>::new(App::signed_out))
                .error(__Hook::<Self::State>::new(<App<D> as Pages>::sorry))
        }
    }
};
impl<D: Database, const N: usize> App<D, N>
where
    D: Debug,
    D: ::core::marker::Send + ::core::marker::Sync + 'static,
{
    /// The routes people sign in and out with; merge them into your router, or add yours.
    pub(crate) fn oauth_routes() -> vendored::auth::__macro::axum::Router<
        <Self as vendored::auth::OAuthApp>::State,
    > {
        vendored::auth::routes::<Self>()
    }
    /// A client builder that knows the paths and permissions of this application.
    pub(crate) fn oauth_builder() -> vendored::auth::OAuthClientBuilder {
        vendored::auth::OAuthClient::builder().app::<Self>()
    }
    /// A client of this application, configured by the environment.
    ///
    /// # Errors
    /// A setting that is missing or wrong, in one sentence that names it, or a store that
    /// cannot be opened.
    pub(crate) async fn oauth_from_env() -> ::core::result::Result<
        vendored::auth::OAuthClient,
        vendored::auth::Error,
    > {
        vendored::auth::oauth_from_env::<Self>().await
    }
}
/// The session of the account that is signed in to [`App`].
pub(crate) type Person<D = Postgres, const N: usize = 3> = vendored::auth::Session<
    App<D, N>,
>;
/// The key that a session of [`App`] is stored under.
pub(crate) type PersonKey<D = Postgres, const N: usize = 3> = vendored::auth::SessionKey<
    App<D, N>,
>;
