//! Whether a picture has the way that somebody went.

use std::collections::BTreeSet;

use doorward_domain::analysis::{ConnectionFacts, How, Picture, Place, option_name};
use doorward_domain::flow::AuthOption;

/// Whether the picture has a way through these options to this end. What the world answered on it is free, as are
/// steps that nobody chooses how to pass.
pub fn has(picture: &Picture, facts: &[ConnectionFacts], taken: &[(u32, AuthOption)], end: &Place) -> bool {
    let mut at: BTreeSet<u32> = drift(picture, [0].into());
    for (number, option) in taken {
        let name = option_name(option, facts);
        let mut next = BTreeSet::new();
        for place in at {
            let drawn = &picture.places[place as usize];
            if drawn.place != (Place::Step { step: *number }) {
                continue;
            }
            let ways = drawn
                .ways
                .iter()
                .filter(|way| way.how == How::Passed && way.told.contains(&name));
            next.extend(ways.map(|way| way.to));
        }
        at = drift(picture, next);
    }
    at.iter().any(|place| picture.places[*place as usize].place == *end)
}

/// Every place that is reached from these without a choice.
fn drift(picture: &Picture, mut at: BTreeSet<u32>) -> BTreeSet<u32> {
    loop {
        let ways = at.iter().flat_map(|place| &picture.places[*place as usize].ways);
        let free = ways.filter(|way| match way.how {
            How::Answer | How::Failed => true,
            How::Passed => way.told.iter().any(|told| told.starts_with("the provider")),
            How::TurnedBack => false,
        });
        let before = at.len();
        at = free
            .map(|way| way.to)
            .collect::<BTreeSet<_>>()
            .union(&at)
            .copied()
            .collect();
        if at.len() == before {
            return at;
        }
    }
}
