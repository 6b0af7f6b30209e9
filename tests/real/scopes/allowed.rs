//! What permissions allow, by both implementations.

use atproto_oauth::{Scope, ScopeSet};
use serde_json::{Value, json};

use super::compare::Comparison;
use super::differences::{ALLOWED_BY_THEM, ALLOWED_BY_US, values};
use super::generator::Generator;
use super::reference::Reference;
use super::seed;

const PERMISSIONS: usize = 20_000;
const QUESTIONS: usize = 50_000;

/// CB-14, SC-15
#[test]
#[ignore = "left out: needs the reference server; `tests/run` brings it"]
fn cb_14_the_same_is_allowed() {
    let seed = seed();
    let mut reference = Reference::start();
    let mut generator = Generator::new(seed, true);
    let permissions = valid_for_both(&mut generator, &mut reference);
    let mut cases: Vec<(String, String)> = [ALLOWED_BY_US, ALLOWED_BY_THEM]
        .into_iter()
        .flatten()
        .map(|known| known.example.rsplit_once(' ').unwrap())
        .map(|(held, wanted)| (held.to_owned(), wanted.to_owned()))
        .collect();
    while cases.len() < QUESTIONS {
        cases.push((held(&mut generator, &permissions), wanted(&mut generator)));
    }
    let questions = cases
        .iter()
        .map(|(held, wanted)| json!({ "held": held, "asked": parts(wanted) }));
    let theirs: Vec<bool> = reference.ask(questions.collect());
    let mut comparison = Comparison::new("is allowed", seed);
    let mut yes = 0;
    for ((held, wanted), theirs) in cases.iter().zip(theirs) {
        let ours = ScopeSet::parse_granted(held)
            .unwrap()
            .covers(&wanted.parse().unwrap());
        let texts = format!("{held} {wanted}");
        match (ours, theirs) {
            (true, false) => comparison.differs(ALLOWED_BY_US, &texts),
            (false, true) => comparison.differs(ALLOWED_BY_THEM, &texts),
            _ => comparison.agrees(),
        }
        yes += usize::from(ours && theirs);
    }
    println!("seed {seed}: {yes} are allowed by both");
    comparison.close(&[ALLOWED_BY_US, ALLOWED_BY_THEM]);
    assert!(
        (QUESTIONS / 5..QUESTIONS * 4 / 5).contains(&yes),
        "one-sided questions: {yes}"
    );
}

fn valid_for_both(generator: &mut Generator, reference: &mut Reference) -> Vec<String> {
    let texts: Vec<_> = (0..PERMISSIONS).map(|_| generator.permission()).collect();
    let theirs = reference.normal(texts.iter().map(String::as_str));
    let valid = |(text, theirs): (String, Option<String>)| {
        (theirs.is_some() && text.parse::<Scope>().is_ok()).then_some(text)
    };
    texts.into_iter().zip(theirs).filter_map(valid).collect()
}

/// A grant, perhaps with something unknown.
fn held(generator: &mut Generator, permissions: &[String]) -> String {
    let count = 2 + generator.below(7);
    let mut texts: Vec<_> = (0..count)
        .map(|_| permissions[generator.below(permissions.len())].as_str())
        .collect();
    if generator.below(10) == 0 {
        texts.push("repo:*?new=1");
    }
    texts.join(" ")
}

/// A permission without wildcards for media, which the reference is never asked for.
fn wanted(generator: &mut Generator) -> String {
    let several = 1 + generator.below(5) / 4;
    match generator.below(10) {
        0..4 => {
            let action = generator.pick(&["create", "update", "delete"]);
            let names: Vec<_> = (0..several).map(|_| name(generator)).collect();
            format!(
                "repo?collection={}&action={action}",
                names.join("&collection=")
            )
        }
        4..7 => {
            let names: Vec<_> = (0..several).map(|_| name(generator)).collect();
            let any = names.iter().any(|name| name == "*");
            let service = generator.audience(if any { usize::MAX } else { 3 });
            format!(
                "rpc?lxm={}&aud={}",
                names.join("&lxm="),
                service.replace('#', "%23")
            )
        }
        7 => {
            let media = [
                "image/png",
                "image/PNG",
                "image/webp",
                "text/html",
                "video/mp4",
            ];
            let media: Vec<_> = (0..several).map(|_| generator.pick(&media)).collect();
            format!("blob?accept={}", media.join("&accept="))
        }
        8 => {
            let attr = generator.pick(&["email", "repo", "status"]);
            let action = generator.pick(&["", "?action=read", "?action=manage"]);
            format!("account:{attr}{action}")
        }
        _ => format!("identity:{}", generator.pick(&["handle", "*"])),
    }
}

fn name(generator: &mut Generator) -> String {
    if generator.below(8) == 0 {
        "*".to_owned()
    } else {
        generator.nsid()
    }
}

/// The single questions that the reference is asked instead.
fn parts(wanted: &str) -> Vec<Value> {
    let resource = wanted.split([':', '?']).next().unwrap();
    let first = |key| values(wanted, key).into_iter().next();
    let names = values(wanted, super::generator::main_key(resource)).into_iter();
    let options = |name: String| match resource {
        "repo" => json!({ "collection": name, "action": first("action") }),
        "rpc" => json!({ "lxm": name, "aud": first("aud") }),
        "blob" => json!({ "mime": name }),
        "account" => json!({ "attr": name, "action": first("action").unwrap_or("read".into()) }),
        _ => json!({ "attr": name }),
    };
    names.map(|name| json!([resource, options(name)])).collect()
}
