//! How pages look: everything they name is in the style sheet, which is small and loads nothing, and a municipality's theme
//! comes after it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use actix_web::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, VARY};

use super::super::assets::{PICTURE, PORTAL_CSS, STYLE_SHEET};
use super::super::theme::Theme;
use super::*;

/// The most that the first page may weigh with all that it loads, in bytes. 60 kB may travel: the rest is for a municipality's
/// theme and for the heads of the answers.
const LIGHT: usize = 40_000;

#[test]
fn every_class_of_a_template_is_in_the_style_sheet() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/portal");
    let mut used = BTreeSet::new();
    for file in templates(&directory) {
        used.extend(classes(&std::fs::read_to_string(file).unwrap()));
    }
    assert!(used.contains("utrecht-button") && used.contains("tp-decision"));
    let missing: Vec<&String> = used.iter().filter(|class| !styles(class)).collect();
    assert_eq!(missing, Vec::<&String>::new(), "add them to crates/web/look");
}

fn templates(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| {
            if path.is_dir() {
                templates(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

/// The classes that a template names. What the template's own language puts in ends a name: `alert--{{ kind }}` is
/// `alert--`.
fn classes(template: &str) -> BTreeSet<String> {
    let attributes = template.split("class=\"").skip(1);
    let mut found = BTreeSet::new();
    for attribute in attributes {
        let mut names = String::new();
        let mut rest = attribute;
        while let Some(sign) = rest.chars().next() {
            if sign == '"' {
                break;
            }
            let inserted = [("{%", "%}"), ("{{", "}}")]
                .into_iter()
                .find_map(|(open, close)| rest.strip_prefix(open)?.split_once(close));
            if let Some((_, after)) = inserted {
                rest = after;
            } else {
                names.push(sign);
                rest = &rest[sign.len_utf8()..];
            }
        }
        found.extend(names.split_whitespace().map(str::to_owned));
    }
    found
}

fn styles(class: &str) -> bool {
    let ends = |after: &str| {
        class.ends_with("--")
            || !after.starts_with(|sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_'))
    };
    PORTAL_CSS.split(&format!(".{class}")).skip(1).any(ends)
}

#[test]
fn classes_are_read_as_a_browser_sees_them() {
    let template = r#"<p class="a{% if x != "" %} b{% endif %} c--{{ kind }}"><i class="d">"#;
    let found: Vec<String> = classes(template).into_iter().collect();
    assert_eq!(found, ["a", "b", "c--", "d"]);
    assert!(styles("utrecht-alert--") && !styles("utrecht-aler") && !styles("none"));
}

#[test]
fn the_style_sheet_says_where_it_came_from_and_loads_nothing() {
    assert!(PORTAL_CSS.starts_with("/*\n * Made by crates/web/look/build.js"));
    assert!(PORTAL_CSS.contains("@utrecht/component-library-css") && PORTAL_CSS.contains("EUPL-1.2"));
    for never in ["url(", "@import", "@font-face"] {
        assert!(!PORTAL_CSS.contains(never), "{never}");
    }
    // A side of the page is left or right only by the direction of its text.
    for side in [
        "-left:",
        "-right:",
        "text-align:left",
        "text-align:right",
        "float:",
    ] {
        assert!(!PORTAL_CSS.contains(side), "{side}");
    }
}

#[actix_web::test]
async fn the_first_page_travels_light() {
    let start = get(&Household::new(), "/portal").await.body;
    let mut bytes = start.len();
    for asset in [&*STYLE_SHEET, &*PICTURE] {
        let request = TestRequest::get()
            .uri(asset.address())
            .insert_header((ACCEPT_ENCODING, "gzip, br"));
        let answer = send_for_bytes(request).await;
        assert_eq!(answer.headers().get(CONTENT_ENCODING).unwrap(), "gzip");
        assert_eq!(answer.headers().get(VARY).unwrap(), "Accept-Encoding");
        bytes += read_body(answer).await.len();
    }
    assert!(bytes <= LIGHT, "{bytes}");
}

#[actix_web::test]
async fn who_takes_no_compressed_file_gets_it_as_it_is_and_a_page_is_never_compressed() {
    for accepted in ["identity", "br", "gzip;q=0", ""] {
        let request = TestRequest::get()
            .uri(STYLE_SHEET.address())
            .insert_header((ACCEPT_ENCODING, accepted));
        let answer = send_for_bytes(request).await;
        assert!(answer.headers().get(CONTENT_ENCODING).is_none(), "{accepted}");
        assert_eq!(read_body(answer).await, PORTAL_CSS.as_bytes());
    }
    // A page holds a token of its session beside what somebody typed.
    let request = TestRequest::get()
        .uri("/portal")
        .insert_header((ACCEPT_ENCODING, "gzip"));
    let answer = send_for_bytes(request).await;
    assert!(answer.headers().get(CONTENT_ENCODING).is_none());
}

async fn send_for_bytes(request: TestRequest) -> ServiceResponse {
    let portal = portal();
    let app = App::new()
        .app_data(web::Data::new(Household::new()))
        .configure(|config| portal.configure_for::<Household>(config));
    let app = init_service(app).await;
    actix_web::test::call_service(&app, request.insert_header((HOST, "t.example")).to_request()).await
}

#[actix_web::test]
async fn a_theme_comes_after_the_style_sheet_on_every_page() {
    let theme = Theme::parse(".gemeente-theme { --basis-color-accent-1-color-default: #aa0000; }").unwrap();
    let themed = Portal::new(PortalSettings {
        theme: Some(theme.clone()),
        ..portal().0.settings.clone()
    });
    let address = theme.asset().address().to_owned();
    for path in ["/portal", "/portal/verzoek", "/portal/hulp", "/portal/none"] {
        let request = TestRequest::get().uri(path).insert_header((COOKIE, SESSION));
        let page = send_to(&themed, &Household::new(), request).await.body;
        let ours = page.find(STYLE_SHEET.address()).unwrap();
        let theirs = page.find(&format!("<link rel=\"stylesheet\" href=\"{address}\">"));
        assert!(theirs.is_some_and(|theirs| theirs > ours), "{path}");
    }
    let answer = send_to(&themed, &Household::new(), TestRequest::get().uri(&address)).await;
    assert_eq!(answer.header(CONTENT_TYPE), Some("text/css; charset=utf-8"));
    assert!(
        answer
            .body
            .contains("--basis-color-accent-1-color-default:#aa0000")
    );
    let without = get(&Household::new(), "/portal").await.body;
    assert!(!without.contains("/portal/assets/theme-"));
    assert_eq!(
        get(&Household::new(), &address).await.status,
        StatusCode::NOT_FOUND
    );
}
