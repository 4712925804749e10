//! A person of the family logs in at a broker, with a browser that keeps to what cookies say of themselves.

use crate::guardian::Guardian;
use crate::{Answer, Broker, Page, Region};

impl Guardian {
    /// Opens the page about logging in and presses its button; gives where the browser is sent.
    pub async fn goes_to_log_in(&mut self) -> String {
        let page = self.visits("/portal/inloggen").await;
        let answer = self.sends(&page, "Inloggen met DigiD").await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let onward = answer.header("refresh").unwrap();
        onward.strip_prefix("0; url=").unwrap().to_owned()
    }

    /// Comes back from the broker, which leads there: of the cookies only that of the log-in travels.
    pub async fn is_led_back(&mut self, path: &str) -> Answer {
        let mut headers = vec![("sec-fetch-site", "cross-site")];
        headers.extend(self.ticket.iter().map(|ticket| ("cookie", ticket.as_str())));
        let answer = self.http.get(path, &headers).await;
        self.remember(&answer);
        answer
    }

    /// The cookie of a log-in that is under way.
    #[must_use]
    pub fn ticket(&self) -> Option<String> {
        self.ticket.clone()
    }

    /// Has this cookie, wherever it comes from.
    pub fn keeps_ticket(&mut self, ticket: Option<String>) {
        self.ticket = ticket;
    }

    /// The same person with the same return key, at another device.
    #[must_use]
    pub fn on_another_device(&self, region: &Region) -> Self {
        let mut other = Self::with_code(region, &self.code);
        other.key.clone_from(&self.key);
        other
    }

    /// Logs in as whom the broker knows by this name, and sees what came of it.
    pub async fn logs_in(&mut self, broker: &Broker, sub: &str) -> Page {
        let way_there = self.goes_to_log_in().await;
        let answer = self.is_led_back(&broker.lets_in(&way_there, sub)).await;
        match answer.header("location") {
            Some(next) => {
                let back = self.visits(next).await;
                self.follows(&back, "Verder").await
            }
            None => Page {
                status: answer.status,
                path: "/portal/ingelogd".to_owned(),
                html: answer.text(),
            },
        }
    }
}
