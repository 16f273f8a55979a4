//! What apps are told of the person who opens them.

use super::*;
use crate::{AppAccess, Assertion, Policy};
use base64::Engine as _;
use divos_manifest::{Attribute, LoadOptions, Sso as Mode, StaticSecrets, load_str};
use std::time::Duration;

fn access(mode: Mode) -> AppAccess {
    AppAccess::new("surat".parse().expect("an id"), mode, Policy::new(vec![])).expect("an access")
}

fn told(assertion: &Assertion) -> Vec<(String, String)> {
    assertion
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().expect("ascii").to_owned()))
        .collect()
}

fn jwt() -> Mode {
    Mode::Jwt {
        header: "X-Divos-Assertion".into(),
        audience: "surat".into(),
        lifetime: Duration::from_secs(60),
        claims: vec![
            Attribute::Name,
            Attribute::Login,
            Attribute::Roles,
            Attribute::Unit,
        ],
    }
}

#[tokio::test]
async fn headers_carry_what_the_connector_names_and_nothing_else() {
    let world = World::new().await;
    let (sekar, _) = world.sekar().await;
    let set = [
        ("X-User", Attribute::Login),
        ("X-Name", Attribute::Name),
        ("X-Unit", Attribute::Unit),
        ("X-Unit-Name", Attribute::UnitName),
        ("X-Roles", Attribute::Roles),
        ("X-Nip", Attribute::Nip),
        ("X-Post", Attribute::Post),
        ("X-Id", Attribute::Id),
    ];
    let access = access(Mode::Headers {
        set: set
            .map(|(name, attribute)| (name.to_owned(), attribute))
            .to_vec(),
    });
    let headers = world
        .sso
        .assertion_headers(&access, &Caller::Person(sekar.clone()))
        .expect("headers");
    let id = sekar.reader.person.to_string();
    let expected = [
        ("x-user", "sekar@denpasar.example"),
        ("x-name", "Ni Luh Sekar Contoh"),
        ("x-unit", "030894"),
        ("x-unit-name", "Seksi Aplikasi (contoh)"),
        ("x-roles", "admin,operator"),
        ("x-nip", NIP),
        ("x-post", "Pranata Komputer"),
        ("x-id", &id),
    ];
    assert_eq!(
        told(&headers),
        expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
    );
    assert!(
        Arc::ptr_eq(
            &headers,
            &world
                .sso
                .assertion_headers(&access, &Caller::Person(sekar))
                .expect("headers")
        ),
        "made once"
    );
    for caller in [
        Caller::Anonymous(Why::NoCredential),
        Caller::Machine(Arc::new(crate::Machine {
            id: "x".into(),
            name: "x".into(),
            scopes: vec![],
        })),
    ] {
        assert!(
            world
                .sso
                .assertion_headers(&access, &caller)
                .expect("headers")
                .is_empty()
        );
    }
    for spelling in ["x-user", "x_user", "x-unit_name", "x_unit_name"] {
        assert!(
            access.is_asserted(&spelling.parse().expect("a name")),
            "{spelling}"
        );
    }
    assert!(!access.is_asserted(&"x-user2".parse().expect("a name")));
}

#[tokio::test]
async fn a_jwt_is_for_one_app_and_one_minute() {
    let world = World::new().await;
    let (sekar, _) = world.sekar().await;
    let access = access(jwt());
    let caller = Caller::Person(sekar.clone());
    let token = told(
        &world
            .sso
            .assertion_headers(&access, &caller)
            .expect("headers"),
    )[0]
    .1
    .clone();
    let jwks = world.sso.jwks();
    let read = jwt_check::read(&token, &jwks, "surat").expect("a good token");
    assert_eq!(read.claims["sub"], sekar.reader.person.to_string());
    assert_eq!(read.claims["iss"], "https://divos.example");
    assert_eq!(read.claims["preferred_username"], "sekar@denpasar.example");
    assert_eq!(
        read.claims["roles"],
        serde_json::json!(["admin", "operator"])
    );
    assert_eq!(
        read.claims["exp"].as_i64().expect("exp") - read.claims["iat"].as_i64().expect("iat"),
        60
    );
    assert!(
        !read.claims.to_string().contains(NIP),
        "what is not named is not told"
    );
    assert!(
        jwt_check::read(&token, &jwks, "berita").is_err(),
        "another app must refuse it"
    );
    let (input, _) = token.rsplit_once('.').expect("three parts");
    let (head, body) = input.split_once('.').expect("two parts");
    let admin = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .encode(read.claims.to_string().replace("operator", "superuser"));
    for forged in [
        format!(
            "{head}.{admin}.{}",
            token.rsplit_once('.').expect("parts").1
        ),
        format!("{head}.{body}."),
        format!("{head}.{body}.AAAA"),
    ] {
        assert!(jwt_check::read(&forged, &jwks, "surat").is_err());
    }
    // Used again for half a minute, then made anew: an app always has half a minute left.
    world.wait(TimeDelta::seconds(29));
    assert_eq!(
        told(
            &world
                .sso
                .assertion_headers(&access, &caller)
                .expect("headers")
        )[0]
        .1,
        token
    );
    world.wait(TimeDelta::seconds(1));
    assert_ne!(
        told(
            &world
                .sso
                .assertion_headers(&access, &caller)
                .expect("headers")
        )[0]
        .1,
        token
    );
    // The key outlives a restart, and every node signs with the same.
    assert_eq!(world.another_node().await.jwks(), jwks);
    assert_eq!(jwks["keys"].as_array().expect("keys").len(), 1);
    assert!(jwks["keys"][0].get("d").is_none(), "never the private part");
}

