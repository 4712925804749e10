//! A guardian, or the young person, with a letter and a browser that runs no scripts.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use casework::PortalSecret;
use client::Error;
use domain::pin::Pin;
use protocol::Id;
use protocol::consent::{
    AgeBand, Attestation, AttestationSubmission, AttestedDecision, AttestedForm, ConsentRequest,
    ConsentRequestSubmission, Language, Signatory,
};

use crate::{Answer, Http, Page, Professional, Region};

/// Somebody with a letter, at the portal.
pub struct Guardian {
    pub(crate) http: Http,
    cookie: Option<String>,
    /// The cookie of a log-in that is under way.
    pub(crate) ticket: Option<String>,
    /// The code in the letter.
    pub code: String,
    /// The return key, once the code was exchanged.
    pub key: Option<String>,
}

/// The PIN that everybody here chooses.
pub const PIN: &str = "274951";

impl Guardian {
    /// Somebody who got this code.
    #[must_use]
    pub fn with_code(region: &Region, code: &str) -> Self {
        Self {
            http: Http::new(&region.portal_url),
            cookie: None,
            ticket: None,
            code: code.to_owned(),
            key: None,
        }
    }

    /// Somebody who is in already.
    #[must_use]
    pub fn in_session(region: &Region, code: &str, secret: &PortalSecret) -> Self {
        let cookie = format!("trefpunt={}", URL_SAFE_NO_PAD.encode(secret.expose()));
        Self {
            cookie: Some(cookie),
            ..Self::with_code(region, code)
        }
    }

    /// Everybody a request sent a letter to, in the order of the invitations.
    #[must_use]
    pub fn of(region: &Region, request: &ConsentRequest) -> Vec<Self> {
        request
            .invitations
            .iter()
            .map(|invitation| Self::with_code(region, invitation.code.expose()))
            .collect()
    }

    /// Goes in, and sees what that leads to: the first time with the code, choosing a PIN and keeping the return key; later with
    /// those.
    pub async fn enters(&mut self) -> Page {
        if self.key.is_some() {
            return self.comes_back().await;
        }
        let chooses = self.types_code().await;
        if chooses.heading() != "Kies een pincode" {
            return chooses;
        }
        let shown = self.presses(&chooses, "Pincode opslaan").await;
        self.keeps(&shown).await
    }

    /// Opens the portal and types the code.
    pub async fn types_code(&mut self) -> Page {
        let start = self.visits("/portal").await;
        self.presses(&start, "Verder").await
    }

    /// Keeps the return key of this page, and goes on.
    pub async fn keeps(&mut self, shown: &Page) -> Page {
        self.key = shown.return_key();
        self.presses(shown, "Ik heb de sleutel bewaard").await
    }

    /// Opens the portal and types the return key and the PIN.
    pub async fn comes_back(&mut self) -> Page {
        let start = self.visits("/portal").await;
        self.presses(&start, "Terugkomen").await
    }

    /// Opens an address of the portal.
    pub async fn visits(&mut self, path: &str) -> Page {
        let mut path = path.to_owned();
        for _ in 0..5 {
            let answer = self.http.get(&path, &self.headers()).await;
            self.remember(&answer);
            match answer.header("location") {
                Some(next) => path = next.to_owned(),
                None => return page(&path, &answer),
            }
        }
        panic!("the portal sends round in circles at {path}")
    }

    /// Takes home what is at an address of the portal; gives the bare answer.
    pub async fn takes(&mut self, path: &str) -> Answer {
        self.http.get(path, &self.headers()).await
    }

    /// Follows the link with this text.
    pub async fn follows(&mut self, page: &Page, text: &str) -> Page {
        let link = page.link(text);
        let link = link.unwrap_or_else(|| panic!("no link {text:?} on {}", page.heading()));
        self.visits(&link).await
    }

    /// Presses the button with this text and goes where that leads. Empty fields for code, return
    /// key and PIN are filled in.
    pub async fn presses(&mut self, page: &Page, button: &str) -> Page {
        let answer = self.sends(page, button).await;
        match answer.header("location") {
            Some(next) => self.visits(next).await,
            None => self::page(&page.path, &answer),
        }
    }

    /// Presses the button and gives the bare answer.
    pub async fn sends(&mut self, page: &Page, button: &str) -> Answer {
        let form = page.pressed(button);
        let mut form = form.unwrap_or_else(|| panic!("no button {button:?} on {}", page.heading()));
        for (name, value) in form.fields.iter_mut().filter(|(_, value)| value.is_empty()) {
            match name.as_str() {
                "code" => value.clone_from(&self.code),
                "sleutel" => *value = self.key.clone().unwrap_or_default(),
                "pincode" | "pincode2" => *value = PIN.to_owned(),
                _ => {}
            }
        }
        let fields: Vec<(&str, &str)> = form
            .fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let answer = self.http.post_form(&form.action, &self.headers(), &fields).await;
        self.remember(&answer);
        answer
    }

