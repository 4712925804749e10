//! Which test proves which rule of docs/API-DESIGN.md.
//!
//! A test says it by a line directly above it: `// rule: D4, D5`, in Python `# rule: D4`. The table is made of these lines,
//! so it cannot name a test that is not there; that the test proves the rule is what its reviewer looks at.

mod list;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::root;
use list::{Rule, SECTIONS, WITHOUT_TEST};

/// Where the table stands in the document.
const BEGIN: &str = "<!-- rules -->\n";
const END: &str = "<!-- end -->";

/// What stands for the test of a line that stands above none.
const NO_TEST: &str = "no test below this line";

/// A test that proves something.
#[derive(Debug, PartialEq, Eq)]
struct Proof {
    rules: Vec<String>,
    file: String,
    test: String,
}

#[test]
fn the_table_of_rules_is_made_of_the_tests() {
    let table = table(&proofs());
    let path = root().join("docs/API-DESIGN.md");
    let document = std::fs::read_to_string(&path).unwrap_or_default();
    let (before, rest) = document
        .split_once(BEGIN)
        .expect("docs/API-DESIGN.md has the table");
    let (_, after) = rest.split_once(END).expect("the table ends");
    let made = format!("{before}{BEGIN}{table}{END}{after}");
    if std::env::var_os("TREFPUNT_WRITE_DOCS").is_some() {
        std::fs::write(&path, made).expect("docs/API-DESIGN.md can be written");
        return;
    }
    assert!(
        made == document,
        "docs/API-DESIGN.md is stale: TREFPUNT_WRITE_DOCS=1 cargo test -p tests --test completeness writes it"
    );
}

#[test]
fn every_rule_that_a_test_names_is_on_the_list() {
    let unknown: Vec<String> = proofs()
        .iter()
        .flat_map(|proof| proof.rules.iter().map(move |rule| (rule, proof)))
        .filter(|(rule, _)| !rules().any(|known| known.0 == **rule))
        .map(|(rule, proof)| format!("{rule} in {}, {}", proof.file, proof.test))
        .collect();
    assert_eq!(unknown, Vec::<String>::new());
}

#[test]
fn every_line_that_names_a_rule_stands_above_a_test() {
    let lost: Vec<Proof> = proofs()
        .into_iter()
        .filter(|proof| proof.test == NO_TEST)
        .collect();
    assert_eq!(lost, Vec::new());
}

#[test]
fn every_rule_has_a_test_or_a_reason() {
    let proofs = proofs();
    let open: Vec<&str> = rules()
        .map(|rule| rule.0)
        .filter(|id| {
            !proofs
                .iter()
                .any(|proof| proof.rules.iter().any(|rule| rule == id))
        })
        .filter(|id| !WITHOUT_TEST.iter().any(|(without, _)| without == id))
        .collect();
    assert_eq!(open, Vec::<&str>::new());
    let lost: Vec<&str> = WITHOUT_TEST
        .iter()
        .map(|(id, _)| *id)
        .filter(|id| !rules().any(|rule| rule.0 == *id))
        .collect();
    assert_eq!(lost, Vec::<&str>::new(), "a reason without a rule");
}

#[test]
fn an_id_names_one_rule() {
    let mut ids: Vec<&str> = rules().map(|rule| rule.0).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all);
}

fn rules() -> impl Iterator<Item = &'static Rule> {
    SECTIONS.iter().flat_map(|section| section.rules)
}

/// The sections of the document, each a table.
fn table(proofs: &[Proof]) -> String {
    let mut text = String::new();
    for section in SECTIONS {
        let _ = write!(
            text,
            "\n### {}\n\n| id | rule | tests |\n|---|---|---|\n",
            section.title
        );
        for Rule(id, says) in section.rules {
            let reason = WITHOUT_TEST.iter().find(|(without, _)| without == id);
            let mut tests: Vec<String> = proofs
                .iter()
                .filter(|proof| proof.rules.iter().any(|rule| rule == id))
                .map(|proof| format!("[{}](../{})", proof.test, proof.file))
                .collect();
            tests.extend(reason.map(|(_, reason)| (*reason).to_owned()));
            let tests = if tests.is_empty() {
                "none".to_owned()
            } else {
                tests.join("<br>")
            };
            let _ = writeln!(text, "| {id} | {says} | {tests} |");
        }
    }
    text.push('\n');
    text
}

