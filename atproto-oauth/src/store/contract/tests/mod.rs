//! The checks themselves: each finds a store that is wrong in one way.

mod faulty;
mod handles;
#[cfg(feature = "embedded")]
mod killed;
mod outage;

use std::sync::Mutex;
use std::time::Duration;

use crate::types::BoxFuture;

use super::*;
use crate::store::{Change, Commit, Kind, MemoryStore, Row, RowKey, Scan};
use crate::types::Timestamp;
use faulty::{Fault, Faulty};

type CheckOf = fn(&Arc<dyn Store>) -> BoxFuture<'_, Check>;

/// Each check, and what it is there to find.
const FOUND: &[(&str, CheckOf, &[Fault])] = &[
    (
        "exact_bytes",
        |store| Box::pin(exact_bytes(store)),
        &[
            Fault::CutsValues,
            Fault::ForgetsGroups,
            Fault::ForgetsExpiry,
        ],
    ),
    (
        "compare_and_swap",
        |store| Box::pin(compare_and_swap(store)),
        &[
            Fault::IgnoresVersionOfDelete,
            Fault::AlwaysConflicts,
            Fault::AlwaysDone,
        ],
    ),
    (
        "all_or_nothing",
        |store| Box::pin(all_or_nothing(store)),
        &[Fault::AppliesOneByOne, Fault::NamesTheWrongChange],
    ),
    (
        "create_once",
        |store| Box::pin(create_once(store)),
        &[Fault::AlwaysDone, Fault::AlwaysConflicts],
    ),
    // Looking and then deleting is no take (CB-02).
    (
        "take_once",
        |store| Box::pin(take_once(store)),
        &[
            Fault::IgnoresVersionOfDelete,
            Fault::AlwaysDone,
            Fault::AlwaysConflicts,
        ],
    ),
    (
        "increments_once_each",
        |store| Box::pin(increments_once_each(store)),
        &[Fault::AlwaysConflicts, Fault::RemembersReads],
    ),
    (
        "any_order",
        |store| Box::pin(any_order(store)),
        &[Fault::AppliesOneByOne],
    ),
    (
        "leases",
        |store| Box::pin(leases(store)),
        &[
            Fault::AlwaysDone,
            Fault::AlwaysConflicts,
            Fault::IgnoresVersionOfDelete,
        ],
    ),
    (
        "leases_that_expire",
        |store| Box::pin(leases_that_expire(store)),
        &[Fault::ForgetsExpiry, Fault::AlwaysDone],
    ),
    (
        "lists_by_group",
        |store| Box::pin(lists_by_group(store)),
        &[
            Fault::ForgetsGroups,
            Fault::ListsFromTheStart,
            Fault::ListsBackwards,
            Fault::ListsOtherGroups,
        ],
    ),
    (
        "reads_through",
        |store| Box::pin(reads_through(store)),
        &[
            Fault::CannotScan,
            Fault::ScansOneStep,
            Fault::ScansForever,
            Fault::ScansOtherKinds,
            Fault::ScansGroupsOnly,
        ],
    ),
    (
        "replaces_expired",
        |store| Box::pin(replaces_expired(store)),
        &[Fault::ForgetsExpiry, Fault::AlwaysDone],
    ),
    (
        "sweeps_expired",
        |store| Box::pin(sweeps_expired(store)),
        &[
            Fault::SweepsNothing,
            Fault::SweepsTooMuch,
            Fault::SweepsForever,
        ],
    ),
    (
        "refuses_tampered",
        |store| Box::pin(refuses_tampered(store)),
        &[
            Fault::RemembersReads,
            Fault::ForgetsGroups,
            Fault::ListsOtherGroups,
        ],
    ),
    (
        "refuses_misuse",
        |store| Box::pin(refuses_misuse(store)),
        &[Fault::HidesErrors],
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_is_found() {
    let mut missed = Vec::new();
    for (name, check, faults) in FOUND {
        for fault in *faults {
            let store: Arc<dyn Store> = Arc::new(Faulty::new(*fault));
            if check(&store).await.is_ok() {
                missed.push((name, fault));
            }
            assert!(
                check_all(&store).await.is_err(),
                "{fault:?} was not noticed"
            );
        }
        let store: Arc<dyn Store> = Arc::new(Faulty::new(Fault::None));
        check(&store).await.unwrap();
    }
    assert!(missed.is_empty(), "not noticed: {missed:?}");
}
