//! A page of the portal as a browser without scripts would use it: its forms and links are found, not known.

/// A page that is open.
#[derive(Debug, Clone)]
pub struct Page {
    /// HTTP status.
    pub status: u16,
    /// Where it is, a path.
    pub path: String,
    /// What it holds.
    pub html: String,
}

/// A form filled in and about to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Filled {
    pub(crate) action: String,
    pub(crate) fields: Vec<(String, String)>,
}

impl Page {
    /// Whether the page says this, somewhere in its text.
    #[must_use]
    pub fn says(&self, text: &str) -> bool {
        self.html.contains(text)
    }

    /// What a reader reads: the text without markup, white space as one space.
    #[must_use]
    pub fn words(&self) -> String {
        let pieces = self
            .html
            .split('<')
            .map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text));
        let text: String = pieces.collect();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The heading.
    #[must_use]
    pub fn heading(&self) -> String {
        let (_, rest) = self.html.split_once("<h1>").unwrap_or_default();
        rest.split("</h1>").next().unwrap_or_default().trim().to_owned()
    }

    /// The return key that it shows, if it does.
    #[must_use]
    pub fn return_key(&self) -> Option<String> {
        let (_, after) = self.html.split_once("tp-large-code")?;
        let (_, key) = after.split_once('>')?;
        Some(key.split('<').next()?.trim().to_owned())
    }

    /// Where the link with this text leads.
    #[must_use]
    pub fn link(&self, text: &str) -> Option<String> {
        let mut rest = self.html.as_str();
        while let Some((_, after)) = rest.split_once("<a ") {
            let (tag, inner) = after.split_once('>')?;
            if inner.split("</a>").next()?.trim() == text {
                return attribute(tag, "href");
            }
            rest = inner;
        }
        None
    }

    /// Whether there is a button with this text.
    #[must_use]
    pub fn offers(&self, button: &str) -> bool {
        self.pressed(button).is_some()
    }

    /// The page with this choice of several made.
    #[must_use]
    pub fn choosing(&self, label: &str) -> Self {
        let (before, _) = self
            .html
            .split_once(&format!(">{label}</label>"))
            .unwrap_or_else(|| panic!("no choice {label:?} on {}", self.heading()));
        let tag = before.rsplit("<label").next().unwrap_or_default();
        let id = attribute(tag, "for").unwrap_or_default();
        let html = self.html.replace(" checked>", ">");
        let chosen = format!("id=\"{id}\" checked");
        Self {
            html: html.replace(&format!("id=\"{id}\""), &chosen),
            ..self.clone()
        }
    }

    /// The form that has a button with this text, with that button pressed.
    pub(crate) fn pressed(&self, button: &str) -> Option<Filled> {
        let mut rest = self.html.as_str();
        while let Some((_, after)) = rest.split_once("<form ") {
            let (tag, inner) = after.split_once('>')?;
            let (form, behind) = inner.split_once("</form>")?;
            if let Some(pressed) = pressed_button(form, button) {
                let mut fields = inputs(form);
                fields.extend(pressed);
                return Some(Filled {
                    action: attribute(tag, "action")?,
                    fields,
                });
            }
            rest = behind;
        }
        None
    }
}

fn inputs(form: &str) -> Vec<(String, String)> {
    form.split("<input ")
        .skip(1)
        .filter_map(|after| {
            let tag = after.split('>').next()?;
            // Of several choices a browser sends the one that is chosen.
            if tag.contains("type=\"radio\"") && !tag.contains(" checked") {
                return None;
            }
            Some((
                attribute(tag, "name")?,
                attribute(tag, "value").unwrap_or_default(),
            ))
        })
        .collect()
}

/// Name and value of the button with this text, if it has them; none when there is no such button.
fn pressed_button(form: &str, text: &str) -> Option<Option<(String, String)>> {
    form.split("<button").skip(1).find_map(|after| {
        let (tag, inner) = after.split_once('>')?;
        let found = inner.split("</button>").next()?.trim() == text;
        found.then(|| Some((attribute(tag, "name")?, attribute(tag, "value")?)))
    })
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, after) = tag.split_once(&format!("{name}=\""))?;
    Some(after.split('"').next()?.replace("&amp;", "&"))
}
