//! What the explorer notes of its paths while it follows them, for the picture.

use std::collections::HashMap;

use super::picture::{How, Place, Way};

/// Where a path stands in the sketch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spot(usize);

impl Spot {
    /// What goes on from here is not drawn.
    pub const NOWHERE: Self = Self(usize::MAX);
}

/// All paths, as far as they go the same way drawn as one.
pub struct Sketch {
    twigs: Vec<Twig>,
}

#[derive(Default)]
struct Twig {
    /// What decides here; `None` until a path has gone on from here.
    place: Option<Place>,
    ways: Vec<(How, String, usize)>,
}

/// A place after equal continuations have become one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Merged {
    pub place: Place,
    pub ways: Vec<MergedWay>,
}

/// A way between two of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MergedWay {
    how: How,
    told: Vec<String>,
    pub to: usize,
}

impl MergedWay {
    pub fn drawn(&self, to: u32) -> Way {
        Way {
            how: self.how,
            told: self.told.clone(),
            more: 0,
            to,
        }
    }
}

impl Default for Sketch {
    fn default() -> Self {
        Self {
            twigs: vec![Twig::default()],
        }
    }
}

impl Sketch {
    /// Goes on from a spot, which is this place, in one way.
    pub fn go(&mut self, from: Spot, place: Place, how: How, told: &str) -> Spot {
        let new = self.twigs.len();
        let Some(twig) = self.twigs.get_mut(from.0) else {
            return from;
        };
        twig.place.get_or_insert(place);
        let mut ways = twig.ways.iter();
        if let Some((_, _, to)) = ways.find(|(known, words, _)| *known == how && words == told) {
            return Spot(*to);
        }
        twig.ways.push((how, told.to_owned(), new));
        self.twigs.push(Twig::default());
        Spot(new)
    }

    /// The path ends at this spot.
    pub fn end(&mut self, at: Spot, end: Place) {
        if let Some(twig) = self.twigs.get_mut(at.0) {
            twig.place.get_or_insert(end);
        }
    }

    /// Every place once, and the first one; none where no path came to an end.
    pub fn merge(&self) -> (Vec<Merged>, Option<usize>) {
        let mut merger = Merger {
            sketch: self,
            all: vec![],
            known: HashMap::new(),
        };
        let first = merger.merge(0);
        (merger.all, first)
    }

    /// The ends of all paths, as they were noted.
    #[cfg(test)]
    pub fn ends(&self) -> std::collections::BTreeSet<Place> {
        let ends = self.twigs.iter().filter_map(|twig| twig.place.clone());
        ends.filter(Place::is_end).collect()
    }
}

struct Merger<'a> {
    sketch: &'a Sketch,
    all: Vec<Merged>,
    known: HashMap<Merged, usize>,
}

impl Merger<'_> {
    /// `None` where nobody goes: a path that was begun and that no person takes.
    fn merge(&mut self, at: usize) -> Option<usize> {
        let twig = self.sketch.twigs.get(at)?;
        let place = twig.place.clone()?;
        let mut ways: Vec<MergedWay> = Vec::new();
        for (how, told, to) in &twig.ways {
            let Some(to) = self.merge(*to) else { continue };
            match ways.iter_mut().find(|way| way.to == to && way.how == *how) {
                Some(same) => same.told.extend(Some(told.clone()).filter(|told| !told.is_empty())),
                None => ways.push(MergedWay {
                    how: *how,
                    told: Some(told.clone()).filter(|told| !told.is_empty()).into_iter().collect(),
                    to,
                }),
            }
        }
        ways.sort_by_key(|way| way.how);
        if place.is_end() {
            return Some(self.enter(Merged { place, ways: vec![] }));
        }
        match (&place, ways.as_slice()) {
            (_, []) => None,
            // Whatever the answer is, the same follows.
            (Place::Question { .. }, [only]) => Some(only.to),
            _ => Some(self.enter(Merged { place, ways })),
        }
    }

    fn enter(&mut self, merged: Merged) -> usize {
        let next = self.all.len();
        let number = *self.known.entry(merged.clone()).or_insert(next);
        if number == next {
            self.all.push(merged);
        }
        number
    }
}
