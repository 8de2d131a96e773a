//! Sets of words separated by spaces, as `scope` and `prompt` carry them, kept in one byte.

/// Defines an enum of words and a set of them that prints, parses and serialises as words separated by spaces.
macro_rules! word_set {
    ($(#[$doc:meta])* $word:ident, $(#[$set_doc:meta])* $set:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[repr(u8)]
        pub enum $word { $($(#[$variant_doc])* $variant,)* }

        impl $word {
            /// Every word, in the order in which a set prints them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word on the wire.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// Finds the word written like this; case counts.
            #[must_use]
            pub fn find(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)* _ => None }
            }
        }

        $(#[$set_doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $set(u8);

        impl $set {
            /// The set with one more word.
            #[must_use]
            pub fn with(self, word: $word) -> Self {
                Self(self.0 | 1 << word as u8)
            }

            /// Whether the word is in the set.
            #[must_use]
            pub fn contains(self, word: $word) -> bool {
                self.0 & (1 << word as u8) != 0
            }

            /// Whether no word is in the set.
            #[must_use]
            pub fn is_empty(&self) -> bool {
                self.0 == 0
            }

            /// Whether every word of this set is in the other.
            #[must_use]
            pub fn is_subset(self, other: Self) -> bool {
                self.0 & !other.0 == 0
            }

            /// The words, always in the same order.
            pub fn iter(self) -> impl Iterator<Item = $word> {
                $word::ALL.iter().copied().filter(move |word| self.contains(*word))
            }
        }

        impl FromIterator<$word> for $set {
            fn from_iter<I: IntoIterator<Item = $word>>(words: I) -> Self {
                words.into_iter().fold(Self::default(), Self::with)
            }
        }

        impl std::fmt::Display for $set {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                for (index, word) in self.iter().enumerate() {
                    if index > 0 {
                        f.write_str(" ")?;
                    }
                    f.write_str(word.as_str())?;
                }
                Ok(())
            }
        }

        impl std::fmt::Debug for $set {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({self})", stringify!($set))
            }
        }

        impl From<$set> for String {
            fn from(set: $set) -> String {
                set.to_string()
            }
        }

        impl TryFrom<String> for $set {
            type Error = $crate::words::UnknownWord;
            /// Reads what we stored ourselves, so a word we do not know is an error.
            fn try_from(text: String) -> Result<Self, $crate::words::UnknownWord> {
                let words = text.split(' ').filter(|word| !word.is_empty());
                words.map(|word| $word::find(word).ok_or($crate::words::UnknownWord)).collect()
            }
        }
    };
}
pub(crate) use word_set;

/// A stored set holds a word this version does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a word this version does not know")]
pub struct UnknownWord;
