//! The picture in words: a nested list, which says the same to people who do not see the drawing.

use std::collections::BTreeMap;

use super::picture::{Picture, Place, Way};
use crate::text::either;

/// A way and the place it leads to, with the ways on from there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What takes people this way; nothing at the beginning.
    pub way: String,
    pub place: Place,
    /// Tells places apart that more than one way leads to.
    pub mark: Option<u32>,
    /// Whether the ways on from here stand at the same mark further up.
    pub is_above: bool,
    pub inside: Vec<Item>,
}

impl Place {
    /// What it is called, and what there is to say beside it.
    #[must_use]
    pub fn words(&self) -> (String, String) {
        let by_script = |line: &Option<u32>| match line {
            Some(line) => format!("by the script, line {line}"),
            None => "by the script".to_owned(),
        };
        let (title, rest) = match self {
            Self::Step { step } => return (format!("Step {step}"), String::new()),
            Self::Question { line: Some(line) } => ("It depends", format!("line {line} of the script")),
            Self::Question { line: None } => ("It depends", "on the person".to_owned()),
            Self::SignedIn => ("Signed in", String::new()),
            Self::NeedsAccount { step } => ("Stopped", format!("step {step} needs an account")),
            Self::NoAddress { step } => ("Stopped", format!("no address for step {step}")),
            Self::Closed { step } => ("Stopped", format!("step {step} has no way on")),
            Self::Refused { line } => ("Refused", by_script(line)),
            Self::ErrorPage { line } => ("Error page", by_script(line)),
            Self::ScriptFails => ("Stopped", "the script fails".to_owned()),
            Self::NobodyKnown => ("Stopped", "nobody is known".to_owned()),
            Self::NotDrawn => ("More paths", "not drawn".to_owned()),
        };
        (title.to_owned(), rest)
    }
}

impl Way {
    /// What takes people this way: `a password, Acme or 3 more`.
    #[must_use]
    pub fn words(&self) -> String {
        let mut all = self.told.clone();
        all.extend((self.more > 0).then(|| format!("{} more", self.more)));
        if all.is_empty() {
            "anything else".to_owned()
        } else {
            either(&all)
        }
    }
}

impl Picture {
    /// The picture as a list; nothing where there is no picture.
    #[must_use]
    pub fn outline(&self) -> Option<Item> {
        let mut reached: BTreeMap<u32, u32> = BTreeMap::new();
        for way in self.places.iter().flat_map(|drawn| &drawn.ways) {
            *reached.entry(way.to).or_default() += 1;
        }
        reached.retain(|_, ways| *ways > 1);
        let mut writer = Writer {
            picture: self,
            shared: reached,
            marks: BTreeMap::new(),
        };
        writer.item(String::new(), 0)
    }
}

struct Writer<'a> {
    picture: &'a Picture,
    shared: BTreeMap<u32, u32>,
    marks: BTreeMap<u32, u32>,
}

impl Writer<'_> {
    fn item(&mut self, way: String, at: u32) -> Option<Item> {
        let drawn = self.picture.places.get(at as usize)?;
        let is_shared = self.shared.contains_key(&at) && !drawn.place.is_end();
        let known = self.marks.get(&at).copied();
        if is_shared && known.is_none() {
            let next = u32::try_from(self.marks.len() + 1).unwrap_or(u32::MAX);
            self.marks.insert(at, next);
        }
        let ways = drawn.ways.iter().filter(|_| known.is_none());
        let inside = ways.filter_map(|way| self.item(way.words(), way.to)).collect();
        Some(Item {
            way,
            place: drawn.place.clone(),
            mark: self.marks.get(&at).copied(),
            is_above: known.is_some(),
            inside,
        })
    }
}

impl std::fmt::Display for Item {
    /// One line for each way, further in for what follows.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.write(f, 0)
    }
}

impl Item {
    /// Where it leads to: `Step 2 (1)`, `Stopped: step 2 needs an account`.
    #[must_use]
    pub fn target(&self) -> String {
        let (title, rest) = self.place.words();
        let mut text = if rest.is_empty() {
            title
        } else {
            format!("{title}: {rest}")
        };
        if let Some(mark) = self.mark {
            text.push_str(&format!(" ({mark})"));
        }
        if self.is_above {
            text.push_str(", as above");
        }
        text
    }

    fn write(&self, f: &mut std::fmt::Formatter<'_>, depth: usize) -> std::fmt::Result {
        let arrow = if self.way.is_empty() { "" } else { " → " };
        writeln!(f, "{}{}{arrow}{}", "  ".repeat(depth), self.way, self.target())?;
        self.inside.iter().try_for_each(|item| item.write(f, depth + 1))
    }
}
