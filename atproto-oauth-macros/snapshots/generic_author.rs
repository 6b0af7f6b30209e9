const _: () = {
    use vendored::auth::__macro::session_extractor as __own;
    use vendored::auth::__macro::NoScopes as _;
    type __GivenRejection = ApiError;
    type __Rejection = <__GivenRejection as __own::Proved<
        { __own::rejection::<__GivenRejection>() },
    >>::This;
    #[automatically_derived]
    impl<D: Database, const N: usize> vendored::auth::SessionExtractor for Author<D, N>
    where
        D::Row: Send,
        D: ::core::marker::Send + ::core::marker::Sync + 'static,
    {
        type App = crate::App<D>;
        type Rejection = __Rejection;
        const REQUIRES: &'static [&'static str] = &[POST];
        async fn from_session(
            __session: &vendored::auth::Session<Self::App>,
            __app: &Self::App,
        ) -> ::core::result::Result<Self, __own::NotMade> {
            const {
                vendored::auth::__macro::require_nth(
                    vendored::auth::__macro::ScopesOf::<
                        <Self as vendored::auth::SessionExtractor>::App,
                    >::SCOPES,
                    "crate::App<D>",
                    <Self as vendored::auth::SessionExtractor>::REQUIRES,
                    0,
                )
            };
            let _ = (__session, __app);
            ::core::result::Result::Ok(Self {
                0: __own::take::<Self::App, Did>(__session)?,
                1: __own::load::<
                    Self::App,
                    _,
                    _,
                    [D::Row; N],
                    _,
                >(loaders::rows::<D, N>, __session, __app)
                    .await?,
            })
        }
    }
    #[automatically_derived]
    impl<
        D: Database,
        const N: usize,
        __S,
    > vendored::auth::__macro::axum::extract::FromRequestParts<__S> for Author<D, N>
    where
        D::Row: Send,
        D: ::core::marker::Send + ::core::marker::Sync + 'static,
        __S: vendored::auth::HasOAuth<<Self as vendored::auth::SessionExtractor>::App>
            + ::core::marker::Send + ::core::marker::Sync + 'static,
    {
        type Rejection = <Self as vendored::auth::SessionExtractor>::Rejection;
        async fn from_request_parts(
            parts: &mut vendored::auth::__macro::axum::http::request::Parts,
            state: &__S,
        ) -> ::core::result::Result<Self, Self::Rejection> {
            __own::extract(parts, state).await
        }
    }
    #[automatically_derived]
    impl<
        D: Database,
        const N: usize,
        __S,
    > vendored::auth::__macro::axum::extract::OptionalFromRequestParts<__S>
    for Author<D, N>
    where
        D::Row: Send,
        D: ::core::marker::Send + ::core::marker::Sync + 'static,
        __S: vendored::auth::HasOAuth<<Self as vendored::auth::SessionExtractor>::App>
            + ::core::marker::Send + ::core::marker::Sync + 'static,
    {
        type Rejection = <Self as vendored::auth::SessionExtractor>::Rejection;
        async fn from_request_parts(
            parts: &mut vendored::auth::__macro::axum::http::request::Parts,
            state: &__S,
        ) -> ::core::result::Result<::core::option::Option<Self>, Self::Rejection> {
            __own::extract_optional(parts, state).await
        }
    }
};