/// Every test of this repository that names a rule, by file and place in it.
fn proofs() -> Vec<Proof> {
    let mut texts = BTreeMap::new();
    for directory in ["tests", "crates"] {
        collect(&root().join(directory), &mut texts);
    }
    texts
        .iter()
        .flat_map(|(path, text)| {
            let file = path.strip_prefix(root()).unwrap_or(path).to_string_lossy();
            of_file(&file, text)
        })
        .collect()
}

/// Sources that may hold tests: Rust, JavaScript, TypeScript, Python, Go and the `run` of a suite.
fn collect(directory: &Path, found: &mut BTreeMap<PathBuf, String>) {
    for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() {
            if !["node_modules", "target", "__pycache__"].contains(&name.as_str()) {
                collect(&path, found);
            }
        } else if ["rs", "js", "mjs", "ts", "py", "go"]
            .iter()
            .any(|ending| name.ends_with(&format!(".{ending}")))
            || name == "run"
        {
            // What is no text holds no test.
            if let Ok(text) = std::fs::read_to_string(&path) {
                found.insert(path, text);
            }
        }
    }
}

/// The tests of a file that name a rule.
fn of_file(file: &str, text: &str) -> Vec<Proof> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let mut proofs = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some(named) = line
            .strip_prefix("// rule: ")
            .or_else(|| line.strip_prefix("# rule: "))
        else {
            continue;
        };
        let rules = named.split(',').map(|rule| rule.trim().to_owned()).collect();
        let test = below(&lines[at + 1..]).unwrap_or_else(|| NO_TEST.to_owned());
        proofs.push(Proof {
            rules,
            file: file.to_owned(),
            test,
        });
    }
    proofs
}

/// The name of the test that begins here, after comments and attributes alone.
fn below(lines: &[&str]) -> Option<String> {
    let mut attributes = 0;
    for line in lines {
        if line.starts_with("//") || line.starts_with("#[") || line.starts_with("# ") || line.starts_with('@')
        {
            attributes += usize::from(is_test(line));
            continue;
        }
        // `#[tokio::test(` over several lines, `#[ignore = "..."]`.
        if line.starts_with(')') || line.ends_with(',') && !line.contains('(') {
            continue;
        }
        for opens in ["fn ", "async fn "] {
            if let Some(rest) = line.strip_prefix(opens) {
                return (attributes > 0).then(|| word(rest));
            }
        }
        for opens in ["def ", "async def ", "func ", "export function ", "function "] {
            if let Some(rest) = line.strip_prefix(opens) {
                return Some(word(rest));
            }
        }
        for opens in ["test(", "it(", "describe(", "await test(", "check("] {
            if let Some(rest) = line.strip_prefix(opens) {
                let quote = rest.chars().next().filter(|c| "\"'`".contains(*c))?;
                return rest[1..].split(quote).next().map(str::to_owned);
            }
        }
        // A shell script: the command itself, as `say "..."` or the function that is a step.
        if let Some(rest) = line
            .strip_prefix("step \"")
            .or_else(|| line.strip_prefix("say \""))
        {
            return rest.split('"').next().map(str::to_owned);
        }
        return None;
    }
    None
}

/// `#[test]`, `#[tokio::test(...)]`, `#[actix_web::test]`.
fn is_test(attribute: &str) -> bool {
    let path: String = attribute
        .chars()
        .skip(2)
        .take_while(|c| c.is_alphanumeric() || "_:".contains(*c))
        .collect();
    path.rsplit(':').next() == Some("test")
}

fn word(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_belongs_to_the_test_below_it() {
        let rust = "// rule: D4, D5\n#[tokio::test(flavor = \"multi_thread\")]\nasync fn refused() {}\n";
        let proof = |rules: &[&str], test: &str| Proof {
            rules: rules.iter().map(|rule| (*rule).to_owned()).collect(),
            file: "f".to_owned(),
            test: test.to_owned(),
        };
        assert_eq!(of_file("f", rust), [proof(&["D4", "D5"], "refused")]);
        let script = "// rule: H1\ntest(\"an address is refused\", async () => {});\n";
        assert_eq!(of_file("f", script), [proof(&["H1"], "an address is refused")]);
        let python = "# rule: H3\ndef test_redirects():\n    pass\n";
        assert_eq!(of_file("f", python), [proof(&["H3"], "test_redirects")]);
    }

    #[test]
    fn a_rule_above_a_helper_is_a_fault() {
        let helper = "// rule: D4\nfn helper() {}\n";
        assert_eq!(of_file("f", helper)[0].test, NO_TEST);
    }
}