#[tokio::test]
async fn an_assertion_does_not_outlive_what_it_says_nor_a_reload() {
    let world = World::new().await;
    let (sekar, browser) = world.sekar().await;
    let mode = || Mode::Headers {
        set: vec![("X-Unit".into(), Attribute::Unit)],
    };
    let before = access(mode());
    assert_eq!(
        told(
            &world
                .sso
                .assertion_headers(&before, &Caller::Person(sekar))
                .expect("headers")
        )[0]
        .1,
        "030894"
    );
    let moved = "nip,name,unit,post\n990001012026012002,Ni Luh Sekar Contoh,030801,Sekretaris\n";
    let report = world
        .sso
        .import_people(moved.as_bytes(), ImportOptions::default(), &mut |_| {})
        .await
        .expect("moved");
    assert_eq!(report.changed, 1, "{report:?}");
    let now = world.who(HUB, &browser).await;
    assert_eq!(
        told(&world.sso.assertion_headers(&before, &now).expect("headers"))[0].1,
        "030801"
    );
    let reloaded = access(Mode::Headers {
        set: vec![("X-Other".into(), Attribute::Unit)],
    });
    assert_eq!(
        told(
            &world
                .sso
                .assertion_headers(&reloaded, &now)
                .expect("headers")
        )[0]
        .0,
        "x-other"
    );
}

#[tokio::test]
async fn basic_credentials_come_from_the_connector_and_its_secrets() {
    let world = World::new().await;
    let (sekar, _) = world.sekar().await;
    let yaml = "apiVersion: divos/v1\nkind: Connector\nmetadata: { name: surat, title: Surat }\napp:\n  host: surat\n  upstreams: [\"http://127.0.0.1:9\"]\n  sso: { basic: { username: hub, password: \"${secret:surat/pass}\" } }\n";
    let secrets: StaticSecrets = [("surat/pass", "rahasia sekali")].into_iter().collect();
    let options = LoadOptions {
        secrets: Some(Arc::new(secrets)),
    };
    let loaded = load_str("surat.yaml", yaml, options);
    let connector = loaded
        .get("surat")
        .unwrap_or_else(|| panic!("{:?}", loaded.faults));
    let access = AppAccess::of(connector).expect("an access");
    let headers = world
        .sso
        .assertion_headers(&access, &Caller::Person(sekar))
        .expect("headers");
    assert_eq!(
        told(&headers),
        [(
            "authorization".to_owned(),
            "Basic aHViOnJhaGFzaWEgc2VrYWxp".to_owned()
        )]
    );
    assert!(headers[0].1.is_sensitive());
    assert!(!format!("{headers:?}").contains("aHVi"), "never in a log");
}

#[test]
fn a_header_that_steers_the_message_carries_nobody() {
    for name in [
        "Host",
        "cookie",
        "Transfer-Encoding",
        "X-Forwarded-For",
        "a b",
        "",
        "é",
    ] {
        let mode = Mode::Headers {
            set: vec![(name.into(), Attribute::Login)],
        };
        assert!(
            AppAccess::new("surat".parse().expect("an id"), mode, Policy::new(vec![])).is_err(),
            "{name}"
        );
    }
}
