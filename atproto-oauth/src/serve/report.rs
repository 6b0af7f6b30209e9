//! What is printed at the start: where to look, what is served, what is missing.

use std::fmt::Write;
use std::net::SocketAddr;

use crate::client::OAuthClient;
use crate::web::OAuthApp;

/// The report on the application `A`.
pub(super) fn of<A: OAuthApp>(client: &OAuthClient, address: SocketAddr) -> String {
    let mut report = Report(String::new());
    let base_url = client.base_url().as_str();
    if client.is_loopback() {
        report.line(format_args!("open {base_url}"));
    } else {
        report.line(format_args!("{base_url} is served at {address}"));
    }
    report.line(format_args!(""));
    report.entry("client id", client.client_id());
    report.entry("client", kind(client));
    for (n, route) in routes::<A>(client).iter().enumerate() {
        report.entry(if n == 0 { "routes" } else { "" }, route);
    }
    report.entry("asks for", client.default_scope());
    if !A::SCOPES.optional().is_empty() {
        report.entry("may ask for", &A::SCOPES.optional().join(" "));
    }
    report.entry("store", &client.vault().describe());
    network(client, &mut report);
    if client.is_loopback() {
        report.line(format_args!(""));
        report.line(format_args!("to deploy it, set"));
        for (name, what) in [
            ("ATPROTO_BASE_URL", "the https origin people visit"),
            ("ATPROTO_SECRET", "from `atproto-oauth keygen`"),
            (
                "ATPROTO_CLIENT_KEYS",
                "from `atproto-oauth keygen`; without, sessions last two weeks",
            ),
            ("ATPROTO_STORE", "where sessions are kept"),
            ("ATPROTO_LISTEN", "the address to listen at"),
        ] {
            report.line(format_args!("  {name:<20} {what}"));
        }
    }
    report.line(format_args!(""));
    report.0
}

struct Report(String);

impl Report {
    fn entry(&mut self, name: &str, value: &str) {
        self.line(format_args!("  {name:<12} {value}"));
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _ = writeln!(self.0, "{line}");
    }
}

fn kind(client: &OAuthClient) -> &'static str {
    if client.is_loopback() {
        "the loopback client of development; nothing has to be registered"
    } else if client.is_confidential() {
        "confidential"
    } else {
        "public: sessions end after two weeks at the latest; for longer ones set `ATPROTO_CLIENT_KEYS` \
         (`atproto-oauth keygen` makes one)"
    }
}

fn routes<A: OAuthApp>(client: &OAuthClient) -> Vec<String> {
    let paths = A::PATHS;
    let document = client.client_id().strip_prefix(client.base_url().as_str());
    let document = document.map_or_else(|| paths.client_metadata(), str::to_owned);
    let mut routes = vec![
        format!("GET  POST  {}", paths.login()),
        format!("GET        {}", paths.callback()),
        format!("GET  POST  {}", paths.logout()),
        format!("GET        {document}"),
        format!("GET        {}", paths.jwks()),
    ];
    if A::ACCOUNTS > 1 {
        routes.push(format!("GET        {}", paths.accounts()));
        routes.push(format!("     POST  {}", paths.switch()));
    }
    routes
}

#[cfg(feature = "devnet")]
fn network(client: &OAuthClient, report: &mut Report) {
    let Some(network) = client.extension::<crate::testing::TestNetwork>() else {
        return;
    };
    let accounts = network.accounts();
    for (n, account) in accounts.iter().enumerate() {
        let name = if n == 0 { "accounts" } else { "" };
        report.entry(
            name,
            &format!("{} (password {})", account.handle, account.password),
        );
    }
}

#[cfg(not(feature = "devnet"))]
fn network(_: &OAuthClient, _: &mut Report) {}

#[cfg(test)]
mod tests {
    use super::of;
    use crate::client::OAuthClient;
    use crate::web::OAuthApp;
    use crate::web::testing::{App, client_at};

    async fn report(base_url: &str) -> String {
        let client: OAuthClient = client_at(base_url, App::PATHS).await;
        of::<App>(&client, "127.0.0.1:3000".parse().unwrap())
    }

    #[tokio::test]
    async fn in_development_it_says_where_to_look_and_what_to_set() {
        let report = report("http://127.0.0.1:3000").await;
        assert!(
            report.starts_with("open http://127.0.0.1:3000\n"),
            "{report}"
        );
        for part in [
            "/oauth/callback",
            "/oauth/switch",
            "asks for     atproto\n",
            "memory:",
        ] {
            assert!(report.contains(part), "{part} in {report}");
        }
        for setting in [
            "ATPROTO_BASE_URL",
            "ATPROTO_SECRET",
            "ATPROTO_CLIENT_KEYS",
            "ATPROTO_LISTEN",
        ] {
            assert!(report.contains(setting), "{setting} in {report}");
        }
    }

    #[tokio::test]
    async fn in_production_it_says_what_being_public_costs() {
        let report = report("https://app.example.com").await;
        assert!(
            report.contains("https://app.example.com/oauth/client-metadata.json"),
            "{report}"
        );
        assert!(report.contains("two weeks"), "{report}");
        assert!(!report.contains("to deploy it"), "{report}");
    }
}