    /// Enters and agrees; the page that follows says so.
    pub async fn agrees(&mut self) -> Page {
        let request = self.enters().await;
        self.presses(&request, "Ja, ik geef toestemming").await
    }

    /// Enters and refuses.
    pub async fn refuses(&mut self) -> Page {
        let request = self.enters().await;
        self.presses(&request, "Nee, ik geef geen toestemming").await
    }

    /// Withdraws, with the session that is open: two clicks.
    pub async fn withdraws(&mut self) -> Page {
        let state = self.visits("/portal/verzoek").await;
        let sure = self.follows(&state, "Toestemming intrekken").await;
        self.presses(&sure, "Toestemming intrekken").await
    }

    /// The cookie, if there is one.
    #[must_use]
    pub fn cookie(&self) -> Option<&str> {
        self.cookie.as_deref()
    }

    /// The secret of the session that is open.
    #[must_use]
    pub fn secret(&self) -> PortalSecret {
        let (_, value) = self.cookie.as_deref().unwrap().split_once('=').unwrap();
        let bytes = URL_SAFE_NO_PAD.decode(value).unwrap();
        PortalSecret::from_bytes(bytes.try_into().unwrap())
    }

    fn headers(&self) -> Vec<(&str, &str)> {
        self.cookie
            .iter()
            .map(|cookie| ("cookie", cookie.as_str()))
            .collect()
    }

    pub(crate) fn remember(&mut self, answer: &Answer) {
        for set in answer.headers.get_all("set-cookie") {
            let pair = set.to_str().unwrap().split(';').next().unwrap_or_default();
            let kept = (!pair.ends_with('=')).then(|| pair.to_owned());
            match pair.split('=').next() {
                Some("trefpunt" | "__Host-trefpunt") => self.cookie = kept,
                Some("trefpunt-inloggen" | "__Host-trefpunt-inloggen") => self.ticket = kept,
                _ => {}
            }
        }
    }
}

impl Region {
    /// Goes in with the code of a letter: chooses a PIN, and keeps the return key.
    pub async fn goes_in(&self, code: &str) -> PortalSecret {
        let secret = self.casework.open_invitation(code).await.unwrap();
        let pin = Pin::choose(PIN).unwrap();
        self.casework.choose_pin(&secret, &pin).await.unwrap();
        self.casework.kept_key(&secret).await.unwrap();
        secret
    }
}

/// What is stated about a child, of whom no birthday is near.
#[must_use]
pub fn stated(age_band: AgeBand, guardians: u8) -> ConsentRequestSubmission {
    ConsentRequestSubmission {
        age_band,
        guardians,
        next_boundary_on: None,
        language: Language::Nl,
        one_guardian_declares: false,
    }
}

/// A yes of the first guardian, said to a professional on this day.
#[must_use]
pub fn said_yes(on: &str) -> AttestationSubmission {
    AttestationSubmission {
        signatory: Signatory::Guardian,
        number: 1,
        form: AttestedForm::Oral,
        on: protocol::text::date(on).unwrap(),
        decision: AttestedDecision::Agreed,
        by: "ref-balie".parse().unwrap(),
    }
}

impl Professional {
    /// Asks whether the family agrees to a signal that sleeps, maybe in vain.
    ///
    /// # Errors
    /// The refusal.
    pub async fn tries_to_ask_about_signal(
        &self,
        signal: Id,
        stated: &ConsentRequestSubmission,
    ) -> Result<ConsentRequest, Error> {
        self.partner.request_signal_consent(signal, stated, None).await
    }

    /// Asks it of this many guardians of a child under 12.
    pub async fn asks_about_signal(&self, signal: Id, guardians: u8) -> ConsentRequest {
        self.tries_to_ask_about_signal(signal, &stated(AgeBand::Under12, guardians))
            .await
            .unwrap()
    }

    /// Records what somebody said, maybe in vain.
    ///
    /// # Errors
    /// The refusal.
    pub async fn attests(
        &self,
        match_id: Id,
        request: Id,
        attestation: &AttestationSubmission,
    ) -> Result<Attestation, Error> {
        self.partner
            .attest_consent(match_id, request, attestation, None)
            .await
    }
}

fn page(path: &str, answer: &Answer) -> Page {
    Page {
        status: answer.status,
        path: path.to_owned(),
        html: answer.text(),
    }
}
