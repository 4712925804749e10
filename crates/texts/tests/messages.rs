//! The messages as a whole: nothing is missing, nothing is left over, everything fits, and translators are told where it stands.

mod read;
mod used;

use std::collections::{BTreeMap, BTreeSet};

use read::Message;
use texts::{AREAS, Language};

fn all() -> BTreeMap<&'static str, BTreeMap<String, Message>> {
    let of = |language: Language| (language.code(), read::messages(language));
    Language::ALL.into_iter().map(of).collect()
}

fn none(faults: &[String]) {
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

#[test]
fn every_message_is_there_in_every_language_with_the_same_variables() {
    let all = all();
    let mut faults = Vec::new();
    for (language, messages) in &all {
        for (key, message) in &all["nl"] {
            match messages.get(key) {
                None => faults.push(format!("{language}: {key} is missing")),
                Some(other) if other.variables != message.variables => faults.push(format!(
                    "{language}: {key} has the variables {:?}, in Dutch {:?}",
                    other.variables, message.variables
                )),
                Some(_) => {}
            }
        }
        let extra = messages.keys().filter(|key| !all["nl"].contains_key(*key));
        faults.extend(extra.map(|key| format!("{language}: {key} is not there in Dutch")));
    }
    none(&faults);
}

#[test]
fn every_message_is_used_and_every_use_has_its_message() {
    let messages = read::messages(Language::Nl);
    let used = used::in_the_workspace();
    let mut faults = Vec::new();
    for key in messages.keys().filter(|key| !used.literals.contains(*key)) {
        faults.push(format!("{key} is not used"));
    }
    for call in &used.calls {
        match messages.get(&call.key) {
            None => faults.push(format!("{}: there is no {}", call.file, call.key)),
            Some(message)
                if call
                    .variables
                    .as_ref()
                    .is_some_and(|given| *given != message.variables) =>
            {
                faults.push(format!(
                    "{}: {} is given {:?}, and has {:?}",
                    call.file, call.key, call.variables, message.variables
                ));
            }
            Some(_) => {}
        }
    }
    none(&faults);
    assert!(used.calls.len() > 100, "the search for uses finds nothing");
}

/// A page and a letter are laid out with the Dutch words. The longest form of a message counts, a variable as eight letters.
#[test]
fn no_translation_is_much_longer_than_the_dutch() {
    let all = all();
    let mut faults = Vec::new();
    for (key, dutch) in &all["nl"] {
        let most = dutch.longest * 18 / 10 + 20;
        for (language, messages) in &all {
            let longest = messages.get(key).map_or(0, |message| message.longest);
            if longest > most {
                faults.push(format!(
                    "{language}: {key} has {longest} letters, at most {most} fit"
                ));
            }
        }
    }
    none(&faults);
}

#[test]
fn every_dutch_message_tells_translators_where_it_stands() {
    let messages = read::messages(Language::Nl);
    let faults: Vec<String> = messages
        .iter()
        .filter(|(_, message)| message.comment.split_whitespace().count() < 2)
        .map(|(key, _)| format!("{key} has no comment"))
        .collect();
    none(&faults);
}

#[test]
fn a_message_is_words_on_one_line_and_no_markup() {
    let mut faults = Vec::new();
    for (language, messages) in all() {
        for (key, message) in messages {
            if message.words.contains(['<', '>', '\n', '\t']) || message.words.contains("&amp;") {
                faults.push(format!("{language}: {key} holds markup or more than one line"));
            }
            if message.words.trim().is_empty() || message.words.contains("  ") {
                faults.push(format!("{language}: {key} is empty or has two spaces"));
            }
        }
    }
    none(&faults);
}

#[test]
fn a_key_begins_with_its_area_and_stands_once() {
    let mut seen = BTreeSet::new();
    let mut faults = Vec::new();
    for area in AREAS {
        for key in read::keys_in_order(Language::Nl, area) {
            if !key.starts_with(&format!("{area}-")) {
                faults.push(format!("{key} stands in {area}"));
            }
            if !seen.insert(key.clone()) {
                faults.push(format!("{key} stands twice"));
            }
        }
    }
    none(&faults);
}

/// What `?taal=` switches must be another language, not the same words again.
#[test]
fn a_translation_is_not_the_dutch() {
    let all = all();
    let mut faults = Vec::new();
    for (key, dutch) in &all["nl"] {
        for (language, messages) in all.iter().filter(|(language, _)| **language != "nl") {
            let same = messages
                .get(key)
                .is_some_and(|message| message.words == dutch.words);
            if same && dutch.words.split_whitespace().count() > 3 {
                faults.push(format!("{language}: {key} is the Dutch text"));
            }
        }
    }
    none(&faults);
}

/// A word in a template would be Dutch for everybody; these are names.
#[test]
fn no_page_says_anything_by_itself() {
    let mut faults = Vec::new();
    for (file, words) in used::words_in_templates() {
        let is_name = |word: &&String| !["Trefpunt", "WCAG", "AA", "EN"].contains(&word.as_str());
        for word in words.iter().filter(is_name) {
            faults.push(format!("{file}: {word}"));
        }
    }
    none(&faults);
}
