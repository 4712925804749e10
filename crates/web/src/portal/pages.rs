//! The pages: what each template is given. The words are in `templates/portal`; nothing here decides anything.

use askama::Template;
use casework::PortalSecret;

use super::request_view::{RequestView, StateView};
use super::session::{FormName, form_token};

/// What is asked, and what has become of it.
#[derive(Template)]
#[template(path = "portal/request.html")]
pub(super) struct RequestPage {
    view: RequestView,
    decide_token: String,
    leave_token: String,
}

/// The last question before something is taken back.
#[derive(Template)]
#[template(path = "portal/withdraw.html")]
pub(super) struct WithdrawPage {
    view: RequestView,
    withdraw_token: String,
    leave_token: String,
}

/// After leaving.
#[derive(Template)]
#[template(path = "portal/left.html")]
pub(super) struct LeftPage;

/// After a no to a signal: nothing of it is left to show.
#[derive(Template)]
#[template(path = "portal/signal_gone.html")]
pub(super) struct SignalGonePage;

/// Help, and whom to call.
#[derive(Template)]
#[template(path = "portal/help.html")]
pub(super) struct HelpPage;

/// What is kept, and of whom.
#[derive(Template)]
#[template(path = "portal/privacy.html")]
pub(super) struct PrivacyPage;

/// How accessible these pages are.
#[derive(Template)]
#[template(path = "portal/accessibility.html")]
pub(super) struct AccessibilityPage;

/// Something did not work.
#[derive(Template)]
#[template(path = "portal/message.html")]
pub(super) struct MessagePage {
    pub title: &'static str,
    text: &'static [&'static str],
    /// Where to go on: address and words.
    onward: (&'static str, &'static str),
}

impl RequestPage {
    pub(super) fn new(view: RequestView, secret: &PortalSecret) -> Self {
        Self {
            view,
            decide_token: form_token(secret, FormName::Decide),
            leave_token: form_token(secret, FormName::Leave),
        }
    }
}

impl WithdrawPage {
    pub(super) fn new(view: RequestView, secret: &PortalSecret) -> Self {
        Self {
            view,
            withdraw_token: form_token(secret, FormName::Withdraw),
            leave_token: form_token(secret, FormName::Leave),
        }
    }
}

const TO_START: (&str, &str) = ("/portal", "Naar het begin");
const TO_REQUEST: (&str, &str) = ("/portal/verzoek", "Naar uw vraag");

impl MessagePage {
    pub(super) const OUTSIDE: Self = Self {
        title: "Vul eerst uw code in",
        text: &["U bent niet binnen, of u was te lang weg."],
        onward: TO_START,
    };
    pub(super) const NOT_ENTITLED: Self = Self {
        title: "U kunt hier niet meer in",
        text: &[
            "U mag deze gegevens niet meer zien of veranderen.",
            "Dat kan zijn omdat de jongere 16 jaar is geworden. Of omdat de gemeente uw toegang heeft gestopt.",
            "Heeft u vragen? Ga naar de balie van uw gemeente.",
        ],
        onward: TO_START,
    };
    pub(super) const DECIDED: Self = Self {
        title: "Dit kan niet meer",
        text: &["Op de pagina van uw vraag ziet u hoe het nu is."],
        onward: TO_REQUEST,
    };
    pub(super) const FOREIGN_FORM: Self = Self {
        title: "Dit formulier past niet meer",
        text: &[
            "Wij hebben niets opgeslagen.",
            "Misschien was de pagina te lang open. Of de pagina kwam niet van Trefpunt.",
            "Ga terug naar uw vraag en kies daar opnieuw.",
        ],
        onward: TO_REQUEST,
    };
    pub(super) const UNREADABLE_FORM: Self = Self {
        title: "Dit formulier kunnen wij niet lezen",
        text: &["Wij hebben niets opgeslagen.", "Ga terug en probeer het opnieuw."],
        onward: TO_START,
    };
    pub(super) const NO_CHOICE: Self = Self {
        title: "U heeft nog niet gekozen",
        text: &[
            "Wij hebben niets opgeslagen.",
            "Ga terug naar uw vraag en kies ja of nee.",
        ],
        onward: TO_REQUEST,
    };
    pub(super) const TOO_FAST: Self = Self {
        title: "Even wachten",
        text: &[
            "Er zijn kort na elkaar veel codes ingevuld.",
            "Wacht een minuut en probeer het dan opnieuw. Uw code blijft werken.",
        ],
        onward: TO_START,
    };
    pub(super) const NOT_FOUND: Self = Self {
        title: "Deze pagina is er niet",
        text: &["Kijk of het adres goed is. Of begin opnieuw met de code uit uw brief."],
        onward: TO_START,
    };
    pub(super) const NOT_ALLOWED: Self = Self {
        title: "Zo werkt deze pagina niet",
        text: &[
            "Wij hebben niets opgeslagen.",
            "Begin opnieuw met de code uit uw brief.",
        ],
        onward: TO_START,
    };
    pub(super) const LATER: Self = Self {
        title: "Het lukt nu even niet",
        text: &[
            "Er is een storing. Dat ligt niet aan u.",
            "Probeer het over een paar minuten opnieuw. Uw code blijft werken.",
            "Had u net iets gekozen? Kijk dan straks of uw keuze is opgeslagen. Twee keer kiezen kan geen kwaad.",
        ],
        onward: TO_REQUEST,
    };
}
