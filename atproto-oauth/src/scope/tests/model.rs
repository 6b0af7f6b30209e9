//! Another way to say what permissions mean: as the set of everything they allow, in a small world.
//! It shares no code with the grammar, so the two are tested against each other.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::{select, subsequence};

/// The last of each list is what no permission names: it stands for the rest of the world.
const COLLECTIONS: [&str; 3] = ["a.b.c", "a.b.d", "other.other.other"];
const METHODS: [&str; 4] = [
    "a.b.get",
    "chat.bsky.convo.get",
    "chat.bsky.other.other",
    "other.other.other",
];
const SERVICES: [&str; 3] = ["did:web:x#s", "did:web:y#s", "did:web:other#other"];
const MEDIA: [&str; 5] = [
    "image/png",
    "image/other",
    "text/html",
    "text/other",
    "other/other",
];
const ACTIONS: [&str; 3] = ["create", "update", "delete"];

/// A permission as its author means it.
#[derive(Clone, Debug)]
pub(super) enum Meant {
    Whole(&'static str),
    Repo {
        collections: Vec<&'static str>,
        actions: Vec<&'static str>,
    },
    Rpc {
        methods: Vec<&'static str>,
        service: &'static str,
    },
    Blob {
        media: Vec<&'static str>,
    },
    Account {
        attr: &'static str,
        manage: bool,
    },
    Identity {
        attr: &'static str,
    },
    Include {
        set: &'static str,
        service: Option<&'static str>,
    },
}

pub(super) fn meant() -> impl Strategy<Value = Meant> {
    let names = |all: &[&'static str]| subsequence(all.to_vec(), 1..=all.len());
    prop_oneof![
        select(vec![
            "atproto",
            "transition:generic",
            "transition:email",
            "transition:chat.bsky"
        ])
        .prop_map(Meant::Whole),
        (
            names(&["a.b.c", "a.b.d", "*"]),
            subsequence(ACTIONS.to_vec(), 0..=3)
        )
            .prop_map(|(collections, actions)| Meant::Repo {
                collections,
                actions
            }),
        (
            names(&["a.b.get", "chat.bsky.convo.get"]),
            select(vec![SERVICES[0], SERVICES[1], "*"])
        )
            .prop_map(|(methods, service)| Meant::Rpc { methods, service }),
        select(vec![SERVICES[0], SERVICES[1]]).prop_map(|service| Meant::Rpc {
            methods: vec!["*"],
            service
        }),
        names(&["image/png", "image/*", "text/html", "text/*", "*/*"])
            .prop_map(|media| Meant::Blob { media }),
        (select(vec!["email", "repo", "status"]), any::<bool>())
            .prop_map(|(attr, manage)| Meant::Account { attr, manage }),
        select(vec!["handle", "*"]).prop_map(|attr| Meant::Identity { attr }),
        (
            select(vec!["a.b.setOne", "a.b.setTwo"]),
            select(vec![None, Some(SERVICES[0])])
        )
            .prop_map(|(set, service)| Meant::Include { set, service }),
    ]
}

/// Everything that is allowed.
pub(super) fn allowed(meant: &Meant) -> BTreeSet<String> {
    let star = |names: &[&str], name: &str| names.contains(&"*") || names.contains(&name);
    let mut world = BTreeSet::new();
    let mut allow = |what: String| {
        world.insert(what);
    };
    match meant {
        Meant::Whole(text) => {
            allow((*text).to_owned());
            match *text {
                "transition:generic" => {
                    let everything = [
                        Meant::Repo {
                            collections: vec!["*"],
                            actions: vec![],
                        },
                        Meant::Blob { media: vec!["*/*"] },
                    ];
                    everything.iter().flat_map(allowed).for_each(&mut allow);
                    calls(|method| !method.starts_with("chat.bsky."), "*").for_each(allow);
                }
                "transition:chat.bsky" => {
                    calls(|method| method.starts_with("chat.bsky."), "*").for_each(allow);
                }
                "transition:email" => allow("account email read".to_owned()),
                _ => {}
            }
        }
        Meant::Repo {
            collections,
            actions,
        } => {
            for collection in COLLECTIONS.iter().filter(|name| star(collections, name)) {
                for action in ACTIONS
                    .iter()
                    .filter(|a| actions.is_empty() || actions.contains(a))
                {
                    allow(format!("{action} {collection}"));
                }
            }
        }
        Meant::Rpc { methods, service } => {
            calls(|method| star(methods, method), service).for_each(allow);
        }
        Meant::Blob { media } => {
            for kind in MEDIA {
                let group = format!("{}/*", kind.split('/').next().unwrap());
                if media
                    .iter()
                    .any(|m| *m == kind || *m == group || *m == "*/*")
                {
                    allow(format!("upload {kind}"));
                }
            }
        }
        Meant::Account { attr, manage } => {
            allow(format!("account {attr} read"));
            if *manage {
                allow(format!("account {attr} manage"));
            }
        }
        Meant::Identity { attr } => {
            allow("identity handle".to_owned());
            if *attr == "*" {
                allow("identity other".to_owned());
            }
        }
        Meant::Include { set, service } => {
            allow(format!("include {set}"));
            if let Some(service) = service {
                allow(format!("include {set} {service}"));
            }
        }
    }
    world
}

fn calls(methods: impl Fn(&str) -> bool, service: &str) -> impl Iterator<Item = String> {
    let services = SERVICES
        .into_iter()
        .filter(move |s| service == "*" || *s == service);
    let methods: Vec<_> = METHODS
        .into_iter()
        .filter(|method| methods(method))
        .collect();
    services.flat_map(move |service| {
        let call = move |method| format!("call {method} at {service}");
        methods.clone().into_iter().map(call).collect::<Vec<_>>()
    })
}

/// Spells what is meant in one of its many ways, which `dice` chooses.
pub(super) fn spell(meant: &Meant, dice: u64) -> String {
    let mut dice = dice;
    let mut roll = |sides: u64| {
        dice = dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) % sides
    };
    let (resource, key, names, mut others) = match meant.clone() {
        Meant::Whole(text) => return text.to_owned(),
        Meant::Repo {
            collections,
            actions,
        } => (
            "repo",
            "collection",
            collections,
            actions.into_iter().map(|a| ("action", a)).collect(),
        ),
        Meant::Rpc { methods, service } => ("rpc", "lxm", methods, vec![("aud", service)]),
        Meant::Blob { media } => ("blob", "accept", media, vec![]),
        Meant::Account { attr, manage: true } => {
            ("account", "attr", vec![attr], vec![("action", "manage")])
        }
        Meant::Account {
            attr,
            manage: false,
        } if roll(2) == 0 => ("account", "attr", vec![attr], vec![("action", "read")]),
        Meant::Account { attr, .. } => ("account", "attr", vec![attr], vec![]),
        Meant::Identity { attr } => ("identity", "attr", vec![attr], vec![]),
        Meant::Include { set, service } => (
            "include",
            "nsid",
            vec![set],
            service.into_iter().map(|s| ("aud", s)).collect(),
        ),
    };
    let mut text = resource.to_owned();
    let encode = |value: &str, roll: &mut dyn FnMut(u64) -> u64| -> String {
        let one = |byte: u8| match roll(4) {
            0 => format!("%{byte:02x}"),
            _ if byte == b'#' => "%23".to_owned(),
            _ => char::from(byte).to_string(),
        };
        value.bytes().map(one).collect()
    };
    if names.len() == 1 && roll(2) == 0 {
        text.push(':');
        text.push_str(&encode(names[0], &mut roll));
    } else {
        others.extend(names.into_iter().map(|name| (key, name)));
    }
    // Only `repo` may say the same action twice.
    if resource == "repo" && !others.is_empty() && roll(3) == 0 {
        others.push(others[0]);
    }
    for n in (1..others.len()).rev() {
        let other = usize::try_from(roll(n as u64 + 1)).unwrap();
        others.swap(n, other);
    }
    for (n, (key, value)) in others.iter().enumerate() {
        text.push(if n == 0 { '?' } else { '&' });
        text.push_str(&encode(key, &mut roll));
        text.push('=');
        text.push_str(&encode(value, &mut roll));
    }
    text
}
