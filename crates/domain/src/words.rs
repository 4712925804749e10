//! Closed lists of words: what tables, settings, the interface and the audit log write for the variants of an enum.

/// A word that is not in the list it should come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not in the list of {list}")]
pub struct UnknownWord {
    /// What the list contains, in the plural.
    pub list: &'static str,
}

/// Makes an enum whose variants each have one word, so that the list and its words cannot disagree.
macro_rules! words {
    (
        $(#[$about:meta])*
        $name:ident, $list:literal {
            $($(#[$doc:meta])* $variant:ident = $slug:literal,)+
        }
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$doc])* $variant,)+
        }

        impl $name {
            /// All of them, in the order in which lists show them.
            pub const ALL: [Self; [$($slug),+].len()] = [$(Self::$variant),+];

            /// The word for settings, tables, the interface and the audit log.
            pub const fn slug(self) -> &'static str {
                match self {
                    $(Self::$variant => $slug,)+
                }
            }

            /// # Errors
            /// `UnknownWord` when none has this slug.
            pub fn from_slug(slug: &str) -> Result<Self, $crate::words::UnknownWord> {
                Self::ALL
                    .into_iter()
                    .find(|word| word.slug() == slug)
                    .ok_or($crate::words::UnknownWord { list: $list })
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.slug())
            }
        }
    };
}

pub(crate) use words;

#[cfg(test)]
mod tests {
    use super::*;

    words! {
        /// For the test.
        Fruit, "fruits" {
            /// Red or green.
            Apple = "apple",
            /// Yellow.
            Pear = "pear",
        }
    }

    #[test]
    fn every_word_names_its_own_variant_and_no_other_does() {
        assert_eq!(Fruit::ALL, [Fruit::Apple, Fruit::Pear]);
        for fruit in Fruit::ALL {
            assert_eq!(Fruit::from_slug(fruit.slug()), Ok(fruit));
            assert_eq!(fruit.to_string(), fruit.slug());
        }
        for wrong in ["", "Apple", "apple ", "plum"] {
            assert_eq!(Fruit::from_slug(wrong), Err(UnknownWord { list: "fruits" }));
        }
    }
}
