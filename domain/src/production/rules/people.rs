//! What people's roles come to: credits, and the shares that a split sheet begins with.

use crate::{
    ids::PartyId,
    production::entity::PersonRole,
    share::{Share, WHOLE_PPM, allocate},
};

/// A party among those who made a song.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Maker {
    /// Who.
    pub party: PartyId,
    /// As what, in the order in which they were entered.
    pub roles: Vec<PersonRole>,
    /// Their part of the composition; none if they did not write.
    pub composition: Option<Share>,
    /// Their part of the master; none if they do not own it.
    pub master: Option<Share>,
}

/// What a role is called in print.
pub const fn role_name(role: PersonRole) -> &'static str {
    match role {
        PersonRole::Producer => "producer",
        PersonRole::ExecutiveProducer => "executive producer",
        PersonRole::Artist => "artist",
        PersonRole::FeaturedArtist => "featured artist",
        PersonRole::Writer => "writer",
        PersonRole::Performer => "performer",
        PersonRole::Engineer => "engineer",
        PersonRole::Mixer => "mixer",
        PersonRole::MasteringEngineer => "mastering engineer",
        PersonRole::ArtistsAndRepertoire => "A&R",
        PersonRole::Label => "label",
        PersonRole::Manager => "manager",
    }
}

/// Who shares a side, by role: the first of these groups in which there is anybody; if there is nobody in any, all.
const WRITERS: [&[PersonRole]; 2] =
    [&[PersonRole::Writer], &[PersonRole::Artist, PersonRole::FeaturedArtist, PersonRole::Producer]];
const OWNERS: [&[PersonRole]; 2] = [&[PersonRole::Label, PersonRole::Artist], &[PersonRole::Producer]];

/// Those who made a song, each once, with the equal shares that a split sheet begins with: writers share the composition, or artists and producers if no writer
/// is named; artists and labels share the master, or the producers. It is a draft: those who sign agree on other shares where theirs are others.
pub fn makers(people: &[(PartyId, PersonRole)]) -> Vec<Maker> {
    let mut makers: Vec<Maker> = Vec::new();
    for (party, role) in people {
        match makers.iter_mut().find(|maker| maker.party == *party) {
            Some(maker) if maker.roles.contains(role) => {}
            Some(maker) => maker.roles.push(*role),
            None => makers.push(Maker { party: *party, roles: vec![*role], composition: None, master: None }),
        }
    }
    let (writers, owners) = (divided(&makers, &WRITERS), divided(&makers, &OWNERS));
    for (maker, (composition, master)) in makers.iter_mut().zip(writers.into_iter().zip(owners)) {
        (maker.composition, maker.master) = (composition, master);
    }
    makers
}

/// The whole in equal parts among those of the first group that has anybody; to the others none.
fn divided(makers: &[Maker], groups: &[&[PersonRole]]) -> Vec<Option<Share>> {
    let among = |group: &[PersonRole]| -> Vec<bool> {
        makers.iter().map(|maker| maker.roles.iter().any(|role| group.contains(role))).collect()
    };
    let chosen = groups.iter().map(|group| among(group)).find(|chosen| chosen.contains(&true));
    let chosen = chosen.unwrap_or_else(|| vec![true; makers.len()]);
    let weights: Vec<u64> = chosen.iter().map(|is_chosen| u64::from(*is_chosen)).collect();
    // Among nobody nothing is divided.
    let parts = allocate(i64::from(WHOLE_PPM), &weights).unwrap_or_default();
    let share = |part: i64| u32::try_from(part).ok().and_then(|ppm| Share::from_ppm(ppm).ok());
    parts.into_iter().zip(chosen).map(|(part, is_chosen)| share(part).filter(|_| is_chosen)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sea_orm::{Iterable, prelude::Uuid};

    use super::*;

    fn party(n: u128) -> PartyId {
        PartyId(Uuid::from_u128(n))
    }

    fn ppm(share: Option<Share>) -> Option<u32> {
        share.map(Share::ppm)
    }

    #[test]
    fn writers_share_the_song_and_artists_the_master() {
        let people = [
            (party(1), PersonRole::Artist),
            (party(2), PersonRole::Producer),
            (party(3), PersonRole::Writer),
            (party(1), PersonRole::Writer),
            (party(4), PersonRole::Mixer),
            (party(1), PersonRole::Artist),
        ];
        let makers = makers(&people);
        assert_eq!(makers.iter().map(|maker| maker.party).collect::<Vec<_>>(), [1, 2, 3, 4].map(party));
        assert_eq!(makers[0].roles, [PersonRole::Artist, PersonRole::Writer]);
        let shares: Vec<_> = makers.iter().map(|maker| (ppm(maker.composition), ppm(maker.master))).collect();
        assert_eq!(shares, [(Some(500_000), Some(1_000_000)), (None, None), (Some(500_000), None), (None, None)]);
    }

    #[test]
    fn where_nobody_is_named_for_it_others_stand_in() {
        let of = |people: &[(PartyId, PersonRole)]| -> Vec<_> {
            makers(people).iter().map(|maker| (ppm(maker.composition), ppm(maker.master))).collect()
        };
        let producers =
            [(party(1), PersonRole::Producer), (party(2), PersonRole::Producer), (party(3), PersonRole::Mixer)];
        assert_eq!(of(&producers), [(Some(500_000), Some(500_000)), (Some(500_000), Some(500_000)), (None, None)]);
        let three = [1, 2, 3].map(|n| (party(n), PersonRole::Engineer));
        assert_eq!(of(&three)[0], (Some(333_334), Some(333_334)));
        assert_eq!(of(&three)[2], (Some(333_333), Some(333_333)));
        assert!(of(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn each_side_is_always_the_whole(people in prop::collection::vec((0_u128..9, 0_usize..12), 1..40)) {
            let roles: Vec<PersonRole> = PersonRole::iter().collect();
            let people: Vec<_> = people.into_iter().map(|(n, role)| (party(n), roles[role])).collect();
            let makers = makers(&people);
            for side in [|maker: &Maker| maker.composition, |maker: &Maker| maker.master] {
                let shares: Vec<Share> = makers.iter().filter_map(side).collect();
                prop_assert_eq!(Share::require_whole(&shares), Ok(()));
            }
        }
    }
}
