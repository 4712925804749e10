//! What each text member of a leaf may be. All of it is ASCII without quotes, backslashes or anything a spreadsheet
//! would take for a formula.

/// The longest name of an event or a state, in bytes.
const MAX_NAME_BYTES: usize = 64;

/// `noun.verb`, each a word.
pub(super) fn is_event(text: &str) -> bool {
    text.len() <= MAX_NAME_BYTES
        && text
            .split_once('.')
            .is_some_and(|(noun, verb)| is_word(noun) && is_word(verb))
}

/// A word, or a word with its reason as product.md writes it: `paused(no_disclosure)`.
pub(super) fn is_state(text: &str) -> bool {
    let (word, reason) = match text.split_once('(') {
        None => (text, None),
        Some((word, reason)) => (word, Some(reason.strip_suffix(')'))),
    };
    text.len() <= MAX_NAME_BYTES && is_word(word) && reason.is_none_or(|reason| reason.is_some_and(is_word))
}

/// A letter, `_`, and 32 lower-case hexadecimal digits.
pub(super) fn is_tag(text: &str) -> bool {
    match text.as_bytes() {
        [letter, b'_', digits @ ..] => {
            letter.is_ascii_lowercase()
                && digits.len() == 32
                && digits
                    .iter()
                    .all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
        }
        _ => false,
    }
}

/// A tag with this letter.
pub(crate) fn is_tag_of(letter: char, text: &str) -> bool {
    text.starts_with(letter) && is_tag(text)
}

/// `org_` and 16 bytes in unpadded base64url: 22 characters, of which the last carries two bits.
pub(super) fn is_organisation(text: &str) -> bool {
    text.strip_prefix("org_").is_some_and(|id| {
        let id = id.as_bytes();
        id.len() == 22
            && id
                .iter()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_'))
            && matches!(id[21], b'A' | b'Q' | b'g' | b'w')
    })
}

fn is_word(text: &str) -> bool {
    text.as_bytes().first().is_some_and(u8::is_ascii_lowercase)
        && text
            .bytes()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_')
}
