pub async fn app() {}
::core::compile_error! {
    "`#[atproto_oauth]` goes on a struct; put it on the one that holds the `OAuthClient`"
}
