//! Counts differences, and fails for those that are not listed or are there no more.

use std::collections::BTreeMap;

use super::differences::Difference;

pub(super) struct Comparison {
    what: &'static str,
    seed: u64,
    compared: usize,
    /// By reason: how often it explains a difference, and how often it alone does.
    known: BTreeMap<&'static str, (usize, usize)>,
    unknown: Vec<String>,
}

impl Comparison {
    pub(super) fn new(what: &'static str, seed: u64) -> Self {
        Self {
            what,
            seed,
            compared: 0,
            known: BTreeMap::new(),
            unknown: Vec::new(),
        }
    }

    /// Both say the same of a text.
    pub(super) fn agrees(&mut self) {
        self.compared += 1;
    }

    /// They differ; `known` may say why.
    pub(super) fn differs(&mut self, known: &[Difference], text: &str) {
        self.compared += 1;
        let reasons: Vec<_> = known
            .iter()
            .filter(|difference| (difference.explains)(text))
            .map(|difference| difference.reason)
            .collect();
        for reason in &reasons {
            let (all, alone) = self.known.entry(reason).or_default();
            *all += 1;
            *alone += usize::from(reasons.len() == 1);
        }
        if reasons.is_empty() {
            self.unknown.push(text.to_owned());
        }
    }

    /// Fails unless every difference is known, and everything that is known is a difference.
    pub(super) fn close(mut self, known: &[&[Difference]]) {
        println!("{}: {} compared", self.what, self.compared);
        for (reason, (all, alone)) in &self.known {
            println!("{all:8} differ, {alone} only because: {reason}");
        }
        self.unknown.sort_by_key(String::len);
        let shortest: Vec<_> = self.unknown.iter().take(20).collect();
        assert!(
            shortest.is_empty(),
            "{} texts differ, SCOPES_SEED={}, {}: {shortest:#?}",
            self.unknown.len(),
            self.seed,
            self.what,
        );
        for difference in known.iter().copied().flatten() {
            let alone = self
                .known
                .get(difference.reason)
                .map_or(0, |counts| counts.1);
            assert!(alone > 0, "no longer needed: {}", difference.reason);
        }
    }
}
