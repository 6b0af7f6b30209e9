//! A person in headless Chromium, driven through `browser/drive.mjs`.

use std::env;
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use super::{Account, Network, installed};

/// The driver gives up on a step after a minute; this is for a driver that is gone.
const DRIVER_ANSWER_LIMIT: Duration = Duration::from_mins(2);

/// A browser with a profile of its own, and one page. Selectors are Playwright's. Every step panics
/// with the page's address if it does not succeed.
pub(crate) struct Browser {
    child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl Browser {
    /// Opens one that reaches `network` and the rest of loopback, and nothing else.
    pub(crate) async fn open(network: &Network) -> Browser {
        Browser::start(network, true).await
    }

    /// The same for a person who has switched scripts off.
    pub(crate) async fn without_scripts(network: &Network) -> Browser {
        Browser::start(network, false).await
    }

    async fn start(network: &Network, javascript: bool) -> Browser {
        let mut command = Command::from(installed::node());
        let mut child = command
            .arg(installed::script("browser/drive.mjs"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node of the reference server; run `tests/real/install`");
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut browser = Browser {
            child,
            input,
            output,
        };
        let executable = env::var("ATPROTO_CHROMIUM").unwrap_or("/usr/bin/chromium".into());
        let setup = json!({
            "executable": executable, "resolve": rules(network), "javascript": javascript
        });
        browser.ask(&setup).await;
        browser
    }

    /// Types an address; returns the status of what it led to.
    pub(crate) async fn goto(&mut self, url: &str) -> u64 {
        self.call("goto", json!([url])).await.as_u64().unwrap()
    }

    pub(crate) async fn fill(&mut self, selector: &str, text: &str) {
        self.call("fill", json!([selector, text])).await;
    }

    pub(crate) async fn click(&mut self, selector: &str) {
        self.call("click", json!([selector])).await;
    }

    /// Clicks on what leads to another page, or to the same page anew, and waits until it is there.
    pub(crate) async fn follow(&mut self, selector: &str) {
        self.call("follow", json!([selector])).await;
    }

    /// Waits until the address matches, for example `**/callback?*`.
    pub(crate) async fn wait_for_url(&mut self, glob: &str) {
        self.call("waitForUrl", json!([glob])).await;
    }

    pub(crate) async fn url(&mut self) -> String {
        self.string("url", json!([])).await
    }

    /// What the person reads there.
    pub(crate) async fn text(&mut self, selector: &str) -> String {
        self.string("text", json!([selector])).await
    }

    /// Errors of scripts and refusals of the content security policy, since last asked.
    pub(crate) async fn complaints(&mut self) -> Vec<String> {
        serde_json::from_value(self.call("complaints", json!([])).await).unwrap()
    }

    /// On the reference server's own page, which knows from `login_hint` who it is: signs in and
    /// agrees.
    pub(crate) async fn allow(&mut self, account: &Account) {
        self.sign_in(account).await;
        self.click("role=button[name=/authorize|allow/i]").await;
    }

    /// Signs in there, and then says no.
    pub(crate) async fn deny(&mut self, account: &Account) {
        self.sign_in(account).await;
        self.click("role=button[name=/deny|cancel/i]").await;
    }

    async fn sign_in(&mut self, account: &Account) {
        self.fill("input[name=password]", &account.password).await;
        self.click("button[type=submit]").await;
    }

    /// Any other of the calls in `drive.mjs`.
    pub(crate) async fn call(&mut self, call: &str, args: Value) -> Value {
        self.ask(&json!({ "call": call, "args": args })).await
    }

    async fn string(&mut self, call: &str, args: Value) -> String {
        self.call(call, args).await.as_str().unwrap().to_owned()
    }

    async fn ask(&mut self, question: &Value) -> Value {
        self.input
            .write_all(format!("{question}\n").as_bytes())
            .await
            .unwrap();
        let line = timeout(DRIVER_ANSWER_LIMIT, self.output.next_line())
            .await
            .expect("the driver is silent");
        let line = line
            .unwrap()
            .expect("the driver ended; its words are on standard error");
        let mut answer: Value = serde_json::from_str(&line).unwrap();
        match answer.get("error") {
            None => answer["ok"].take(),
            Some(error) => panic!("{}", error.as_str().unwrap()),
        }
    }

    /// Waits until it is gone. Dropping it closes it too, a moment later.
    pub(crate) async fn close(mut self) {
        drop(self.input);
        let ended = timeout(DRIVER_ANSWER_LIMIT, self.child.wait()).await;
        if ended.is_err() {
            self.child.kill().await.unwrap();
            panic!("the driver did not end within {DRIVER_ANSWER_LIMIT:?}, and was killed");
        }
    }
}

/// Chromium's own form of a hosts file.
fn rules(network: &Network) -> String {
    let mut rules = Vec::new();
    if let Some(tls) = &network.ready.tls {
        for domain in [&tls.domain, &tls.app_domain] {
            rules.push(format!("MAP *.{domain}:443 127.0.0.1:{}", tls.port));
        }
    }
    rules.push("MAP * ~NOTFOUND,EXCLUDE localhost,EXCLUDE 127.0.0.1".into());
    rules.join(",")
}
