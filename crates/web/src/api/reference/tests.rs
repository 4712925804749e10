use super::*;

fn reference() -> Reference {
    Reference::new(
        &crate::api::description("https://trefpunt.example"),
        "https://trefpunt.example",
    )
}

#[test]
fn each_operation_has_a_page_that_says_how_to_call_it() {
    let reference = reference();
    for operation in reference.groups.iter().flat_map(|group| &group.operations) {
        let page = OperationPage {
            groups: &reference.groups,
            operation,
        };
        let html = page.render().unwrap();
        assert!(html.contains(&operation.path), "{}", operation.id);
        assert!(html.contains("curl -sS"), "{}", operation.id);
        assert!(!operation.answers.is_empty(), "{}", operation.id);
        for forbidden in ["<script", "style=", " onclick", "http://", "$ref"] {
            assert!(!html.contains(forbidden), "{}: {forbidden}", operation.id);
        }
    }
}

const CHANGELOG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/CHANGELOG.md");

#[test]
fn the_changelog_begins_with_this_version_and_names_every_operation() {
    let text = std::fs::read_to_string(CHANGELOG).unwrap();
    let first = text.lines().find_map(|line| {
        line.strip_prefix("## ")
            .filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    });
    assert_eq!(first, Some(crate::API_VERSION));
    let (before, rest) = text.split_once("cargo test -p web -->\n").unwrap();
    let (_, after) = rest.split_once("<!-- end -->").unwrap();
    let mut made = format!("{before}cargo test -p web -->\n");
    for group in &reference().groups {
        let names: Vec<String> = group
            .operations
            .iter()
            .map(|operation| format!("`{}`", operation.id))
            .collect();
        made.push_str(&format!("- *{}*: {}\n", group.name, names.join(", ")));
    }
    made.push_str(&format!("<!-- end -->{after}"));
    if std::env::var_os("TREFPUNT_WRITE_DOCS").is_some() {
        std::fs::write(CHANGELOG, &made).unwrap();
    }
    let committed = std::fs::read_to_string(CHANGELOG).unwrap();
    assert!(
        committed == made,
        "docs/CHANGELOG.md is stale: TREFPUNT_WRITE_DOCS=1 cargo test -p web writes it"
    );
}

/// The rule of the changelog: who calls what will go learns it from each answer, which nobody has built before
/// something goes. So nothing is marked as deprecated until its answers say so.
#[test]
fn nothing_is_deprecated_yet() {
    let deprecated: Vec<String> = reference()
        .groups
        .into_iter()
        .flat_map(|group| group.operations)
        .filter(|operation| operation.deprecated)
        .map(|operation| operation.id)
        .collect();
    assert!(
        deprecated.is_empty(),
        "{deprecated:?}: their answers need Deprecation, Sunset and Link"
    );
}

const COLLECTION: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/bruno");

#[test]
fn the_collection_for_bruno_is_the_descriptions() {
    let files = bruno::files(&reference().groups, crate::API_VERSION);
    let directory = std::path::Path::new(COLLECTION);
    if std::env::var_os("TREFPUNT_WRITE_DOCS").is_some() {
        let _ = std::fs::remove_dir_all(directory);
        for (path, text) in &files {
            let path = directory.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
    }
    let stale = "docs/bruno is stale: TREFPUNT_WRITE_DOCS=1 cargo test -p web writes it";
    for (path, text) in &files {
        let committed = std::fs::read_to_string(directory.join(path)).unwrap_or_default();
        assert!(committed == *text, "{path}: {stale}");
    }
    let mut found = 0;
    let mut left = vec![directory.to_path_buf()];
    while let Some(directory) = left.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_dir() {
                left.push(entry.path());
            } else {
                found += 1;
            }
        }
    }
    assert_eq!(found, files.len(), "{stale}");
}
