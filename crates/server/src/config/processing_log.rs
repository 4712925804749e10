//! `[processing_log]`: the log of processing actions (Logboek Dataverwerkingen).

use std::path::PathBuf;

use super::reader::Section;

/// Where each processing action leaves its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcessingLog {
    /// The file, one JSON object a line.
    pub file: PathBuf,
    /// The register of processing activities; the name of the activity is appended.
    pub register: String,
}

pub(super) fn read(section: &mut Section<'_>) -> Option<ProcessingLog> {
    let file = section.path("file");
    if file.is_none() {
        section.refuse("file", "missing; it is the file to which lines are appended");
    }
    let register: Option<String> = section.required(
        "register",
        "the address of the register of processing activities, such as https://example.nl/verwerkingen/",
    );
    if let Some(register) = &register
        && !is_absolute(register)
    {
        section.refuse(
            "register",
            "must be an absolute URI: https://... or urn:..., without spaces",
        );
    }
    Some(ProcessingLog {
        file: file?,
        register: register?,
    })
}

fn is_absolute(uri: &str) -> bool {
    let plain = uri
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !b"\"<>\\".contains(&byte));
    let known = ["https://", "http://", "urn:"];
    plain
        && known
            .iter()
            .any(|scheme| uri.len() > scheme.len() && uri.starts_with(scheme))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_register_has_an_absolute_address() {
        for good in ["https://example.nl/verwerkingen/", "urn:example:verwerkingen:"] {
            assert!(is_absolute(good), "{good}");
        }
        for bad in [
            "",
            "https://",
            "example.nl/x",
            "https://example.nl/a b",
            "file:///x",
            "urn:a\"b",
        ] {
            assert!(!is_absolute(bad), "{bad}");
        }
    }
}
