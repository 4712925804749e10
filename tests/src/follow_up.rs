//! The follow-up officer of a municipality, and who reads statistics there.

use protocol::follow_up::{FollowUpTask, Mark, Marked};
use protocol::notice::UnreadNotice;
use protocol::statistics::Statistics;

use crate::professional::first_page;
use crate::{Municipality, Professional, Supervisor};

impl Municipality {
    /// The tasks in the officer's list.
    pub async fn tasks(&self) -> Vec<FollowUpTask> {
        self.program().follow_up_tasks(&first_page()).await.unwrap().items
    }

    /// The only task in the officer's list.
    pub async fn task(&self) -> FollowUpTask {
        let mut tasks = self.tasks().await;
        assert_eq!(tasks.len(), 1, "{} has another number of tasks", self.name);
        tasks.remove(0)
    }

    /// Notes what the officer did about a task.
    pub async fn marks(&self, task: &FollowUpTask, mark: Mark) -> Marked {
        self.program()
            .mark_follow_up_task(task.id, mark, None)
            .await
            .unwrap()
    }

    /// The statistics of a quarter, as this municipality sees them.
    ///
    /// # Errors
    /// The refusal.
    pub async fn statistics(&self, quarter: &str) -> Result<Statistics, client::Error> {
        self.program().statistics(&quarter.parse().unwrap()).await
    }
}

impl Supervisor {
    /// The statistics of a quarter, as the supervisor sees them.
    ///
    /// # Errors
    /// The refusal.
    pub async fn statistics(&self, quarter: &str) -> Result<Statistics, client::Error> {
        self.client.statistics(&quarter.parse().unwrap()).await
    }
}

impl Professional {
    /// What the coordinator of this professional's organisation sees: notices that nobody acknowledged in time.
    pub async fn unread(&self) -> Vec<UnreadNotice> {
        self.partner.unread_notices(&first_page()).await.unwrap().items
    }
}
