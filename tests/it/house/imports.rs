//! The import graph of a crate's files, read from its source: which file takes which name from which file.
//!
//! A name is followed through re-exports to the file that defines it. A `mod.rs` on the way that passes it on is imported,
//! too, unless it is above the importing file: what it needs for code of its own is needed then. Tests are left out.
//! Methods are not seen: they have no path.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

/// The path of a module from the crate's root, without `crate`.
type Module = Vec<String>;

/// A path as it is written, from the module it is written in.
type Path = Vec<String>;

/// From file to file, the names that the first takes from the second.
pub(super) type Arrows = BTreeMap<(String, String), BTreeSet<String>>;

/// The files of one crate, as modules.
pub(super) struct Imports {
    modules: BTreeMap<Module, Contents>,
}

#[derive(Default)]
struct Contents {
    file: String,
    /// Names of structs, functions and the like.
    items: BTreeSet<String>,
    /// What `use` brings in: the name here, and the path it stands for.
    uses: Vec<(String, Path)>,
    globs: Vec<Path>,
    /// All paths of two or more segments, and the names that `use` takes for itself.
    paths: Vec<Path>,
    /// The `use` that is being read is `pub`.
    passes_on: bool,
}

enum Found {
    Module(Module),
    /// The file that defines it.
    Item(String),
}

impl Imports {
    /// Reads the sources of a crate: path below `src`, and text.
    pub(super) fn of(sources: &[(String, String)]) -> Self {
        let mut imports = Self {
            modules: BTreeMap::new(),
        };
        let mut tests = BTreeSet::new();
        // A parent says whether a module is for tests alone, so parents come first.
        let mut files: Vec<_> = sources
            .iter()
            .map(|(p, text)| (module_of(p), p, text))
            .collect();
        files.sort_by_key(|(module, ..)| module.len());
        for (module, path, text) in files {
            if is_test(&module, &tests) {
                continue;
            }
            let tokens: TokenStream = text.parse().unwrap_or_else(|e| panic!("{path}: {e}"));
            imports.read(module, path, tokens, &mut tests);
        }
        imports
    }

    /// Every arrow from one file to another.
    pub(super) fn arrows(&self) -> Arrows {
        let mut arrows = Arrows::new();
        for (module, contents) in &self.modules {
            for path in &contents.paths {
                let mut doors = BTreeSet::new();
                let Some(Found::Item(file)) = self.find(module, path, &mut doors, 0) else {
                    continue;
                };
                let doors = doors.iter().filter(|door| !module.starts_with(door));
                let doors = doors.map(|door| self.modules[door].file.clone());
                for file in doors.chain([file]) {
                    if file != contents.file {
                        let names = arrows.entry((contents.file.clone(), file)).or_default();
                        names.insert(path.last().cloned().unwrap_or_default());
                    }
                }
            }
        }
        arrows
    }

    /// Names that are taken from the crate's root although another file defines them.
    pub(super) fn through_the_root(&self) -> Vec<String> {
        let mut found = Vec::new();
        for (module, contents) in &self.modules {
            for path in &contents.paths {
                if let [root, name, ..] = &path[..]
                    && root == "crate"
                    && !module.is_empty()
                    && !self.modules.contains_key(std::slice::from_ref(name))
                {
                    found.push(format!("{}: `crate::{name}`", contents.file));
                }
            }
        }
        found.sort();
        found.dedup();
        found
    }

    fn read(
        &mut self,
        module: Module,
        file: &str,
        tokens: TokenStream,
        tests: &mut BTreeSet<Module>,
    ) {
        let mut contents = Contents {
            file: file.to_owned(),
            ..Contents::default()
        };
        let mut inner = Vec::new();
        let trees: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        let mut for_tests = false;
        while let Some(tree) = trees.get(at) {
            match tree {
                TokenTree::Punct(mark) if mark.as_char() == '#' => {
                    let group = trees[at + 1..].iter().find_map(|tree| match tree {
                        TokenTree::Group(group) => Some(group.stream().to_string()),
                        _ => None,
                    });
                    let text = group.unwrap_or_default().replace(' ', "");
                    for_tests |= text == "cfg(test)";
                    let inner_mark = matches!(trees.get(at + 1), Some(TokenTree::Punct(_)));
                    at += if inner_mark { 3 } else { 2 };
                    continue;
                }
                TokenTree::Ident(word) if word == "mod" => {
                    let mut child = module.clone();
                    child.push(name(trees.get(at + 1)));
                    match trees.get(at + 2) {
                        Some(TokenTree::Group(body)) if !for_tests => {
                            inner.push((child, body.stream()));
                        }
                        _ if for_tests => drop(tests.insert(child)),
                        _ => {}
                    }
                    at += 3;
                    for_tests = false;
                    continue;
                }
                _ => {}
            }
            let end = end_of_item(&trees, at);
            if !for_tests {
                contents.item(&trees[at..end]);
            }
            for_tests = false;
            at = end;
        }
        self.modules.insert(module, contents);
        for (child, body) in inner {
            self.read(child, file, body, tests);
        }
    }

