//! Checks whether the server is configured to keep what it acknowledged.

use super::connection::{Answer, Connection, text_of};
use crate::store::StoreError;

const SETTINGS: [&str; 4] = [
    "appendonly",
    "appendfsync",
    "no-appendfsync-on-rewrite",
    "maxmemory-policy",
];

/// What is missing for "nothing that was answered is lost"; nothing, if all is well.
pub(super) async fn shortcomings(connection: &Connection) -> Result<Vec<&'static str>, StoreError> {
    let mut settings = Vec::new();
    for name in SETTINGS {
        let mut command = redis::cmd("CONFIG");
        command.arg("GET").arg(name);
        settings.push(match connection.ask(&command).await? {
            Answer::Value(value) => text_of(&value, name).map(str::to_owned),
            // Many hosted servers do not allow reading the settings.
            Answer::Refusal(_) => None,
        });
    }
    let settings: Vec<_> = settings.iter().map(Option::as_deref).collect();
    Ok(judge(&settings))
}

fn judge(settings: &[Option<&str>]) -> Vec<&'static str> {
    let &[
        Some(appendonly),
        Some(appendfsync),
        Some(pauses),
        Some(policy),
    ] = settings
    else {
        return vec![
            "it does not show its configuration; make sure of `appendonly yes`, `appendfsync always` and \
             `maxmemory-policy noeviction`",
        ];
    };
    let mut missing = Vec::new();
    if appendonly != "yes" {
        missing.push(
            "a crash loses what came after its last snapshot; set `appendonly yes` and `appendfsync \
             always`",
        );
    } else if appendfsync != "always" {
        missing.push("a crash may lose the last second and more; set `appendfsync always`");
    }
    if appendonly == "yes" && pauses != "no" {
        missing.push(
            "a crash while it rewrites its journal may lose what came meanwhile; set \
             `no-appendfsync-on-rewrite no`",
        );
    }
    if policy != "noeviction" {
        missing.push("when it is full it may drop sessions; set `maxmemory-policy noeviction`");
    }
    missing
}

#[cfg(test)]
mod tests {
    use super::judge;

    #[test]
    fn only_always_and_noeviction_are_a_promise() {
        for (appendonly, appendfsync, policy, parts) in [
            ("yes", "always", "noeviction", &[][..]),
            ("no", "always", "noeviction", &["last snapshot"]),
            ("yes", "everysec", "noeviction", &["last second"]),
            ("yes", "no", "noeviction", &["last second"]),
            ("yes", "always", "volatile-lru", &["drop sessions"]),
            (
                "no",
                "everysec",
                "allkeys-lru",
                &["last snapshot", "drop sessions"],
            ),
        ] {
            let found = judge(&[
                Some(appendonly),
                Some(appendfsync),
                Some("no"),
                Some(policy),
            ]);
            assert_eq!(found.len(), parts.len(), "{found:?}");
            assert!(
                found
                    .iter()
                    .zip(parts)
                    .all(|(text, part)| text.contains(part))
            );
        }
        let [paused] = judge(&["yes", "always", "yes", "noeviction"].map(Some))[..] else {
            panic!("one is missing")
        };
        assert!(paused.contains("no-appendfsync-on-rewrite no"));
        let hidden = [Some("yes"), None, Some("no"), Some("noeviction")];
        let [unknown] = judge(&hidden)[..] else {
            panic!("one for all")
        };
        assert!(unknown.contains("does not show"));
    }
}
