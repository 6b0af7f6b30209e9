//! Every requirement of `docs/requirements.toml` is proved by a test that names it, and no other id is named
//! anywhere. `docs/requirements.md` lists them with those tests; `UPDATE_EXPECT=1` writes it anew.

mod ids;
mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use self::source::Place;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    requirement: Vec<Requirement>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Requirement {
    id: String,
    says: String,
    source: String,
    level: Level,
    #[serde(default)]
    security: bool,
    #[serde(default)]
    not_yet: bool,
    missing: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Level {
    Must,
    Should,
    May,
    Note,
}

/// The tests of each id: file and function.
type Proofs = BTreeMap<String, BTreeSet<Place>>;

#[test]
fn every_requirement_is_known_and_proved() {
    let list = requirements();
    let files = rust_files();
    let mut faults = unknown(&list, &files);
    faults.extend(ranges(&files));
    faults.extend(unproved(&list, &proofs(&files)));
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn the_list_of_requirements_is_up_to_date() {
    let page = page(&requirements(), &proofs(&rust_files()));
    let path = root().join("docs/requirements.md");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    let first = |(n, (is, should)): (usize, (&str, &str))| {
        (is != should).then(|| format!("line {}: {is:?} should be {should:?}", n + 1))
    };
    let differs = written.lines().zip(page.lines()).enumerate();
    assert!(
        written == page,
        "docs/requirements.md is not what is generated; UPDATE_EXPECT=1 writes it anew. {:?}",
        differs.filter_map(|pair| first((pair.0, pair.1))).next()
    );
}

#[test]
fn the_list_itself_is_in_order() {
    let list = requirements();
    let distinct: BTreeSet<_> = list.iter().map(|one| &one.id).collect();
    assert_eq!(distinct.len(), list.len(), "an id is there twice");
    for one in &list {
        assert_eq!(
            ids::named(&one.id),
            std::slice::from_ref(&one.id),
            "not the form of an id"
        );
        for text in [Some(&one.says), one.missing.as_ref()]
            .into_iter()
            .flatten()
        {
            assert!(text.ends_with('.'), "{}: {text}", one.id);
        }
        assert!(!one.source.is_empty(), "{}: no source", one.id);
        assert!(
            !(one.not_yet && one.missing.is_some()),
            "{}: all of it or a part?",
            one.id
        );
    }
}

#[test]
fn an_unknown_and_an_unproved_id_a_range_and_an_early_proof_are_faults() {
    let list: List = toml::from_str(
        "[[requirement]]\nid = 'DP-01'\nsays = 'A.'\nsource = 'B'\nlevel = 'MUST'\n\
         [[requirement]]\nid = 'DP-02'\nsays = 'A.'\nsource = 'B'\nlevel = 'MAY'\nnot_yet = true\n",
    )
    .unwrap();
    let list = list.requirement;
    let file = |text: &str| [("tests/it/a.rs".to_owned(), text.to_owned())];
    let faults = |text: &str| {
        let files = file(text);
        let mut faults = unknown(&list, &files);
        faults.extend(ranges(&files));
        faults.extend(unproved(&list, &proofs(&files)));
        faults
    };
    assert_eq!(faults("/// DP-01.\n#[test]\nfn a() {}\n"), [""; 0]);
    assert_eq!(faults(""), ["DP-01 is proved by no test"]);
    assert_eq!(
        faults("//! DP-01.\n\n#[test]\nfn a() {}\n"),
        ["DP-01 is proved by no test"]
    );
    assert_eq!(
        faults("/// DP-01 to DP-01.\n#[test]\nfn a() {}\n"),
        ["tests/it/a.rs names DP-01 to DP-01: name each id that is proved there"]
    );
    assert_eq!(
        faults("/// DP-01 and DP-02.\n#[test]\nfn a() {}\n"),
        ["DP-02 is marked `not_yet`, and proved by tests/it/a.rs a"]
    );
    assert_eq!(
        faults("/// DP-01, DP-03.\n#[test]\nfn a() {}\n"),
        ["tests/it/a.rs names DP-03, which docs/requirements.toml does not know"]
    );
}

fn unknown(list: &[Requirement], files: &[(String, String)]) -> Vec<String> {
    let known: BTreeSet<_> = list.iter().map(|one| one.id.as_str()).collect();
    let families: BTreeSet<_> = known.iter().filter_map(|id| ids::family(id)).collect();
    let mut faults = Vec::new();
    for (path, text) in files {
        let ours = |id: &String| ids::family(id).is_none_or(|family| families.contains(family));
        let named: BTreeSet<_> = ids::named(&source::joined(text)).into_iter().collect();
        for id in named.into_iter().filter(ours) {
            if !known.contains(id.as_str()) && !is_about_ids(path) {
                faults.push(format!(
                    "{path} names {id}, which docs/requirements.toml does not know"
                ));
            }
        }
    }
    faults
}

fn ranges(files: &[(String, String)]) -> Vec<String> {
    let ours = files.iter().filter(|(path, _)| !is_about_ids(path));
    let ranges = ours.flat_map(|(path, text)| {
        let ranges = ids::ranges(&source::joined(text)).into_iter();
        ranges.map(move |range| format!("{path} names {range}: name each id that is proved there"))
    });
    ranges.collect()
}

fn unproved(list: &[Requirement], proofs: &Proofs) -> Vec<String> {
    let mut faults = Vec::new();
    for one in list {
        match proofs.get(&one.id).and_then(BTreeSet::first) {
            None if !one.not_yet => faults.push(format!("{} is proved by no test", one.id)),
            Some(place) if one.not_yet => faults.push(format!(
                "{} is marked `not_yet`, and proved by {} {}",
                one.id, place.file, place.name
            )),
            _ => {}
        }
    }
    faults
}

fn proofs(files: &[(String, String)]) -> Proofs {
    let mut proofs = Proofs::new();
    let counts = |file: &&(String, String)| !is_about_ids(&file.0) && !is_of_the_network(&file.0);
    for (path, text) in files.iter().filter(counts) {
        let declared = files
            .iter()
            .any(|(other, text)| source::declares_test_module(other, text, path));
        for (place, text) in source::tests(path, text, declared) {
            for id in ids::named(&text) {
                proofs.entry(id).or_default().insert(place.clone());
            }
        }
    }
    proofs
}

/// Tests of the network in the process show what that network demands, and nothing of the client.
fn is_of_the_network(path: &str) -> bool {
    path.starts_with("atproto-oauth/src/testing/")
}

/// These files name ids only as examples.
fn is_about_ids(path: &str) -> bool {
    path == "tests/it/requirements.rs" || path.starts_with("tests/it/requirements/")
}

fn page(list: &[Requirement], proofs: &Proofs) -> String {
    let mut page = String::from(
        "# Requirements\n\n\
         What the client does, where it comes from, and the tests that prove it. Generated from `requirements.toml`,\n\
         which explains the sources, and from the tests;\n\
         `UPDATE_EXPECT=1 cargo test -p atproto-oauth-tests --all-features --test it requirements` writes it anew.\n\n\
         ★: a fault here puts accounts at risk.\n\n",
    );
    let proved = list.iter().filter(|one| !one.not_yet).count();
    let _ = writeln!(
        page,
        "{} requirements, {proved} of them proved.\n",
        list.len()
    );
    for one in list {
        let star = if one.security { " ★" } else { "" };
        let level = format!("{:?}", one.level).to_uppercase();
        let _ = writeln!(
            page,
            "- **{}**{star} {} ({level}; {})",
            one.id, one.says, one.source
        );
        if one.not_yet {
            page.push_str("  - Not yet.\n");
        }
        if let Some(missing) = &one.missing {
            let _ = writeln!(page, "  - Not yet: {missing}");
        }
        let mut files: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for place in proofs.get(&one.id).into_iter().flatten() {
            let names = files.entry(&place.file).or_default();
            names.push(format!("`{}`", place.name));
        }
        for (file, names) in files {
            let _ = writeln!(page, "  - `{file}`: {}", names.join(", "));
        }
    }
    page
}

fn requirements() -> Vec<Requirement> {
    let text = fs::read_to_string(root().join("docs/requirements.toml")).unwrap();
    toml::from_str::<List>(&text).unwrap().requirement
}

/// Every Rust file of the repository, with its path, in order.
fn rust_files() -> Vec<(String, String)> {
    let root = root();
    let mut files = Vec::new();
    let mut folders: Vec<_> = [
        "atproto-oauth",
        "atproto-oauth-macros",
        "examples",
        "fuzz",
        "tests",
    ]
    .map(|folder| root.join(folder))
    .into();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                if !path.ends_with("target") && !path.ends_with("node_modules") {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(&root).unwrap().to_str().unwrap();
                files.push((name.replace('\\', "/"), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    files.sort();
    assert!(
        files.len() > 100,
        "only {} files: is this the right folder?",
        files.len()
    );
    files
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}
