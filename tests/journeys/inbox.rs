//! An inbox is asked, waited at and followed; whichever way, each notice is seen and what was acknowledged is gone.

use std::collections::BTreeSet;

use protocol::Id;
use protocol::problem::ProblemType;
use tests::{Http, Method, Professional, Region, Sector, child, refusal, somebody_waits};

async fn two(region: &Region) -> (Professional, Professional) {
    (
        region
            .professional("Basisschool Zonnewijzer", Sector::Education)
            .await,
        region.professional("Jeugdhulp Anker", Sector::YouthHelp).await,
    )
}

async fn match_about(number: u32, one: &Professional, other: &Professional) {
    one.signals(&child(number)).await;
    other.signals(&child(number)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notice_is_read_by_its_id_before_and_after_it_is_acknowledged_and_by_nobody_else() {
    let region = Region::start().await;
    let (school, help) = two(&region).await;
    match_about(1, &school, &help).await;
    let told = school.is_told(1).await[0].clone();
    assert_eq!(school.partner.notice(told.id).await.unwrap(), told);
    assert_eq!(told.acknowledged_at, None);
    let acknowledged = school.partner.acknowledge_notice(told.id, None).await.unwrap();
    let read = school.partner.notice(told.id).await.unwrap();
    assert_eq!(read.acknowledged_at, Some(acknowledged.acknowledged_at));
    assert_eq!(refusal(help.partner.notice(told.id).await), ProblemType::NotFound);
    assert_eq!(
        refusal(school.partner.notice(Id([7; 16])).await),
        ProblemType::NotFound
    );
}

// rule: E6
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cursor_opens_its_own_list_for_its_own_reader_and_as_it_was_given() {
    let region = Region::start().await;
    let (school, help) = two(&region).await;
    for number in 1..=2 {
        match_about(number, &school, &help).await;
    }
    school.is_told(2).await;
    help.is_told(2).await;
    let http = Http::new(&region.url);
    let (ours, theirs) = (school.bearer().await, help.bearer().await);
    let get = async |bearer: &str, path: &str| http.get(path, &[("authorization", bearer)]).await;
    let lists = ["/v1/notices", "/v1/signals", "/v1/matches"];
    let mut cursors = Vec::new();
    for list in lists {
        let page = get(&ours, &format!("{list}?limit=1")).await;
        cursors.push(page.json()["next"].as_str().unwrap().to_owned());
    }
    let waited = get(&ours, "/v1/notices?wait=0&limit=1").await.json()["next"]
        .as_str()
        .unwrap()
        .to_owned();
    for (list, cursor) in lists.iter().zip(&cursors) {
        assert_eq!(get(&ours, &format!("{list}?cursor={cursor}")).await.status, 200);
        // Another's, one of another list, one for waiting.
        let mut wrong = vec![(theirs.as_str(), cursor.clone()), (ours.as_str(), waited.clone())];
        wrong.extend(
            cursors
                .iter()
                .filter(|other| *other != cursor)
                .map(|other| (ours.as_str(), other.clone())),
        );
        // A bent one: each character, and the ends.
        for place in 0..cursor.len() {
            let with = if cursor.as_bytes()[place] == b'A' {
                "B"
            } else {
                "A"
            };
            let mut bent = cursor.clone();
            bent.replace_range(place..=place, with);
            wrong.push((&ours, bent));
        }
        wrong.push((&ours, cursor[..cursor.len() - 1].to_owned()));
        wrong.push((&ours, format!("{cursor}A")));
        for (bearer, cursor) in wrong {
            let answer = get(bearer, &format!("{list}?cursor={cursor}")).await;
            assert_eq!(
                (answer.status, answer.slug().as_str()),
                (400, "invalid-request"),
                "{list} {cursor}"
            );
            assert_eq!(answer.json()["errors"][0]["pointer"], "query:cursor");
        }
    }
    // What was given to who waits is for waiting.
    assert_eq!(
        get(&ours, &format!("/v1/notices?wait=0&cursor={waited}"))
            .await
            .status,
        200
    );
    for (bearer, cursor) in [(&ours, &cursors[0]), (&theirs, &waited)] {
        let answer = get(bearer, &format!("/v1/notices?wait=0&cursor={cursor}")).await;
        assert_eq!((answer.status, answer.slug().as_str()), (400, "invalid-request"));
        let stream = [
            ("authorization", bearer.as_str()),
            ("last-event-id", cursor.as_str()),
        ];
        let answer = http.send(Method::GET, "/v1/notices/stream", &stream, None).await;
        assert_eq!((answer.status, answer.slug().as_str()), (400, "invalid-request"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_is_told_at_once_through_any_instance_and_sees_each_notice_once() {
    let region = Region::start().await;
    let (school, help) = two(&region).await;
    let nothing = school.waits(None, 0).await;
    assert!(nothing.items.is_empty());
    // One waits at another instance than the one that is signalled to.
    let second = region.second_instance();
    let elsewhere = school.calling(&second.url);
    let query = |cursor| protocol::page::PageQuery { limit: 100, cursor };
    let from = query(nothing.next.clone());
    let (here, there, ()) = tokio::join!(
        school.waits(nothing.next.clone(), 25),
        async { elsewhere.wait_for_notices(&from, 25).await.unwrap() },
        async {
            somebody_waits(&region.casework, 1).await;
            somebody_waits(&second.casework, 1).await;
            match_about(1, &school, &help).await;
        }
    );
    assert_eq!((here.items.len(), there.items.len()), (1, 1));
    assert_eq!(here.items, there.items);
    somebody_waits(&region.casework, 0).await;

    // Behind it there is nothing, until there is.
    let after = school.waits(here.next, 0).await;
    assert!(after.items.is_empty());
    match_about(2, &school, &help).await;
    let second = school.waits(after.next, 25).await;
    assert_eq!(second.items.len(), 1);
    assert_ne!(second.items[0].id, here.items[0].id);
    // Without a cursor there is all that was not acknowledged, and what was is gone for every cursor.
    assert_eq!(school.waits(None, 0).await.items.len(), 2);
    school
        .partner
        .acknowledge_notice(second.items[0].id, None)
        .await
        .unwrap();
    assert_eq!(school.waits(None, 0).await.items, here.items);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_to_show_later_is_told_to_who_waits_though_later_numbers_were_told_before() {
    let region = Region::with_covenant("notice_interval_minutes = 15").await;
    region
        .apply_covenant("Convenant Buurgemeente", "notice_interval_minutes = 0")
        .await;
    let (school, help) = two(&region).await;
    region.at("2027-03-10T10:01:00+01:00").await;
    match_about(1, &school, &help).await;
    region.quiet().await;
    let before = school.waits(None, 0).await;
    assert!(before.items.is_empty(), "it shows at the quarter");
    let (came, ()) = tokio::join!(school.waits(before.next, 25), async {
        somebody_waits(&region.casework, 1).await;
        // No transaction tells of this: time alone does.
        region.at("2027-03-10T10:15:00+01:00").await;
    });
    assert_eq!(came.items.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_commits_late_is_told_once_though_later_numbers_were_committed_before() {
    let region = Region::start().await;
    let (school, help) = two(&region).await;
    match_about(1, &school, &help).await;
    school.is_told(1).await;
    let first = school.waits(None, 25).await;
    assert_eq!(first.items.len(), 1);
    // A transaction that takes long: its notice has the smaller number and commits after the larger.
    let late = region.database.superuser().await;
    late.batch_execute(
        "BEGIN;
         INSERT INTO notice (subject_id, id, match_id, organisation_id, kind, created_at, visible_at, unread_from, about_tag,
                             log_tag)
         SELECT n.subject_id, nextval('notice_id'), n.match_id, n.organisation_id, 'match-joined', n.created_at, n.visible_at,
                n.unread_from, n.about_tag, gen_random_uuid()
           FROM notice n ORDER BY n.id LIMIT 2",
    )
    .await
    .unwrap();
    match_about(2, &school, &help).await;
    region.quiet().await;
    assert_eq!(
        school.inbox().await.len(),
        2,
        "who asks for all is shown what is there"
    );
    let meanwhile = school.waits(first.next, 0).await;
    assert!(
        meanwhile.items.is_empty(),
        "nobody passes the place where something may still come"
    );
    let (came, ()) = tokio::join!(school.waits(meanwhile.next, 25), async {
        somebody_waits(&region.casework, 1).await;
        late.batch_execute("COMMIT").await.unwrap();
    });
    assert_eq!(came.items.len(), 2);
    assert!(school.waits(came.next, 0).await.items.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_tells_what_lies_there_and_what_comes_and_goes_on_where_it_broke_off() {
    let region = Region::start().await;
    let (school, help) = two(&region).await;
    for number in 1..=3 {
        match_about(number, &school, &help).await;
    }
    let lying: BTreeSet<Id> = school.is_told(3).await.iter().map(|notice| notice.id).collect();
    let mut stream = school.follows_at(&region.url, None).await;
    let mut events = Vec::new();
    for _ in 0..3 {
        events.push(stream.next().await.unwrap());
    }
    assert_eq!(
        events
            .iter()
            .map(tests::StreamEvent::notice)
            .collect::<BTreeSet<_>>(),
        lying
    );
    match_about(4, &school, &help).await;
    let fourth = stream.next().await.unwrap();
    assert!(!lying.contains(&fourth.notice()));
    // Thin: where to look, and no more.
    let members: Vec<&String> = fourth.data.as_object().unwrap().keys().collect();
    assert_eq!(
        members,
        ["dataref", "id", "source", "specversion", "time", "type"]
    );
    assert_eq!(
        (fourth.name.as_str(), &fourth.data["type"]),
        ("notice", &"nl.trefpunt.notice.match-opened".into())
    );
    let notice = school.partner.notice(fourth.notice()).await.unwrap();
    assert_eq!(
        fourth.data["dataref"].as_str().unwrap(),
        format!("{}/v1/notices/{}", region.url, notice.id)
    );
    drop(stream);
    somebody_waits(&region.casework, 0).await;

    // Behind the first, the other three; of those one was acknowledged.
    school
        .partner
        .acknowledge_notice(events[1].notice(), None)
        .await
        .unwrap();
    let mut again = school.follows_at(&region.url, Some(&events[0].id)).await;
    assert_eq!(again.next().await.unwrap().notice(), events[2].notice());
    assert_eq!(again.next().await.unwrap().notice(), fourth.notice());
    match_about(5, &school, &help).await;
    let fifth = again.next().await.unwrap();
    assert!(
        ![&events[0], &events[1], &events[2], &fourth]
            .iter()
            .any(|before| before.notice() == fifth.notice())
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_is_disabled_is_cut_off_while_it_waits_and_while_it_follows() {
    let region = Region::start().await;
    let (school, help) = two(&region).await;
    let mut stream = school.follows_at(&region.url, None).await;
    let mut other = help.follows_at(&region.url, None).await;
    let (http, bearer) = (Http::new(&region.url), school.bearer().await);
    let headers = [("authorization", bearer.as_str())];
    let (waited, ()) = tokio::join!(http.get("/v1/notices?wait=25", &headers), async {
        somebody_waits(&region.casework, 3).await;
        let client = school.client_id.clone();
        region.casework.disable_client(client).await.unwrap();
    });
    assert_eq!((waited.status, waited.slug().as_str()), (401, "invalid-token"));
    assert_eq!(stream.next().await, None, "it ends");
    somebody_waits(&region.casework, 1).await;
    // The others go on.
    let third = region
        .professional("Kinderopvang De Vlinder", Sector::Childcare)
        .await;
    match_about(1, &help, &third).await;
    assert!(other.next().await.is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_so_many_wait_at_one_inbox_and_all_leave_when_the_service_stops() {
    let region = Region::start().await;
    let (school, help) = two(&region).await;
    let mut streams = Vec::new();
    for _ in 0..casework::WAITING_PER_ORGANISATION {
        streams.push(school.follows_at(&region.url, None).await);
    }
    let http = Http::new(&region.url);
    let bearer = school.bearer().await;
    for path in ["/v1/notices/stream", "/v1/notices?wait=25"] {
        let answer = http.get(path, &[("authorization", &bearer)]).await;
        assert_eq!(
            (answer.status, answer.slug().as_str()),
            (429, "rate-limited"),
            "{path}"
        );
        assert!(answer.header("retry-after").is_some());
    }
    // Who does not wait is answered, and another organisation waits.
    assert_eq!(school.inbox().await, []);
    help.follows_at(&region.url, None).await;
    region.drain();
    for stream in &mut streams {
        assert_eq!(stream.next().await, None, "it ends");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_never_appears_again_whoever_looks_meanwhile() {
    const NOTICES: u32 = 12;
    let region = Region::start().await;
    let (school, help) = two(&region).await;
    for number in 1..=NOTICES {
        match_about(number, &school, &help).await;
    }
    let told = school.is_told(NOTICES as usize).await;
    let acknowledged = std::sync::Mutex::new(BTreeSet::new());
    let acknowledging = async {
        for notice in &told {
            school.partner.acknowledge_notice(notice.id, None).await.unwrap();
            acknowledged.lock().unwrap().insert(notice.id);
        }
    };
    let looking = async |waits: bool| {
        let mut seen = Vec::new();
        loop {
            // What was acknowledged before one looks.
            let before = acknowledged.lock().unwrap().clone();
            let shown = match waits {
                true => school.waits(None, 0).await.items,
                false => school.inbox().await,
            };
            seen.push(shown.len());
            assert!(shown.iter().all(|notice| !before.contains(&notice.id)));
            if before.len() == NOTICES as usize {
                assert!(shown.is_empty());
                return seen;
            }
        }
    };
    let ((), listed, waited) = tokio::join!(acknowledging, looking(false), looking(true));
    assert!(listed.is_sorted_by(|one, next| one >= next), "{listed:?}");
    assert!(waited.is_sorted_by(|one, next| one >= next), "{waited:?}");
}
