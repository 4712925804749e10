//! Pressed twice, in two tabs, by two at once: each act takes hold once, and who acted sees where it stands.

use futures::future::join_all;
use protocol::consent::AgeBand;
use tests::{Guardian, Region, events};

use super::walk::{Form, Shown};
use super::{asked_in, coming_back};

/// The form with this action, and this field when it has choices.
async fn form(region: &Region, who: &Guardian, action: &str, choice: Option<&str>) -> Form {
    let shown = Shown::to(region, who.cookie().unwrap(), &["nl"]).await;
    let mut forms = shown.forms().into_iter().filter(|form| form.action == action);
    let chosen =
        |form: &Form| choice.is_none_or(|choice| form.fields.iter().any(|(_, value)| value == choice));
    forms.find(|form| chosen(form)).unwrap()
}

// rule: G6
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_guardians_who_agree_at_once_and_twice_each_give_one_consent() {
    let region = Region::start().await;
    let (_, _, mut letters) = asked_in(&region, AgeBand::Under12, 2, None).await;
    let mut presses = Vec::new();
    for letter in &mut letters {
        letter.enters().await;
        let yes = form(&region, letter, "/portal/besluit", Some("ja")).await;
        let cookie = letter.cookie().unwrap().to_owned();
        presses.extend([(yes.clone(), cookie.clone()), (yes, cookie)]);
    }
    let answers = join_all(presses.iter().map(|(form, cookie)| form.send(&region, cookie))).await;
    assert!(answers.iter().all(|answer| answer.status == 303));
    assert_eq!(events(&region).await["consent.given"], 1);
    for letter in &mut letters {
        let page = letter.visits("/portal/verzoek").await;
        assert!(page.says("De toestemming is gegeven"), "{}", page.heading());
    }
    let mut presses = Vec::new();
    for letter in &letters {
        let withdraw = form(&region, letter, "/portal/intrekken", None).await;
        let cookie = letter.cookie().unwrap().to_owned();
        presses.extend([(withdraw.clone(), cookie.clone()), (withdraw, cookie)]);
    }
    let answers = join_all(presses.iter().map(|(form, cookie)| form.send(&region, cookie))).await;
    assert!(answers.iter().all(|answer| answer.status == 303));
    assert_eq!(events(&region).await["consent.withdrawn"], 1);
    for letter in &mut letters {
        let page = letter.visits("/portal/verzoek").await;
        assert!(page.says("De toestemming is ingetrokken"), "{}", page.heading());
    }
    region.log_holds().await;
}

// rule: G6, G13
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_several_who_hold_one_code_one_comes_in_and_the_others_find_it_opens_nothing() {
    let region = Region::start().await;
    let (_, _, letters) = asked_in(&region, AgeBand::Under12, 1, None).await;
    let mut holders = Vec::new();
    for _ in 0..5 {
        let mut holder = Guardian::with_code(&region, &letters[0].code);
        let page = holder.types_code().await;
        assert_eq!(page.path, "/portal/pincode");
        holders.push(holder);
    }
    let mut presses = Vec::new();
    for holder in &holders {
        let mut chosen = form(&region, holder, "/portal/pincode", None).await;
        for (_, value) in chosen
            .fields
            .iter_mut()
            .filter(|(name, _)| name.starts_with("pincode"))
        {
            tests::PIN.clone_into(value);
        }
        let cookie = holder.cookie().unwrap().to_owned();
        // Each presses twice.
        presses.extend([(chosen.clone(), cookie.clone()), (chosen, cookie)]);
    }
    join_all(presses.iter().map(|(form, cookie)| form.send(&region, cookie))).await;
    assert_eq!(region.count("SELECT count(*) FROM family_access").await, 1);
    assert_eq!(events(&region).await["family_access.made"], 1);
    let mut keys = Vec::new();
    for holder in &mut holders {
        keys.extend(holder.visits("/portal/sleutel").await.return_key());
    }
    let [key] = &keys[..] else {
        panic!("{} of them were shown a key", keys.len())
    };
    assert_eq!(coming_back(&region, key, tests::PIN).await.status, 303);
    region.log_holds().await;
}

// rule: G6
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn yes_and_no_at_once_in_two_tabs_end_in_one_of_them_and_both_tabs_say_so() {
    let region = Region::start().await;
    let (_, _, mut letters) = asked_in(&region, AgeBand::Under12, 1, None).await;
    letters[0].enters().await;
    let yes = form(&region, &letters[0], "/portal/besluit", Some("ja")).await;
    let no = form(&region, &letters[0], "/portal/besluit", Some("nee")).await;
    let cookie = letters[0].cookie().unwrap().to_owned();
    let answers = join_all([&yes, &no].map(|form| form.send(&region, &cookie))).await;
    assert!(answers.iter().all(|answer| answer.status == 303));
    let told = events(&region).await;
    let count = |event: &str| told.get(event).copied().unwrap_or(0);
    assert_eq!(count("consent.given") + count("consent.refused"), 1);
    let page = letters[0].visits("/portal/verzoek").await;
    let says = ["De toestemming is gegeven", "U heeft nee gezegd"].map(|text| page.says(text));
    assert_eq!(says, [count("consent.given") == 1, count("consent.refused") == 1]);
}
