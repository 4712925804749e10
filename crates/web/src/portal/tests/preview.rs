//! The pages to look at, in a browser, without a database.

use std::net::TcpListener;

use actix_web::HttpServer;
use casework::ConsentPage;

use super::double::{CODE, at, consent_page, declaring, recorded, signal_page, states};
use super::rights_file::everything;
use super::*;

const ADDRESS: &str = "http://127.0.0.1:8099";

/// `cargo test -p web --lib preview -- --ignored --nocapture`, then open the address. `/zet/2/jongere/signaal` shows
/// state 2 of a question about a signal to a young person.
#[actix_web::test]
#[ignore = "serves until it is stopped"]
async fn preview() {
    let asked = everything(at("2027-03-17T10:00:00Z"), true);
    let household = Household::new().asked(asked).has_file(true);
    let portal = Portal::new(PortalSettings {
        public_address: ADDRESS.to_owned(),
        clock: Arc::new(|| Duration::from_secs(1)),
        trusted_proxies: Vec::new(),
        theme: None,
    });
    let listener = TcpListener::bind(ADDRESS.trim_start_matches("http://")).unwrap();
    println!("{ADDRESS}/portal with the code {CODE}");
    let server = HttpServer::new(move || {
        App::new()
            .app_data(web::Data::new(household.clone()))
            .configure(|config| portal.configure_for::<Household>(config))
            .route("/zet/{state}/{reader}/{purpose}", web::get().to(set))
            .wrap(door(ADDRESS))
    });
    server.workers(1).listen(listener).unwrap().run().await.unwrap();
}

async fn set(household: web::Data<Household>, path: web::Path<(usize, String, String)>) -> String {
    let (state, reader, purpose) = path.into_inner();
    let page = match purpose.as_str() {
        "signaal" => signal_page(),
        "signaal-voor-beiden" => declaring(signal_page()),
        "signaal-opgeschreven" => ConsentPage {
            recorded: Some(recorded()),
            ..signal_page()
        },
        "voor-beiden" => declaring(consent_page()),
        "opgeschreven" => ConsentPage {
            recorded: Some(recorded()),
            ..consent_page()
        },
        _ => consent_page(),
    };
    household.show(ConsentPage {
        state: states()[state % 7],
        is_young_person: reader == "jongere",
        ..page
    });
    format!("{:?}", states()[state % 7])
}
