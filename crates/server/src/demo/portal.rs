//! The family's browser, as little of one as the portal needs: it keeps the cookie, follows where it is sent, and sends
//! the forms it finds on the page it was shown.

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Client, Response, StatusCode, Url};

/// So often a page may lead to the next before something is wrong.
const MOST_REDIRECTS: usize = 5;

/// The PIN of the demonstration's families.
const PIN: &str = "274951";

/// A browser at the portal.
pub struct Browser {
    http: Client,
    base: Url,
    cookie: Option<String>,
}

/// A page as it was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    html: String,
}

/// Somebody is in.
#[derive(Debug)]
pub struct Entered {
    /// What they come back with.
    pub key: String,
    /// The page where they begin.
    pub page: Page,
}

/// The portal showed something else than is needed.
#[derive(Debug, thiserror::Error)]
#[error("in the portal: {0}")]
pub struct PortalError(pub(crate) String);

/// A form on a page, and what it would send.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Form {
    fields: Vec<(String, String)>,
}

fn portal(text: impl Into<String>) -> PortalError {
    PortalError(text.into())
}

impl Browser {
    /// A browser that was never at the portal of `base`.
    pub fn new(base: &str) -> Result<Self, PortalError> {
        let http = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            // Plain http on this machine: no certificates are needed, and the system may have none.
            .tls_certs_only([])
            .build()
            .map_err(|_| portal("no browser can be made"))?;
        let base = Url::parse(base).map_err(|_| portal("the address cannot be read"))?;
        Ok(Self {
            http,
            base,
            cookie: None,
        })
    }

    /// Types the code from the letter, chooses a PIN and keeps the return key. None when the code opens nothing any more.
    pub async fn enter(&mut self, code: &str) -> Result<Option<Entered>, PortalError> {
        let start = self.open("/portal").await?;
        let response = self.post(&start, "/portal/code", &[("code", code)]).await?;
        if response.status() == StatusCode::BAD_REQUEST {
            return Ok(None);
        }
        let pin = self.shown(response).await?;
        let twice = [("pincode", PIN), ("pincode2", PIN)];
        let shown = self.send(&pin, "/portal/pincode", &twice).await?;
        let key = shown
            .large_code()
            .ok_or_else(|| portal(format!("no return key on \"{}\"", shown.heading())))?;
        let page = self.send(&shown, "/portal/sleutel", &[]).await?;
        Ok(Some(Entered { key, page }))
    }

    /// Comes back with the return key and the PIN.
    pub async fn come_back(&mut self, key: &str) -> Result<Page, PortalError> {
        let start = self.open("/portal").await?;
        let typed = [("sleutel", key), ("pincode", PIN)];
        self.send(&start, "/portal/terug", &typed).await
    }

    /// Opens an address.
    pub async fn open(&mut self, path: &str) -> Result<Page, PortalError> {
        let request = self.http.get(self.address(path)?);
        let response = self.ask(request).await?;
        self.shown(response).await
    }

    /// Sends the form on `page` that goes to `action`, with these fields filled in or this button pressed.
    pub async fn send(
        &mut self,
        page: &Page,
        action: &str,
        filled: &[(&str, &str)],
    ) -> Result<Page, PortalError> {
        let response = self.post(page, action, filled).await?;
        self.shown(response).await
    }

    async fn post(
        &mut self,
        page: &Page,
        action: &str,
        filled: &[(&str, &str)],
    ) -> Result<Response, PortalError> {
        let form = page
            .form(action)
            .ok_or_else(|| portal(format!("no form to {action} on \"{}\"", page.heading())))?;
        let mut fields = form.fields;
        for (name, value) in filled {
            fields.retain(|(found, _)| found != name);
            fields.push(((*name).to_owned(), (*value).to_owned()));
        }
        let request = self
            .http
            .post(self.address(action)?)
            .header("Sec-Fetch-Site", "same-origin")
            .form(&fields);
        self.ask(request).await
    }

    fn address(&self, path: &str) -> Result<Url, PortalError> {
        self.base
            .join(path)
            .map_err(|_| portal("a page leads to no address"))
    }

    async fn ask(&mut self, request: reqwest::RequestBuilder) -> Result<Response, PortalError> {
        let request = match &self.cookie {
            Some(cookie) => request.header(COOKIE, cookie),
            None => request,
        };
        let response = request
            .send()
            .await
            .map_err(|error| portal(error.without_url().to_string()))?;
        for set in response.headers().get_all(SET_COOKIE) {
            let pair = set
                .to_str()
                .unwrap_or_default()
                .split(';')
                .next()
                .unwrap_or_default();
            self.cookie = (!pair.ends_with('=')).then(|| pair.to_owned());
        }
        Ok(response)
    }

