use super::KeyState::{Active, Published, Retired};
use super::*;

const START: u64 = 1_800_000_000;
const MINUTE: u64 = 60;
const DAY: u64 = 86_400;

fn at(minutes: u64) -> Timestamp {
    Timestamp(START + minutes * MINUTE)
}

/// First seen and published that many minutes after the start.
fn keys(all: &[(u64, u64)]) -> Vec<PublishedSince> {
    let since = |&(first_seen, published_at): &(u64, u64)| PublishedSince {
        first_seen: at(first_seen),
        published_at: at(published_at),
    };
    all.iter().map(since).collect()
}

/// CA-07: published, active, retired, as it follows from the order, the records and the time alone.
#[test]
fn the_active_key_is_the_first_that_every_server_knows() {
    for (what, all, now, expected) in [
        ("a public client", &[][..], 0, &[][..]),
        ("a first deployment does not wait", &[(0, 0)], 0, &[Active]),
        (
            "nor with two keys",
            &[(0, 0), (0, 0)],
            0,
            &[Active, Retired],
        ),
        (
            "a new key is published only",
            &[(60, 60), (0, 0)],
            60,
            &[Published, Active],
        ),
        (
            "for ten minutes",
            &[(60, 60), (0, 0)],
            69,
            &[Published, Active],
        ),
        ("then it signs", &[(60, 60), (0, 0)], 70, &[Active, Retired]),
        (
            "and goes on",
            &[(60, 60), (0, 0)],
            99_999,
            &[Active, Retired],
        ),
        (
            "a second one while the first is still new",
            &[(65, 65), (60, 60), (0, 0)],
            70,
            &[Published, Active, Retired],
        ),
        (
            "right after a first deployment the older one stays",
            &[(5, 5), (0, 0)],
            6,
            &[Published, Active],
        ),
        (
            "a key in advance stands behind, and waits for its turn",
            &[(0, 0), (60, 60)],
            61,
            &[Active, Published],
        ),
        (
            "it does not sign because time goes by",
            &[(0, 0), (60, 60)],
            99_999,
            &[Active, Published],
        ),
        (
            "and signs at once when it comes to the front",
            &[(60, 60), (0, 0)],
            99_999,
            &[Active, Retired],
        ),
        (
            "not every process has had it yet",
            &[(60, 75), (0, 0)],
            80,
            &[Published, Active],
        ),
        (
            "it comes back after a while, and is new again",
            &[(0, 500), (90, 90)],
            505,
            &[Published, Active],
        ),
        (
            "all are new again: the one that was there first",
            &[(60, 90), (0, 90)],
            91,
            &[Published, Active],
        ),
        (
            "the clock of another process is ahead",
            &[(60, 60), (0, 0)],
            5,
            &[Published, Active],
        ),
    ] {
        assert_eq!(states(&keys(all), at(now)), expected, "{what}");
        let signs = expected.iter().position(|state| *state == Active);
        assert_eq!(active(&keys(all), at(now)), signs, "{what}");
    }
}

fn record() -> ClientKeyRecord {
    ClientKeyRecord::new("k", [1; 32], at(0))
}

/// CA-07, CA-08: what one process says of a key, and what all of them make of it.
#[test]
fn a_record_follows_what_processes_say() {
    let has = LocalKey::Has([1; 32]);
    let new = updated("k", None, has, at(0)).unwrap();
    assert_eq!(new, record());
    // No process had it: there is nothing to say.
    assert_eq!(updated("k", None, LocalKey::Lacks, at(0)), None);
    assert_eq!(updated("k", None, LocalKey::Compromised, at(0)), None);
    // All have it: nothing changes.
    assert_eq!(updated("k", Some(&new), has, at(9)), None);

    // One lacks it, as long as a roll-out takes; then its time begins.
    let missing = updated("k", Some(&new), LocalKey::Lacks, at(1)).unwrap();
    assert_eq!(missing.missing_at, Some(at(1)));
    assert_eq!(updated("k", Some(&missing), LocalKey::Lacks, at(2)), None);
    let back = updated("k", Some(&missing), has, at(3)).unwrap();
    assert_eq!(
        (back.first_seen, back.published_at, back.missing_at),
        (at(0), at(3), None)
    );

    // A process whose clock is ahead wrote first.
    let early = updated(
        "k",
        Some(&ClientKeyRecord::new("k", [1; 32], at(50))),
        has,
        at(2),
    )
    .unwrap();
    assert_eq!((early.first_seen, early.published_at), (at(2), at(2)));

    // Another key under its name changes nothing.
    assert_eq!(
        updated("k", Some(&missing), LocalKey::Has([2; 32]), at(3)),
        None
    );

    // It leaked: for good, whatever anybody says later.
    let counted = ClientKeyRecord {
        counted_at: Some(at(2)),
        sessions: Some(7),
        ..missing
    };
    let over = updated("k", Some(&counted), LocalKey::Compromised, at(4)).unwrap();
    assert_eq!(over.compromised_at, Some(at(4)));
    assert_eq!((over.counted_at, over.sessions), (None, None));
    for here in [has, LocalKey::Lacks, LocalKey::Compromised] {
        assert_eq!(updated("k", Some(&over), here, at(5)), None);
    }
}

/// CA-07: what no session needs is not kept for ever.
#[test]
fn a_key_is_forgotten_after_a_year_without_sessions() {
    let day = |days: u64| Timestamp(START + days * DAY);
    let of = |missing: Option<u64>, leaked: Option<u64>, sessions| {
        let record = ClientKeyRecord {
            missing_at: missing.map(day),
            compromised_at: leaked.map(day),
            sessions,
            ..record()
        };
        [364, 365].map(|days| is_forgotten(&record, day(days)))
    };
    assert_eq!(of(Some(0), None, Some(0)), [false, true]);
    for (what, kept) in [
        ("a process has it", of(None, None, Some(0))),
        ("sessions wait for it", of(Some(0), None, Some(1))),
        ("no process has counted", of(Some(0), None, None)),
        ("it leaked", of(Some(0), Some(0), Some(0))),
    ] {
        assert_eq!(kept, [false, false], "{what}");
    }
}

/// Sessions are counted where it matters, once a day, and not for ever.
#[test]
fn a_count_is_due_once_a_day_until_there_are_no_sessions() {
    let day = |days: u64| Timestamp(START + days * DAY);
    let of = |missing: Option<u64>, leaked: Option<u64>, counted: Option<u64>, sessions| {
        let record = ClientKeyRecord {
            missing_at: missing.map(day),
            compromised_at: leaked.map(day),
            counted_at: counted.map(day),
            sessions,
            ..record()
        };
        is_due(&record, day(9))
    };
    for (what, due, expected) in [
        ("all processes have it", of(None, None, None, None), false),
        ("it is missing", of(Some(8), None, None, None), true),
        ("a process counts", of(Some(8), None, Some(9), None), false),
        (
            "it was counted today",
            of(Some(8), None, Some(9), Some(5)),
            false,
        ),
        (
            "it was counted yesterday",
            of(Some(5), None, Some(8), Some(5)),
            true,
        ),
        (
            "who counted broke off",
            of(Some(5), None, Some(8), None),
            true,
        ),
        ("none is left", of(Some(5), None, Some(8), Some(0)), false),
        ("it leaked", of(None, Some(9), None, None), true),
        (
            "some could not be deleted",
            of(None, Some(5), Some(8), Some(1)),
            true,
        ),
        ("one more look", of(None, Some(8), Some(8), Some(0)), true),
        ("all are gone", of(None, Some(5), Some(6), Some(0)), false),
    ] {
        assert_eq!(due, expected, "{what}");
    }
}
