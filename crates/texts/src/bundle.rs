//! The messages, as they are embedded, and how one is found and written.

use std::borrow::Cow;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use intl_memoizer::concurrent::IntlLangMemoizer;
use unic_langid::LanguageIdentifier;

use crate::{Language, Value};

macro_rules! areas {
    ($($area:literal)*) => {
        /// The areas that messages are divided into. A key begins with its area.
        pub const AREAS: &[&str] = &[$($area),*];

        const fn sources(language: Language) -> [&'static str; AREAS.len()] {
            match language {
                Language::Nl => [$(include_str!(concat!("../messages/nl/", $area, ".ftl"))),*],
                Language::En => [$(include_str!(concat!("../messages/en/", $area, ".ftl"))),*],
                Language::Tr => [$(include_str!(concat!("../messages/tr/", $area, ".ftl"))),*],
                Language::Ar => [$(include_str!(concat!("../messages/ar/", $area, ".ftl"))),*],
                Language::Pl => [$(include_str!(concat!("../messages/pl/", $area, ".ftl"))),*],
                Language::Uk => [$(include_str!(concat!("../messages/uk/", $area, ".ftl"))),*],
            }
        }
    };
}

areas!("common" "request" "enter" "child" "history" "rights" "privacy" "accessibility" "help" "paper" "login");

type Bundle = FluentBundle<FluentResource>;

static NL: LazyLock<Bundle> = LazyLock::new(|| read(Language::Nl));
static EN: LazyLock<Bundle> = LazyLock::new(|| read(Language::En));
static TR: LazyLock<Bundle> = LazyLock::new(|| read(Language::Tr));
static AR: LazyLock<Bundle> = LazyLock::new(|| read(Language::Ar));
static PL: LazyLock<Bundle> = LazyLock::new(|| read(Language::Pl));
static UK: LazyLock<Bundle> = LazyLock::new(|| read(Language::Uk));

fn of(language: Language) -> &'static Bundle {
    match language {
        Language::Nl => &NL,
        Language::En => &EN,
        Language::Tr => &TR,
        Language::Ar => &AR,
        Language::Pl => &PL,
        Language::Uk => &UK,
    }
}

/// Reads the files of a language. What cannot be read, or stands there twice, a test refuses; here the rest is kept.
fn read(language: Language) -> Bundle {
    // Six tags that a test reads; `und` makes no plurals.
    let tag: LanguageIdentifier = language.code().parse().unwrap_or_default();
    let mut bundle = Bundle::new_concurrent(vec![tag]);
    // Only where the direction of a value can differ from that of the words around it.
    bundle.set_use_isolating(language == Language::Ar);
    bundle.set_formatter(Some(written));
    for source in sources(language) {
        let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(readable, _)| readable);
        let _ = bundle.add_resource(resource);
    }
    bundle
}

/// A message in this language, else in Dutch, else its key.
pub(crate) fn format(language: Language, key: &str, values: &[(&str, &dyn Value)]) -> Cow<'static, str> {
    [language, Language::Nl]
        .into_iter()
        .find_map(|language| format_in(language, key, values))
        .unwrap_or_else(|| Cow::Owned(key.to_owned()))
}

fn format_in(language: Language, key: &str, values: &[(&str, &dyn Value)]) -> Option<Cow<'static, str>> {
    let bundle = of(language);
    let pattern = bundle.get_message(key)?.value()?;
    if values.is_empty() {
        return Some(bundle.format_pattern(pattern, None, &mut Vec::new()));
    }
    let mut arguments = FluentArgs::with_capacity(values.len());
    for (name, value) in values {
        arguments.set(*name, counted(language, value.value()));
    }
    // A variable that is missing stands in the text by its name; which variables a message takes, a test compares.
    let text = bundle.format_pattern(pattern, Some(&arguments), &mut Vec::new());
    Some(Cow::Owned(text.into_owned()))
}

/// A number as its language counts it. In Arabic the last two digits decide (CLDR: `n % 100`), which the library of plurals
/// leaves out: above 100 it is given those, and the number itself goes along to be written, in a field that no text here needs.
fn counted(language: Language, value: FluentValue<'_>) -> FluentValue<'_> {
    match value {
        FluentValue::Number(mut number) if language == Language::Ar && number.value > 100.0 => {
            number.options.currency = Some(number.as_string().into_owned());
            let last_two = number.value % 100.0;
            // 0, 1 and 2 have forms of their own, 100, 101 and 102 have not.
            number.value = if last_two < 3.0 { 100.0 } else { last_two };
            FluentValue::Number(number)
        }
        other => other,
    }
}

fn written(value: &FluentValue<'_>, _: &IntlLangMemoizer) -> Option<String> {
    match value {
        FluentValue::Number(number) => number.options.currency.clone(),
        _ => None,
    }
}