    /// What `path` leads to, and into `doors` the modules that pass it on.
    fn find(
        &self,
        from: &Module,
        path: &[String],
        doors: &mut BTreeSet<Module>,
        depth: usize,
    ) -> Option<Found> {
        assert!(depth < 32, "{path:?} in {from:?} leads in a circle");
        let mut here = from.clone();
        let mut rest = path;
        let mut first = true;
        loop {
            let Some((head, tail)) = rest.split_first() else {
                return Some(Found::Module(here));
            };
            match head.as_str() {
                "crate" => here.clear(),
                "self" => {}
                "super" => drop(here.pop()?),
                segment => match self.step(&here, segment, first, doors, depth)? {
                    Found::Module(module) => here = module,
                    item @ Found::Item(_) => return Some(item),
                },
            }
            first = false;
            rest = tail;
        }
    }

    /// What `segment` is in the module `here`.
    fn step(
        &self,
        here: &Module,
        segment: &str,
        first: bool,
        doors: &mut BTreeSet<Module>,
        depth: usize,
    ) -> Option<Found> {
        let mut child = here.clone();
        child.push(segment.to_owned());
        if self.modules.contains_key(&child) {
            return Some(Found::Module(child));
        }
        let contents = self.modules.get(here)?;
        if contents.items.contains(segment) {
            return Some(Found::Item(contents.file.clone()));
        }
        for (name, path) in &contents.uses {
            // `use thiserror::…` names a crate, not what it brings in.
            if name == segment && !(first && path.first().is_some_and(|head| head == segment)) {
                doors.insert(here.clone());
                return self.find(here, path, doors, depth + 1);
            }
        }
        contents.globs.iter().find_map(|glob| {
            let mut path = glob.clone();
            path.push(segment.to_owned());
            let found = self.find(here, &path, doors, depth + 1)?;
            doors.insert(here.clone());
            Some(found)
        })
    }
}

impl Contents {
    /// Takes up one item: what it defines, what it imports, which paths it names.
    fn item(&mut self, trees: &[TokenTree]) {
        let mut words = trees
            .iter()
            .enumerate()
            .filter_map(|(at, tree)| match tree {
                TokenTree::Ident(word) => Some((at, word.to_string())),
                _ => None,
            });
        let keyword = words.find(|(_, word)| {
            let all = [
                "struct", "enum", "trait", "type", "fn", "const", "static", "union", "use", "impl",
            ];
            all.contains(&word.as_str()) || word == "macro_rules"
        });
        match keyword {
            Some((at, word)) if word == "use" => {
                // A name that is passed on is a door, not an arrow.
                self.passes_on = at > 0;
                self.tree(&mut trees[at + 1..].iter().cloned().peekable(), &Vec::new());
            }
            Some((at, word)) => {
                if word != "impl" {
                    let mut rest = trees[at + 1..].iter();
                    let named = rest.find_map(|tree| match tree {
                        TokenTree::Ident(name) if name != "fn" && name != "mut" => {
                            Some(name.to_string())
                        }
                        _ => None,
                    });
                    self.items.extend(named);
                }
                self.body(trees.iter().cloned());
            }
            None => self.body(trees.iter().cloned()),
        }
    }

