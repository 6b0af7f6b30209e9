// mistakes: 1
//! An emoji says how you are. People sign in with no permission to speak of; the one that writing
//! needs is asked for when a person gets to it.

use atproto_oauth::prelude::*;
use atproto_oauth::web::pages::escape;
use axum::Form;
use axum::response::{Html, Redirect};
use axum::routing::get;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

const STATUS: &str = "xyz.statusphere.status";

const EMOJI: &str = "👍 👎 💙 🥹 😧 😤 🙃 😉 😎 🤓 🤨 🥳 😭 🤯 🤫 💀 ✊ 🤘 👀 🧠 👩‍💻 🧑‍💻 🥷 🧌 🦋 🚀";

#[atproto_oauth(
    callback = back,
    scopes = ["atproto"],
)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

/// A person who may set their status. One who has not allowed that yet is asked, and comes back.
#[derive(SessionExtractor)]
#[session(app = App, requires = ["repo:xyz.statusphere.status?action=create"])]
struct Author {
    session: AppSession,
}

#[derive(serde::Deserialize)]
struct New {
    status: String,
}

async fn back(login: Login<App>) -> Redirect {
    Redirect::to(login.return_to())
}

async fn home(session: Option<AppSession>) -> Result<Html<String>, XrpcError> {
    let Some(session) = session else {
        return Ok(page(
            "<h1>How are you?</h1>\n<p>Say it with an emoji. It is kept in your own account, where \
             every app can read it.</p>\n<a class=\"button\" href=\"/oauth/login\">Sign in</a>",
        ));
    };
    let ours = json!({ "repo": session.did(), "collection": STATUS, "limit": 20 });
    let list: Value = session.query("com.atproto.repo.listRecords", &ours).await?;
    let records = list["records"].as_array().into_iter().flatten();
    let rows: String = records.map(|record| row(&record["value"])).collect();
    let rows = match rows.is_empty() {
        true => "<p class=\"quiet\">Nothing yet.</p>".to_owned(),
        false => format!("<ol>\n{rows}</ol>"),
    };
    Ok(page(&format!(
        "<h1>{}</h1>\n<a class=\"button\" href=\"/status\">Set your status</a>\n{rows}\n{}",
        escape(session.display_name()),
        session.logout_form()
    )))
}

/// One status, from a repository that any app may have written to.
fn row(record: &Value) -> String {
    let text = |name: &str| escape(record[name].as_str().unwrap_or("?"));
    let (status, time) = (text("status"), text("createdAt"));
    let day = time.split('T').next().unwrap_or_default();
    format!("<li><b>{status}</b> <time datetime=\"{time}\">{day}</time></li>\n")
}

async fn choose(author: Author) -> Html<String> {
    let button = |emoji| format!("<button name=\"status\" value=\"{emoji}\">{emoji}</button>\n");
    let buttons: String = EMOJI.split(' ').map(button).collect();
    page(&format!(
        "<h1>How are you?</h1>\n<p class=\"quiet\">This goes into the account of {}.</p>\n\
         <form class=\"emoji\" method=\"post\">\n{buttons}</form>\n<a href=\"/\">Back</a>",
        escape(author.session.display_name())
    ))
}

async fn set(author: Author, Form(new): Form<New>) -> Result<Redirect, XrpcError> {
    let now = OffsetDateTime::now_utc().format(&Rfc3339);
    if let (true, Ok(now)) = (EMOJI.split(' ').any(|emoji| emoji == new.status), now) {
        let record = json!({ "status": new.status, "createdAt": now });
        author.session.create_record(STATUS, &record).await?;
    }
    Ok(Redirect::to("/"))
}

fn page(content: &str) -> Html<String> {
    Html(format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Statusphere</title>\n<style>{}</style>\n<main>\n{content}\n</main>\n",
        include_str!("../../../examples/statusphere/src/style.css")
    ))
}

#[tokio::main]
async fn main() -> Result<(), atproto_oauth::Error> {
    let oauth = App::oauth_from_env().await?;
    let routes = App::oauth_routes()
        .route("/", get(home))
        .route("/status", get(choose).post(set));
    serve(routes, App { oauth }).await
}
