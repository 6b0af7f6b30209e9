//! Random texts: permissions in every spelling, and what is nearly one.

use fastrand::Rng;

/// What random texts are made of.
pub(super) struct Generator {
    pub(super) rng: Rng,
    /// The same few names again and again, so that permissions have to do with each other.
    pub(super) small: bool,
}

const RESOURCES: [&str; 6] = ["repo", "rpc", "blob", "account", "identity", "include"];
const STATIC: [&str; 4] = [
    "atproto",
    "transition:generic",
    "transition:email",
    "transition:chat.bsky",
];

impl Generator {
    pub(super) fn new(seed: u64, small: bool) -> Self {
        let rng = Rng::with_seed(seed);
        Self { rng, small }
    }

    pub(super) fn below(&mut self, end: usize) -> usize {
        self.rng.usize(..end)
    }

    pub(super) fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }

    pub(super) fn one_in(&mut self, sides: usize) -> bool {
        self.below(sides) == 0
    }

    /// A permission more often than not.
    pub(super) fn text(&mut self) -> String {
        let mut text = self.permission();
        if self.one_in(2000) {
            let names = "&collection=a.b.c".repeat(430 + self.below(80));
            text = format!("repo?action=create{names}");
        }
        if self.one_in(3) {
            for _ in 0..=self.below(3) {
                self.change(&mut text);
            }
        }
        text
    }

    /// A permission, but for some odd value.
    pub(super) fn permission(&mut self) -> String {
        let resource = match self.below(14) {
            0 => return self.pick(&STATIC).to_owned(),
            1..=3 => "repo",
            4..=6 => "rpc",
            7..=9 => "blob",
            _ => self.pick(&RESOURCES),
        };
        let (key, mut others) = (main_key(resource), Vec::new());
        let several = ["repo", "rpc", "blob"].contains(&resource) && self.one_in(3);
        let count = if several { 2 + self.below(3) } else { 1 };
        let names: Vec<_> = (0..count).map(|_| self.name(resource)).collect();
        match resource {
            "repo" => {
                for _ in 0..[0, 0, 1, 2, 4][self.below(5)] {
                    let action = self.odd(&["create", "update", "delete"]);
                    others.push(("action", action));
                }
            }
            "account" if self.one_in(2) => {
                others.push(("action", self.odd(&["read", "manage"])));
                if self.one_in(8) {
                    others.push(("action", "manage".to_owned()));
                }
            }
            "rpc" => others.push(("aud", self.audience(4))),
            "include" if self.one_in(2) => others.push(("aud", self.audience(50))),
            _ => {}
        }
        self.spell(resource, key, names, others)
    }

    fn spell(
        &mut self,
        resource: &str,
        key: &'static str,
        names: Vec<String>,
        mut pairs: Vec<(&'static str, String)>,
    ) -> String {
        let mut text = resource.to_owned();
        if names.len() == 1 && !self.one_in(3) {
            text.push(':');
            text += &self.encode(&names[0], "?");
        } else {
            pairs.extend(names.into_iter().map(|name| (key, name)));
            self.rng.shuffle(&mut pairs);
        }
        for (n, (key, value)) in pairs.iter().enumerate() {
            text.push(if n == 0 { '?' } else { '&' });
            text += &self.encode(key, "&=");
            text.push('=');
            text += &self.encode(value, "&");
        }
        text
    }

    /// `must` cannot stand for themselves there; `+` and `#` mostly do not.
    fn encode(&mut self, value: &str, must: &str) -> String {
        let everywhere = if self.one_in(6) { 3 } else { 60 };
        let mut text = String::new();
        for byte in value.bytes() {
            let plain = char::from(byte);
            let odds = if "+#".contains(plain) { 1 } else { everywhere };
            if !byte.is_ascii() || plain == '%' || must.contains(plain) {
                text += &format!("%{byte:02X}");
            } else if self.one_in(odds) && !(odds == 1 && self.one_in(6)) {
                let hex = format!("%{byte:02X}");
                text += &if self.one_in(3) {
                    hex.to_lowercase()
                } else {
                    hex
                };
            } else {
                text.push(plain);
            }
        }
        text
    }

    fn name(&mut self, resource: &str) -> String {
        match resource {
            "account" => self.odd(&["email", "repo", "status"]),
            "identity" => self.odd(&["handle", "*"]),
            "blob" => self.media(),
            "include" => self.nsid(),
            _ if self.one_in(8) => "*".to_owned(),
            _ => self.nsid(),
        }
    }

    /// One of these, or now and then something else.
    fn odd(&mut self, list: &[&str]) -> String {
        if !self.small && self.one_in(12) {
            return self
                .pick(&["", "*", "read", "Create", "email", "handle", "x"])
                .to_owned();
        }
        self.pick(list).to_owned()
    }
}

/// The parameter that may stand before the `?`.
pub(super) fn main_key(resource: &str) -> &'static str {
    match resource {
        "repo" => "collection",
        "rpc" => "lxm",
        "blob" => "accept",
        "include" => "nsid",
        _ => "attr",
    }
}
