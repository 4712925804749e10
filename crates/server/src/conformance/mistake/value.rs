//! The ways to get the value wrong.

use identifiers::{Kind, token};
use zeroize::Zeroizing;

use super::{
    Bytes, CASE_KEPT, DATE_WITH_DASHES, DIACRITICS_KEPT, LETTERS_DROPPED, LINE_FEED, Mistake, NOT_CANONICAL,
    NOT_PADDED, NUMBER_NOT_TEXT, PUNCTUATION, Right, SEPARATOR_NOT_1F, SEPARATORS_KEPT, SEX_NOT_CANONICAL,
    UMLAUT_SPELLED_OUT, UTF_16, Way, ZERO_TERMINATED, layout::IDENT_PREFIX,
};

pub(super) fn values(right: &Right<'_>) -> Vec<Way<Bytes>> {
    let ident = token::ident(right.epoch, right.identifier);
    let value = ident.get(IDENT_PREFIX..).unwrap_or_default();
    let text = std::str::from_utf8(value).unwrap_or_default();
    let mut ways: Vec<Way<Bytes>> = vec![(None, Zeroizing::new(value.to_vec()))];
    let mut add = |mistake: &'static Mistake, bytes: &[u8]| {
        // What happens to come out right is no mistake, and the first explanation is the one that is told.
        if ways.iter().all(|(_, known)| known.as_slice() != bytes) {
            ways.push((Some(mistake), Zeroizing::new(bytes.to_vec())));
        }
    };
    match right.kind {
        Kind::Bsn | Kind::GuardianBsn => {
            add(&NOT_PADDED, text.trim_start_matches('0').as_bytes());
            add(&SEPARATORS_KEPT, right.raw.as_bytes());
            if let Ok(number) = text.parse::<u32>() {
                add(&NUMBER_NOT_TEXT, &number.to_be_bytes());
                add(&NUMBER_NOT_TEXT, &number.to_le_bytes());
                add(&NUMBER_NOT_TEXT, &u64::from(number).to_be_bytes());
                add(&NUMBER_NOT_TEXT, &u64::from(number).to_le_bytes());
            }
        }
        Kind::ServiceKey => service_keys(right.raw, text, &mut add),
    }
    add(&LINE_FEED, &Zeroizing::new([value, b"\n"].concat()));
    add(&LINE_FEED, &Zeroizing::new([value, b"\r\n"].concat()));
    add(&ZERO_TERMINATED, &Zeroizing::new([value, b"\0"].concat()));
    let little: Bytes = Zeroizing::new(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
    let big: Bytes = Zeroizing::new(text.encode_utf16().flat_map(u16::to_be_bytes).collect());
    add(&UTF_16, &little);
    add(&UTF_16, &big);
    ways
}

fn service_keys(raw: &str, canonical: &str, add: &mut impl FnMut(&'static Mistake, &[u8])) {
    let (typed, right): (Vec<&str>, Vec<&str>) =
        (raw.split('|').collect(), canonical.split('\x1f').collect());
    let ([surname, typed_date, typed_sex], [name, date, sex]) = (&typed[..], &right[..]) else {
        return;
    };
    let mut of = |mistake, name: &str, date: &str, sex: &str| {
        let joined = Zeroizing::new([name, date, sex].join("\x1f"));
        add(mistake, joined.as_bytes());
    };
    let lower = Zeroizing::new(surname.to_lowercase());
    let upper = Zeroizing::new(name.to_uppercase());
    of(&CASE_KEPT, &upper, date, sex);
    // With its capitals as they were typed, where nothing else of the surname changes.
    if surname.is_ascii() && lower.as_str() == *name {
        of(&CASE_KEPT, surname, date, sex);
    }
    of(&SEX_NOT_CANONICAL, name, date, typed_sex);
    of(&SEX_NOT_CANONICAL, name, date, &typed_sex.to_lowercase());
    of(&SEX_NOT_CANONICAL, name, date, &typed_sex.to_uppercase());
    of(&DATE_WITH_DASHES, name, typed_date, sex);
    if let (Some(year), Some(month), Some(day)) = (date.get(..4), date.get(4..6), date.get(6..)) {
        of(&DATE_WITH_DASHES, name, &format!("{year}-{month}-{day}"), sex);
    }
    if lower.is_ascii() {
        of(&PUNCTUATION, &lower, date, sex);
    } else {
        of(&DIACRITICS_KEPT, &lower, date, sex);
        let kept = |letter: &char| letter.is_ascii_lowercase() || *letter == ' ';
        let dropped: Zeroizing<String> = Zeroizing::new(lower.chars().filter(kept).collect());
        of(&LETTERS_DROPPED, &dropped, date, sex);
        let asked = Zeroizing::new(lower.replace(|letter: char| !letter.is_ascii(), "?"));
        of(&LETTERS_DROPPED, &asked, date, sex);
        let spelled = lower.replace('ä', "ae").replace('ö', "oe").replace('ü', "ue");
        of(&UMLAUT_SPELLED_OUT, &Zeroizing::new(spelled), date, sex);
    }
    of(&PUNCTUATION, &name.replace(' ', ""), date, sex);
    of(&PUNCTUATION, &name.replace(' ', "-"), date, sex);
    for separator in ["|", "", " ", ",", ";", "\t", "\0"] {
        let joined = Zeroizing::new([*name, date, sex].join(separator));
        add(&SEPARATOR_NOT_1F, joined.as_bytes());
    }
    add(&NOT_CANONICAL, raw.as_bytes());
    add(
        &NOT_CANONICAL,
        Zeroizing::new(raw.replace('|', "\x1f")).as_bytes(),
    );
}
