//! What the standard asks of the shares and the roles of a work, in hundredths of a percent as they are written.

use std::collections::BTreeSet;

use super::{Collection, Shares, WORLD, Work, line::hundredths};
use crate::fault::Fault;

/// By how much a total may be wrong.
const TOLERANCE: u32 = 6;
/// 100 %.
const WHOLE: u32 = 10_000;
/// Half of it.
const HALF: u32 = 5000;

/// What a right is called, and a share in it.
type Right = (&'static str, fn(&Shares) -> u32);

/// The three rights.
const RIGHTS: [Right; 3] = [
    ("performing", |shares| hundredths(shares.performing_ppm)),
    ("mechanical", |shares| hundredths(shares.mechanical_ppm)),
    ("synchronisation", |shares| hundredths(shares.synchronisation_ppm)),
];

/// Every fault of a work's shares and roles.
pub(super) fn faults(path: &str, work: &Work) -> Vec<Fault> {
    let mut faults = roles(path, work);
    faults.extend(ownership(path, work));
    faults.extend(collection(path, work));
    faults
}

fn roles(path: &str, work: &Work) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut fault = |problem: &str, remedy: &str| {
        faults.push(Fault::new(format!("{path}.writers"), problem, remedy));
    };
    if !work.writers.iter().any(|writer| writer.role.is_original()) {
        fault("none of them is a composer or an author", "name at least one who wrote the music or the text");
    }
    let is_modified = work.writers.iter().any(|writer| writer.role.is_modifying());
    match work.modified_from {
        Some(_) if !is_modified => {
            fault(
                "nobody has modified the work",
                "name who arranged, adapted or translated it, or call it an original",
            );
        }
        None if is_modified => {
            fault("somebody has modified an original", "say what the work was made of, or correct the role");
        }
        _ => {}
    }
    let is_controlled =
        work.writers.iter().any(|writer| writer.is_controlled) || work.chains.iter().any(|chain| chain.is_controlled);
    if !is_controlled {
        fault("you control none of them, and no publisher either", "leave the work out, or say whom you control");
    }
    faults
}

fn ownership(path: &str, work: &Work) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (right, share) in RIGHTS {
        let publishers: u64 =
            work.chains.iter().flat_map(|chain| &chain.links).map(|link| u64::from(share(&link.shares))).sum();
        let writers: u64 = work.writers.iter().map(|writer| u64::from(share(&writer.shares))).sum();
        let most = if right == "performing" { HALF } else { WHOLE };
        if publishers > u64::from(most + TOLERANCE) {
            let problem = format!("publishers own {} of the {right} right", percent(publishers));
            let remedy = format!("leave them no more than {}", percent(most.into()));
            faults.push(Fault::new(format!("{path}.chains"), problem, remedy));
        }
        if right == "performing" && (1..u64::from(HALF - TOLERANCE)).contains(&writers) {
            let problem = format!("they own {} of the {right} right", percent(writers));
            faults.push(Fault::new(format!("{path}.writers"), problem, "leave them at least half of it, or nothing"));
        }
        let total = publishers + writers;
        if total > 0 && total.abs_diff(WHOLE.into()) > u64::from(TOLERANCE) {
            let problem = format!("writers and publishers own {} of the {right} right", percent(total));
            faults.push(Fault::new(format!("{path}.writers"), problem, "make their shares 100 % together"));
        }
    }
    faults
}

fn collection(path: &str, work: &Work) -> Vec<Fault> {
    let links = work.chains.iter().flat_map(|chain| &chain.links).map(|link| &link.collections);
    let collectors: Vec<&Vec<Collection>> =
        links.chain(work.writers.iter().map(|writer| &writer.collections)).collect();
    let territories: BTreeSet<u16> = collectors.iter().copied().flatten().map(|one| one.territory).collect();
    let mut faults = Vec::new();
    for territory in territories {
        for (right, share) in RIGHTS {
            let total: u64 = collectors.iter().map(|list| u64::from(collected(list, territory, share))).sum();
            if total > u64::from(WHOLE + TOLERANCE) {
                let place = if territory == WORLD { "the world".to_owned() } else { format!("territory {territory}") };
                let problem = format!("{} of the {right} right are collected in {place}", percent(total));
                let remedy = "let those who collect it have no more than 100 % together";
                faults.push(Fault::new(format!("{path}.collections"), problem, remedy));
            }
        }
    }
    faults
}

/// What is collected in a territory: the last that names it, or the world, counts.
fn collected(collections: &[Collection], territory: u16, share: fn(&Shares) -> u32) -> u32 {
    let last = collections.iter().rev().find(|one| one.territory == territory || one.territory == WORLD);
    last.filter(|one| !one.is_excluded).map_or(0, |one| share(&one.shares))
}

/// Hundredths of a percent for people.
fn percent(hundredths: u64) -> String {
    format!("{}.{:02} %", hundredths / 100, hundredths % 100)
}