    /// A use tree, below `prefix`.
    fn tree<I: Iterator<Item = TokenTree>>(
        &mut self,
        trees: &mut std::iter::Peekable<I>,
        prefix: &Path,
    ) {
        let mut path = prefix.clone();
        let mut alias = None;
        while let Some(tree) = trees.next() {
            match tree {
                TokenTree::Ident(word) if word == "as" => alias = Some(name(trees.next().as_ref())),
                TokenTree::Ident(word) => path.push(word.to_string()),
                TokenTree::Punct(mark) if mark.as_char() == ',' || mark.as_char() == ';' => {
                    self.leaf(path, alias.take());
                    path = prefix.clone();
                    if mark.as_char() == ';' {
                        return;
                    }
                }
                TokenTree::Punct(mark) if mark.as_char() == '*' => {
                    self.globs
                        .push(std::mem::replace(&mut path, prefix.clone()));
                }
                TokenTree::Group(group) => {
                    self.tree(&mut group.stream().into_iter().peekable(), &path);
                    path.clone_from(prefix);
                }
                _ => {}
            }
        }
        self.leaf(path, alias);
    }

    fn leaf(&mut self, mut path: Path, alias: Option<String>) {
        if path.last().is_some_and(|last| last == "self") {
            path.pop();
        }
        let Some(last) = path.last().cloned() else {
            return;
        };
        if !self.passes_on {
            self.paths.push(path.clone());
        }
        self.uses.push((alias.unwrap_or(last), path));
    }

    /// The paths in anything but a `use`.
    fn body(&mut self, trees: impl Iterator<Item = TokenTree>) {
        let mut path: Path = Vec::new();
        let (mut colons, mut dotted) = (0, false);
        for tree in trees {
            match tree {
                TokenTree::Ident(word) => {
                    if colons != 2 {
                        self.path(&mut path);
                    }
                    if !dotted {
                        path.push(word.to_string());
                    }
                    (colons, dotted) = (0, false);
                }
                TokenTree::Punct(mark) if mark.as_char() == ':' => {
                    if colons == 0 && mark.spacing() == Spacing::Alone {
                        self.path(&mut path);
                    }
                    colons += 1;
                    dotted = false;
                }
                TokenTree::Group(group) => {
                    self.path(&mut path);
                    (colons, dotted) = (0, false);
                    // What a macro takes is paths, too.
                    self.body(group.stream().into_iter());
                }
                TokenTree::Punct(mark) => {
                    self.path(&mut path);
                    (colons, dotted) = (0, mark.as_char() == '.');
                }
                TokenTree::Literal(_) => {
                    self.path(&mut path);
                    (colons, dotted) = (0, false);
                }
            }
        }
        self.path(&mut path);
    }

    fn path(&mut self, path: &mut Path) {
        if path.len() > 1 {
            self.paths.push(std::mem::take(path));
        }
        path.clear();
    }
}

/// Where the item that begins at `at` ends: behind its `;` or its braces.
fn end_of_item(trees: &[TokenTree], at: usize) -> usize {
    let mut is_use = false;
    for (place, tree) in trees.iter().enumerate().skip(at) {
        match tree {
            TokenTree::Ident(word) if word == "use" => is_use = true,
            TokenTree::Punct(mark) if mark.as_char() == ';' => return place + 1,
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace && !is_use => {
                // `const X: T = T { … };` goes on to its semicolon.
                let value = trees[at..place]
                    .iter()
                    .any(|tree| matches!(tree, TokenTree::Punct(mark) if mark.as_char() == '='));
                let is_value =
                    value && matches!(first_keyword(&trees[at..place]), Some("const" | "static"));
                if !is_value {
                    return place + 1;
                }
            }
            _ => {}
        }
    }
    trees.len()
}

fn first_keyword(trees: &[TokenTree]) -> Option<&'static str> {
    trees.iter().find_map(|tree| match tree {
        TokenTree::Ident(word) if word == "fn" => Some("fn"),
        TokenTree::Ident(word) if word == "impl" => Some("impl"),
        TokenTree::Ident(word) if word == "static" => Some("static"),
        TokenTree::Ident(word) if word == "const" => Some("const"),
        _ => None,
    })
}

fn name(tree: Option<&TokenTree>) -> String {
    match tree {
        Some(TokenTree::Ident(name)) => name.to_string(),
        _ => String::new(),
    }
}

/// The module that a file is: `client/mod.rs` and `client.rs` are both `client`.
fn module_of(path: &str) -> Module {
    let path = path.trim_end_matches(".rs");
    let mut module: Module = path.split('/').map(str::to_owned).collect();
    if matches!(module.last().map(String::as_str), Some("mod"))
        || module == ["lib"]
        || module == ["main"]
    {
        module.pop();
    }
    module
}

fn is_test(module: &Module, tests: &BTreeSet<Module>) -> bool {
    (1..=module.len()).any(|length| tests.contains(&module[..length]))
}

