//! The scope grammar beside the reference implementation, on random permissions.
//!
//! Every run compares the same texts; `SCOPES_SEED=$RANDOM` has others, and a failure shows its seed.

mod allowed;
mod changes;
mod compare;
mod differences;
mod generator;
mod names;
mod reference;

use std::collections::HashSet;
use std::env;

use atproto_oauth::{DeclaredScopes, Scope};

use compare::Comparison;
use differences::{DECLARED, Difference, MEANING, ONLY_OURS, ONLY_THEIRS, SPELLING};
use generator::Generator;
use reference::Reference;

const TEXTS: usize = 100_000;

/// Once a difference, or nearly; beside the examples of those that are known.
const REGRESSIONS: &[&str] = &[
    "",
    "?",
    "repo",
    "repo?",
    "repo:a.b.c?&",
    "repo:a.b.c??",
    "repo?collection",
    "repo?%63ollection=a.b.c",
    "repo?collection=a.b.c&collection=a.b.c",
    "rpc:a.b.c?aud=did:web:x%23s%2Bt",
    "rpc:a.b.c?aud=did:web:x%23a%2541",
    "rpc?lxm=a.b.c&lxm=*&aud=*",
    "blob:%FF/png",
    "blob?accept=%FF/png",
    "blob?accept=image/*&accept=image/*",
    "blob:image/*/",
    "account:status",
    "identity:%2A",
    "include:a.b.c?aud=*",
    "include:a.b.c?aud=did:plc:ewvi7nxzyoun6zhxrhs64oi%23s",
];

/// SC-01, SC-02, SC-03, SC-04, SC-05, SC-06, SC-07, SC-08, SC-09, SC-10, SC-12, SC-13, SC-14
#[test]
#[ignore = "left out: needs the reference server; `tests/run` brings it"]
fn sc_02_the_same_texts_are_permissions() {
    let seed = seed();
    let mut reference = Reference::start();
    let texts = texts(seed);
    let theirs = reference.normal(texts.iter().map(String::as_str));
    let mut validity = Comparison::new("is a permission", seed);
    let mut declared = Comparison::new("can be declared", seed);
    let mut both = Vec::new();
    for (text, theirs) in texts.iter().zip(theirs) {
        let ours = text.parse::<Scope>().ok();
        match (&ours, &theirs) {
            (Some(_), None) => validity.differs(ONLY_OURS, text),
            (None, Some(_)) => validity.differs(ONLY_THEIRS, text),
            _ => validity.agrees(),
        }
        // What the compiler lets through is understood.
        if ours.is_some() && can_be_declared(text) {
            match theirs {
                Some(_) => declared.agrees(),
                None => declared.differs(DECLARED, text),
            }
        }
        both.extend(ours.zip(theirs));
    }
    let (count, version) = (both.len(), &reference.version);
    println!("seed {seed}, @atproto/oauth-scopes {version}: {count} are permissions for both");
    validity.close(&[ONLY_OURS, ONLY_THEIRS]);
    declared.close(&[DECLARED]);
    normal_forms(seed, &mut reference, &both);
    assert!(count * 10 > texts.len() * 3, "too few are valid: {count}");
}

/// SC-13: the normal forms mean the same, and are spelled alike.
fn normal_forms(seed: u64, reference: &mut Reference, both: &[(Scope, String)]) {
    let again = reference.normal(both.iter().map(|(ours, _)| ours.canonical()));
    let mut meaning = Comparison::new("has a normal form of the same meaning", seed);
    let mut spelling = Comparison::new("has a normal form of the same spelling", seed);
    for ((ours, theirs), again) in both.iter().zip(again) {
        let again = again.unwrap_or_else(|| panic!("{} is refused", ours.canonical()));
        let means_the_same = |text: &str| text.parse::<Scope>().is_ok_and(|scope| scope == *ours);
        if means_the_same(theirs) {
            meaning.agrees();
            // So it is for the reference, too.
            assert!(means_the_same(&again), "{ours}");
        } else {
            meaning.differs(MEANING, ours.as_str());
        }
        if ours.canonical() == theirs {
            spelling.agrees();
        } else {
            spelling.differs(SPELLING, ours.as_str());
        }
    }
    meaning.close(&[MEANING]);
    spelling.close(&[SPELLING]);
}

/// Different texts: random ones, and those that are always there.
fn texts(seed: u64) -> Vec<String> {
    let examples = [ONLY_THEIRS, ONLY_OURS, DECLARED, MEANING, SPELLING]
        .into_iter()
        .flatten();
    let fixed = REGRESSIONS
        .iter()
        .copied()
        .chain(examples.map(|known: &Difference| known.example));
    let mut seen = HashSet::new();
    let mut texts: Vec<String> = fixed
        .map(str::to_owned)
        .filter(|text| seen.insert(text.clone()))
        .collect();
    let mut generator = Generator::new(seed, false);
    while texts.len() < TEXTS {
        let text = generator.text();
        if seen.insert(text.clone()) {
            texts.push(text);
        }
    }
    texts
}

/// As the compiler has it, which checks the same while it compiles.
fn can_be_declared(text: &str) -> bool {
    let text: &'static str = text.to_owned().leak();
    let list = match text {
        "atproto" => vec![text],
        // It cannot be declared alone.
        "transition:chat.bsky" => vec!["atproto", "transition:generic", text],
        _ => vec!["atproto", text],
    };
    DeclaredScopes::new(list.leak(), &[]).validate().is_ok()
}

/// `SCOPES_SEED`, or one that is always the same: who changes something else is not to meet news of this.
fn seed() -> u64 {
    match env::var("SCOPES_SEED") {
        Ok(seed) => seed
            .parse()
            .expect("`SCOPES_SEED` is not a number; write the seed that was printed"),
        Err(_) => 1_752_943_187_379_686_604,
    }
}
