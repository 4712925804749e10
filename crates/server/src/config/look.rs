//! `[look]`: how the family's pages look.

use web::portal::theme::Theme;

use super::reader::Section;
use crate::files;

/// The theme in the file that the settings name.
pub(super) fn read(section: &mut Section<'_>) -> Option<Theme> {
    let Some(path) = section.path("theme_file") else {
        section.refuse(
            "theme_file",
            "missing; it is a style sheet with a municipality's design tokens",
        );
        return None;
    };
    let text = files::read(&path).map_err(|error| error.to_string());
    let theme = text.and_then(|text| Theme::parse(&text).map_err(|error| error.to_string()));
    match theme {
        Ok(theme) => {
            for faint in theme.faint() {
                section.warn("theme_file", faint);
            }
            Some(theme)
        }
        Err(problem) => {
            section.refuse("theme_file", problem);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::config::reader::Reader;

    fn told(theme: &str) -> (bool, Vec<String>, Vec<String>) {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("theme.css"), theme).unwrap();
        let settings = "[look]\ntheme_file = \"theme.css\"".parse().unwrap();
        let mut reader = Reader::new(settings, directory.path());
        let theme = reader.optional_section("look", read);
        let (faults, warnings) = reader.finish();
        let faults = faults.into_iter().map(|fault| fault.problem).collect();
        (theme.is_some(), faults, warnings)
    }

    #[test]
    fn a_theme_is_read_and_what_is_faint_in_it_warned_about() {
        let (is_there, faults, warnings) = told(":root { --utrecht-link-color: #004488; }");
        assert!(is_there && faults.is_empty() && warnings.is_empty());
        let (is_there, faults, warnings) = told(":root { --utrecht-link-color: #ffdd00; }");
        assert!(is_there && faults.is_empty());
        assert!(
            warnings[0].starts_with("look.theme_file: in the light, --utrecht-link-color"),
            "{warnings:?}"
        );
    }

    #[test]
    fn a_file_that_is_no_theme_stops_the_start() {
        let (is_there, faults, _) = told("body { display: none }");
        assert!(!is_there);
        assert!(faults[0].starts_with("line 1: only"), "{faults:?}");
    }
}