/// Files that lead to each other: each group is a circle, with the arrows in it.
pub(super) fn circles(arrows: &Arrows) -> Vec<Vec<String>> {
    let mut reach: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (from, to) in arrows.keys() {
        reach.entry(from).or_default().insert(to);
    }
    let all = |from: &'_ str| {
        let (mut seen, mut open) = (BTreeSet::new(), vec![from.to_owned()]);
        while let Some(file) = open.pop() {
            for next in reach.get(file.as_str()).into_iter().flatten() {
                if seen.insert((*next).to_owned()) {
                    open.push((*next).to_owned());
                }
            }
        }
        seen
    };
    let reached: BTreeMap<&str, BTreeSet<String>> =
        reach.keys().map(|file| (*file, all(file))).collect();
    let mut found = BTreeSet::new();
    for (file, to) in &reached {
        let circle: Vec<String> = to
            .iter()
            .filter(|other| {
                reached
                    .get(other.as_str())
                    .is_some_and(|back| back.contains(*file))
            })
            .cloned()
            .collect();
        if circle.len() > 1 {
            found.insert(circle);
        }
    }
    found.into_iter().collect()
}

#[test]
fn a_name_leads_to_the_file_that_defines_it() {
    let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
    let sources = [
        file("lib.rs", "mod a; mod b; pub use a::One;"),
        file(
            "a/mod.rs",
            "mod one; mod two; pub use one::One; pub(crate) use two::*; pub fn own() {}",
        ),
        file(
            "a/one.rs",
            "pub struct One; #[cfg(test)] mod tests { use super::super::two::Two; }",
        ),
        file(
            "a/two.rs",
            "use super::{one::One, own}; pub struct Two(One);\nconst N: [u8; 1] = { [0] };",
        ),
        file(
            "b.rs",
            "use crate::a::{self, Two}; fn f() { a::one::One; crate::a::own(); x.a::<u8>(); }",
        ),
        file("a/tests.rs", "use crate::b::f;"),
    ];
    let sources: Vec<_> = sources
        .into_iter()
        .map(|(path, text)| {
            (
                path,
                text.replace("pub fn own", "#[cfg(test)] mod tests; pub fn own"),
            )
        })
        .collect();
    let arrows = Imports::of(&sources).arrows();
    let named = |from: &str, to: &str| {
        let names = arrows.get(&(from.to_owned(), to.to_owned()));
        names.map(|names| names.iter().cloned().collect::<Vec<_>>().join(" "))
    };
    assert_eq!(named("a/two.rs", "a/one.rs").as_deref(), Some("One"));
    assert_eq!(named("a/two.rs", "a/mod.rs").as_deref(), Some("own"));
    assert_eq!(named("b.rs", "a/two.rs").as_deref(), Some("Two"));
    assert_eq!(named("b.rs", "a/one.rs").as_deref(), Some("One"));
    assert_eq!(
        named("b.rs", "a/mod.rs").as_deref(),
        Some("Two own"),
        "a module that passes `Two` on"
    );
    assert_eq!(
        named("lib.rs", "a/one.rs"),
        None,
        "names that are passed on"
    );
    assert_eq!(
        named("a/mod.rs", "a/one.rs"),
        None,
        "names that are passed on"
    );
    assert!(!arrows.keys().any(|(from, _)| from.contains("tests")));
}

#[test]
fn a_circle_is_found() {
    let arrow = |from: &str, to: &str| ((from.to_owned(), to.to_owned()), BTreeSet::new());
    let arrows: Arrows = [
        arrow("a", "b"),
        arrow("b", "c"),
        arrow("c", "b"),
        arrow("c", "d"),
    ]
    .into();
    assert_eq!(circles(&arrows), [["b", "c"]]);
}

#[test]
fn a_circle_by_way_of_a_module_that_passes_a_name_on_is_found() {
    let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
    let sources = [
        file("lib.rs", "mod room; mod state;"),
        file(
            "room/mod.rs",
            "mod data; mod page; pub use data::Data; pub fn routes() { page::show() }",
        ),
        file("room/data.rs", "pub struct Data;"),
        file("room/page.rs", "use crate::state::State; pub fn show() {}"),
        file("state.rs", "use crate::room::Data; pub struct State(Data);"),
    ];
    let circles = circles(&Imports::of(&sources).arrows());
    assert_eq!(
        circles,
        [["room/mod.rs", "room/page.rs", "state.rs"].map(str::to_owned)]
    );
}
