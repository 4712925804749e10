//! Keys change while eight organisations of both levels signal the same children: each child has one match of all eight.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use casework::{Ceremony, CeremonySettings, Change, LiftSecret};
use client::Submitted;
use futures::future::join_all;
use jiff::SignedDuration;
use tests::{Professional, Region, Sector, Settings, assert_sound, child, events};

use crate::rotation::MANY_SIGNALS;

const EIGHT: [(&str, Sector); 8] = [
    ("Kinderopvang De Vlinder", Sector::Childcare),
    ("Basisschool Zonnewijzer", Sector::Education),
    ("JGZ Waterland-Noord", Sector::YouthHealthCare),
    ("Jeugdhulp Anker", Sector::YouthHelp),
    ("Politie eenheid Testland", Sector::PoliceAndJustice),
    ("Verslavingszorg Kade", Sector::HealthCare),
    ("Wijkteam Noord", Sector::SocialSupport),
    ("Werkplein Testland", Sector::WorkAndIncome),
];

/// At least so many children; more while the rotation lasts.
const CHILDREN: u32 = 12;

/// `K_tag` alone: the keyholder's key is rotated where its operator is at hand.
const TAG: Change = Change {
    tag: true,
    keyholder: false,
    to_suite_2: false,
};

fn ceremony(region: &Region) -> Ceremony {
    let settings = CeremonySettings {
        keyholder: None,
        workers: 1,
        grace: Some(SignedDuration::ZERO),
    };
    let secret = LiftSecret::join(&[4; 32], &[1; 32]);
    region.casework.ceremony(secret, settings).unwrap()
}

/// All eight signal the child at once.
async fn all_signal(eight: &[Professional], number: u32) {
    let submitted = join_all(eight.iter().map(|professional| async move {
        // A busy machine sheds load; the client comes again under the same key.
        let signal = professional.new_signal(&child(number), "2027-09-01");
        professional.partner.submit_signal(&signal, None).await.unwrap()
    }))
    .await;
    assert!(
        submitted
            .iter()
            .all(|submitted| matches!(submitted, Submitted::New(_)))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_organisations_of_both_levels_meet_in_one_match_while_keys_change() {
    let region = Region::with(Settings {
        keyholder: true,
        covenant: MANY_SIGNALS.to_owned(),
        ..Settings::default()
    })
    .await;
    let mut eight = Vec::new();
    for (place, (name, sector)) in EIGHT.into_iter().enumerate() {
        eight.push(match place % 2 {
            0 => region.professional_of_level_a(name, sector).await,
            _ => region.professional(name, sector).await,
        });
    }
    // Known before under the old keys, by one of each level.
    for number in 0..4 {
        eight[0].signals(&child(number)).await;
        eight[1].signals(&child(number)).await;
    }
    let over = Arc::new(AtomicBool::new(false));
    let rotation = {
        let (ceremony, over) = (ceremony(&region), Arc::clone(&over));
        tokio::spawn(async move {
            let rotated = ceremony.run(TAG, &|_| {}).await;
            over.store(true, Ordering::SeqCst);
            rotated
        })
    };
    let mut children = 4;
    while children < 4 + CHILDREN || !over.load(Ordering::SeqCst) {
        all_signal(&eight, children).await;
        children += 1;
    }
    let rotated = rotation.await.unwrap().unwrap();
    assert_eq!((rotated.from.tag_epoch, rotated.to.tag_epoch), (1, 2));
    for number in 0..4 {
        all_signal(&eight[2..], number).await;
    }
    assert_sound(&region).await;
    let full = "SELECT count(*) FROM (SELECT FROM match_party WHERE left_at IS NULL
                  GROUP BY subject_id, match_id HAVING count(*) = 8) AS m";
    assert_eq!(region.count(full).await, i64::from(children));
    assert_eq!(
        region.count("SELECT count(*) FROM match_case").await,
        i64::from(children)
    );
    let old = "SELECT count(*) FROM subject_tag WHERE tag_epoch = 1";
    assert_eq!(region.count(old).await, 0);
    assert_eq!(
        region.count("SELECT count(*) FROM subject_tag").await,
        i64::from(children)
    );
    // Each tells how it was made, in lists too.
    let assurances = "SELECT suite || ' ' || blinded_by_client || ' ' || count(*) FROM signal GROUP BY suite, blinded_by_client ORDER BY 1";
    let half = children * 4;
    assert_eq!(
        region.texts(assurances).await,
        [format!("2 false {half}"), format!("2 true {half}")]
    );
    assert_eq!(events(&region).await["match.opened"], i64::from(children));
}