    /// The page at the end of the way.
    async fn shown(&mut self, mut response: Response) -> Result<Page, PortalError> {
        for _ in 0..MOST_REDIRECTS {
            if response.status() != StatusCode::SEE_OTHER {
                let status = response.status();
                let html = response
                    .text()
                    .await
                    .map_err(|error| portal(error.without_url().to_string()))?;
                let page = Page { html };
                return if status.is_success() {
                    Ok(page)
                } else {
                    Err(portal(format!("{status}, \"{}\"", page.heading())))
                };
            }
            let location = response
                .headers()
                .get(LOCATION)
                .and_then(|value| value.to_str().ok());
            let next = self.address(location.ok_or_else(|| portal("a page leads nowhere"))?)?;
            if next.origin() != self.base.origin() {
                return Err(portal("a page leads to another site"));
            }
            let request = self.http.get(next);
            response = self.ask(request).await?;
        }
        Err(portal("pages lead to each other"))
    }
}

impl Page {
    /// What stands at its top.
    pub fn heading(&self) -> String {
        let inner = between(&self.html, "<h1>", "</h1>").unwrap_or_default();
        plain(inner)
    }

    /// Whether it has a form that goes to `action`.
    pub fn has_form(&self, action: &str) -> bool {
        self.form(action).is_some()
    }

    /// Whether it leads to `path`.
    pub fn leads_to(&self, path: &str) -> bool {
        tags(&self.html, "a").any(|tag| attribute(tag, "href").as_deref() == Some(path))
    }

    /// The code that it shows to be copied.
    fn large_code(&self) -> Option<String> {
        let (_, after) = self.html.split_once(" class=\"tp-large-code\"")?;
        Some(plain(between(after, ">", "<")?))
    }

    fn form(&self, action: &str) -> Option<Form> {
        let mut rest = self.html.as_str();
        while let Some(at) = rest.find("<form") {
            let form = &rest[at..];
            let end = form.find("</form>").unwrap_or(form.len());
            let (form, after) = form.split_at(end);
            let head = &form[..form.find('>').unwrap_or(form.len())];
            if attribute(head, "action").as_deref() == Some(action) {
                let fields = tags(form, "input")
                    .filter_map(|tag| {
                        Some((
                            attribute(tag, "name")?,
                            attribute(tag, "value").unwrap_or_default(),
                        ))
                    })
                    .collect();
                return Some(Form { fields });
            }
            rest = after;
        }
        None
    }
}

/// The start tags of this name, without their brackets.
fn tags<'h>(html: &'h str, name: &'static str) -> impl Iterator<Item = &'h str> {
    html.split('<').filter_map(move |piece| {
        let tag = piece.split('>').next()?;
        let rest = tag.strip_prefix(name)?;
        rest.starts_with([' ', '\n']).then_some(rest)
    })
}

/// The value of an attribute of a tag, in the one form that our templates write.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let value = between(tag, &format!(" {name}=\""), "\"")?;
    Some(unescaped(value))
}

fn between<'t>(text: &'t str, from: &str, to: &str) -> Option<&'t str> {
    let (_, after) = text.split_once(from)?;
    Some(after.split_once(to)?.0)
}

/// Text without tags.
fn plain(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for character in html.chars() {
        match character {
            '<' => inside = true,
            '>' => inside = false,
            _ if !inside => text.push(character),
            _ => {}
        }
    }
    unescaped(text.split_whitespace().collect::<Vec<_>>().join(" ").as_str())
}

fn unescaped(text: &str) -> String {
    text.replace("&#39;", "'")
        .replace("&#34;", "\"")
        .replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_sent_as_it_stands_on_the_page() {
        let page = Page {
            html: "<h1>Vraag om\n <em>toestemming</em> &amp; meer</h1>\
                   <form method=\"post\" action=\"/portal/afsluiten\"><input type=\"hidden\" name=\"token\" value=\"a\"></form>\
                   <form method=\"post\" action=\"/portal/besluit\"><input type=\"hidden\" name=\"token\" value=\"b&#34;c\">\
                   <button name=\"keuze\" value=\"ja\">Ja</button></form><a class=\"button\" href=\"/portal/intrekken\">x</a>"
                .to_owned(),
        };
        assert_eq!(page.heading(), "Vraag om toestemming & meer");
        assert_eq!(
            page.form("/portal/besluit").unwrap().fields,
            [("token".to_owned(), "b\"c".to_owned())]
        );
        assert!(page.has_form("/portal/afsluiten") && !page.has_form("/portal/code"));
        assert!(page.leads_to("/portal/intrekken") && !page.leads_to("/portal"));
    }
}
