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
    text.and_then(|text| Theme::parse(&text).map_err(|error| error.to_string()))
        .map_err(|problem| section.refuse("theme_file", problem))
        .ok()
}
