//! A party says that it saw a notice; the notice leaves the inbox for good.

use domain::event::Event;
use protocol::id::Id;
use protocol::notice::Acknowledgement;
use store::{Party, StoredAnswer, Tx};

use crate::act::{self, Act, Answer, Failure, NotFound, Once};
use crate::{Caller, Casework};

impl Casework {
    /// Acknowledges a notice: 201 the first time, 200 when it was acknowledged before.
    ///
    /// # Errors
    /// [`NotFound`].
    pub async fn acknowledge_notice(
        &self,
        caller: &Caller,
        once: Once,
        id: Id,
    ) -> Result<Answer, Failure<NotFound>> {
        self.act(
            caller,
            once,
            AcknowledgeNotice {
                caller: caller.clone(),
                id,
            },
        )
        .await
    }
}

struct AcknowledgeNotice {
    caller: Caller,
    id: Id,
}

impl Act for AcknowledgeNotice {
    const NAME: &'static str = "acknowledge_notice";
    type Refusal = NotFound;

    async fn perform(&self, tx: &Tx<'_, Party>) -> Result<StoredAnswer, Failure<NotFound>> {
        let key = tx.ids().parse_notice(self.id.0);
        let notice = tx.notice_for_update(key).await?.ok_or(NotFound)?;
        let answer = |status, acknowledged_at| {
            act::answer(
                status,
                None,
                &Acknowledgement {
                    notice: self.id,
                    acknowledged_at,
                },
            )
        };
        if let Some(acknowledged_at) = notice.acknowledged_at {
            return Ok(answer(200, acknowledged_at));
        }
        let event = Event::NoticeAcknowledged {
            notice: notice.log_tag,
            organisation: self.caller.organisation_id.0,
            about: notice.about.tag(notice.about_tag),
            unread: notice.unread_at.is_some(),
        };
        tx.acknowledge(key, &event).await?;
        Ok(answer(201, tx.now()))
    }
}
