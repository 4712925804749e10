//! Who is meant, without saying who: identifiers, tokens and tags
