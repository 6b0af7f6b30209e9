//! The pages a person sees: plain forms, no script.

use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;
use url::Url;

use crate::testing::ledger::Pushed;
use crate::testing::permission;

/// What every form carries along.
pub(super) struct Hidden<'a> {
    pub(super) request_uri: &'a str,
    pub(super) form_token: &'a str,
}

/// Who are you? `typed` is what the person typed before, if that was wrong.
pub(super) fn sign_in(
    form: &Hidden<'_>,
    request: &Pushed,
    typed: Option<&str>,
    problem: Option<&str>,
) -> Response {
    let hint = escape(typed.or(request.login_hint.as_deref()).unwrap_or_default());
    let (name_focus, password_focus) = if hint.is_empty() {
        (" autofocus", "")
    } else {
        ("", " autofocus")
    };
    let body = format!(
        r#"<h1>Sign in</h1>
<p class="lead">to continue to {client}</p>
{alert}<form method="post" action="/oauth/authorize/sign-in">
{hidden}<label for="identifier">Handle</label>
<input id="identifier" name="identifier" value="{hint}" placeholder="alice.test" autocomplete="username" autocapitalize="none" spellcheck="false" required{name_focus}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required{password_focus}>
<label class="check"><input type="checkbox" name="remember" value="yes"> Remember this account on this device</label>
<div class="actions"><button name="decision" value="sign-in">Sign in</button>
<button class="quiet" name="decision" value="cancel" formnovalidate>Cancel</button></div>
</form>
<p class="note">In a test network the password of <code>alice.test</code> is <code>alice-pass</code>.</p>"#,
        client = client(request),
        alert = alert(problem),
        hidden = hidden(form),
    );
    page(status(problem), "Sign in", &body)
}

/// A new account.
pub(super) fn sign_up(form: &Hidden<'_>, request: &Pushed, problem: Option<&str>) -> Response {
    let body = format!(
        r#"<h1>Create an account</h1>
<p class="lead">to continue to {client}</p>
{alert}<form method="post" action="/oauth/authorize/sign-up">
{hidden}<label for="identifier">Handle</label>
<input id="identifier" name="identifier" placeholder="dora.test" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="new-password" required>
<div class="actions"><button name="decision" value="sign-up">Create account</button>
<button class="quiet" name="decision" value="cancel" formnovalidate>Cancel</button></div>
</form>"#,
        client = client(request),
        alert = alert(problem),
        hidden = hidden(form),
    );
    page(status(problem), "Create an account", &body)
}

/// Which of the accounts this browser knows?
pub(super) fn choose(
    form: &Hidden<'_>,
    request: &Pushed,
    accounts: &[(String, String)],
) -> Response {
    let button = |(did, handle): &(String, String)| {
        let (did, handle) = (escape(did), escape(handle));
        format!(
            "<button class=\"account\" name=\"did\" value=\"{did}\"><b>{handle}</b> <small>{did}</small></button>\n"
        )
    };
    let buttons: String = accounts.iter().map(button).collect();
    let body = format!(
        r#"<h1>Choose an account</h1>
<p class="lead">to continue to {client}</p>
<form method="post" action="/oauth/authorize/account">
{hidden}{buttons}<button class="quiet" name="did" value="">Another account</button>
</form>"#,
        client = client(request),
        hidden = hidden(form),
    );
    page(StatusCode::OK, "Choose an account", &body)
}

/// May it?
pub(super) fn consent(form: &Hidden<'_>, request: &Pushed, handle: &str) -> Response {
    let row = |scope: &String| {
        let state = if scope == "atproto" {
            "checked disabled"
        } else {
            "checked"
        };
        let (scope, title) = (escape(scope), escape(&permission::describe(scope)));
        format!(
            "<li><label class=\"check\"><input type=\"checkbox\" name=\"scope\" value=\"{scope}\" {state}> <span>{title}<br><code>{scope}</code></span></label></li>\n"
        )
    };
    let rows: String = request.scope.iter().map(row).collect();
    let back = Url::parse(&request.redirect_uri);
    let back = back.map_or_else(|_| String::new(), |url| url.origin().ascii_serialization());
    let body = format!(
        r#"<h1>Allow access?</h1>
<p class="lead">{client} asks for access to <b>{handle}</b>.</p>
<form method="post" action="/oauth/authorize/consent">
{hidden}<fieldset><legend>It will be able to</legend>
<ul>
{rows}</ul></fieldset>
<div class="actions"><button name="decision" value="allow">Allow</button>
<button class="quiet" name="decision" value="deny">Cancel</button></div>
</form>
<p class="note">You will return to <b>{back}</b>.</p>"#,
        client = client(request),
        handle = escape(handle),
        hidden = hidden(form),
        back = escape(&back),
    );
    page(StatusCode::OK, "Allow access?", &body)
}

/// A dead end; there is no application to lead back to.
pub(super) fn problem(why: &str) -> Response {
    let body = format!("<h1>This does not work</h1>\n{}", alert(Some(why)));
    page(StatusCode::BAD_REQUEST, "Problem", &body)
}

fn client(request: &Pushed) -> String {
    format!("<b>{}</b>", escape(&request.client.name))
}

fn hidden(form: &Hidden<'_>) -> String {
    let field = |name: &str, value: &str| {
        let value = escape(value);
        format!("<input type=\"hidden\" name=\"{name}\" value=\"{value}\">\n")
    };
    field("request_uri", form.request_uri) + &field("form_token", form.form_token)
}

fn alert(problem: Option<&str>) -> String {
    problem.map_or_else(String::new, |problem| {
        format!(
            "<p class=\"alert\" role=\"alert\">{}</p>\n",
            escape(problem)
        )
    })
}

fn status(problem: Option<&str>) -> StatusCode {
    match problem {
        Some(_) => StatusCode::BAD_REQUEST,
        None => StatusCode::OK,
    }
}

fn page(status: StatusCode, title: &str, body: &str) -> Response {
    let html = format!(
        r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title} · test network</title>
<link rel="stylesheet" href="/oauth/authorize/style.css">
</head>
<body>
<header><span class="mark" aria-hidden="true"></span> AT Protocol test network</header>
<main>
{body}
</main>
</body>
</html>
"#
    );
    // No `form-action`: it would block the way back to the application after the form.
    let headers = [
        (
            "content-security-policy",
            "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
        ("referrer-policy", "same-origin"),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
    ];
    (status, headers, Html(html)).into_response()
}

fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}
