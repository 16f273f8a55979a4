//! What definitions mean once they are loaded.

use divos_manifest::{
    Allow, Auth, Deletes, Fetch, LoadOptions, Paginate, Select, Sso, StaticSecrets, Until, decide,
    load_str, load_texts, template_list,
};
use std::sync::Arc;
use std::time::Duration;

const GOOD: &str = "metadata: { name: a, title: A }\napp: { upstreams: 'http://10.0.0.1' }\n";

fn with_secrets() -> LoadOptions {
    LoadOptions {
        secrets: Some(Arc::new(StaticSecrets::from_iter([("rm/key", "s3cret")]))),
    }
}

#[test]
fn scalars_stay_what_they_were_meant_to_be() {
    let yaml = "metadata: { name: no, title: NO, owner: 0301 }\nsources:\n  s:\n    rest: { get: /x, base: 'http://a.example', query: { a: 1.10, b: 0755, c: 1_000, d: NO, e: on, f: true, g: 12345678901234567890 } }\n    deletes: never\n    to: task\n    map: { id: id, title: title }\n    cursor: { field: t, start: 2025-01-01, param: since }\n";
    let loaded = load_str("no.yaml", yaml, LoadOptions::default());
    assert_eq!(loaded.faults, []);
    let connector = loaded.get("no").expect("usable");
    assert_eq!(connector.title, "NO");
    assert_eq!(
        connector.owner.as_ref().map(|code| code.as_str()),
        Some("0301")
    );
    let request = connector.sources[0].request().unwrap();
    let query: Vec<String> = request
        .query
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    assert_eq!(
        query,
        [
            "a=1.10",
            "b=0755",
            "c=1_000",
            "d=NO",
            "e=on",
            "f=true",
            "g=12345678901234567890"
        ]
    );
    assert_eq!(
        connector.sources[0]
            .cursor
            .as_ref()
            .and_then(|c| c.start.as_deref()),
        Some("2025-01-01")
    );
}

#[test]
fn a_known_product_takes_a_few_lines() {
    let berita = "metadata: { name: berita, title: Portal Berita, owner: \"030801\" }\nextends: wordpress@1\nwith: { base: \"https://berita.example.go.id\", host: www.berita.example.go.id }\nprivacy: { class: public }\n";
    let aduan = "metadata: { name: aduan, title: Aduan }\nextends: redmine@1\nwith: { base: 'http://10.0.0.2', key: '${secret:rm/key}', states: { Menunggu: waiting } }\n";
    let loaded = load_texts(
        &[("berita.yaml", berita), ("aduan.yaml", aduan)],
        &[],
        &[],
        with_secrets(),
    );
    assert_eq!(loaded.faults, []);

    let berita = loaded.get("berita").expect("usable");
    assert_eq!(berita.templates, ["wordpress@1"]);
    assert_eq!(
        berita.own_hosts(),
        ["berita.example.go.id", "www.berita.example.go.id"]
    );
    assert_eq!(berita.capability.as_deref(), Some("portal"));
    assert!(
        matches!(berita.auth, Auth::None),
        "no application password was given"
    );
    let posts = berita.source("posts").expect("posts");
    assert!(
        matches!(&posts.fetch, Fetch::Rest(request) if request.path.to_string() == "/wp-json/wp/v2/posts")
    );
    assert!(
        matches!(&posts.paginate, Some(Paginate::Header { pages, size: Some(100), .. }) if pages == "X-WP-TotalPages")
    );
    assert!(
        matches!(posts.deletes, Deletes::Sweep { full_every: Some(every) } if every == Duration::from_secs(6 * 3600))
    );
    assert_eq!(
        posts.map.get("body.pinned").map(|e| e.source()),
        Some("sticky")
    );
    assert!(posts.lineage().contains(&"title.rendered".to_owned()));

    let aduan = loaded.get("aduan").expect("usable");
    assert!(
        matches!(&aduan.auth, Auth::Header { name, value } if name == "X-Redmine-API-Key" && value.reveal() == Ok("s3cret"))
    );
    assert!(
        !format!("{aduan:?}").contains("s3cret"),
        "Debug must not show secrets"
    );
    let issues = aduan.source("issues").expect("issues");
    assert!(
        matches!(&issues.paginate, Some(Paginate::Offset { until: Until::Total(path), .. }) if path.to_string() == "total_count")
    );
    assert!(matches!(&issues.select, Select::Path(path) if path.to_string() == "issues[*]"));
    let state = issues.map.get("state").expect("a state").source();
    assert!(
        state.contains("lookup({\"Menunggu\": \"waiting\"})"),
        "{state}"
    );
    assert!(
        issues
            .request()
            .unwrap()
            .query
            .iter()
            .all(|(name, _)| name != "project_id"),
        "an absent parameter leaves no trace"
    );
}

#[test]
fn an_application_password_makes_basic_credentials() {
    let yaml = "metadata: { name: a, title: A }\nextends: wordpress@1\nwith: { base: 'http://10.0.0.1', user: humas, password: '${secret:rm/key}' }\n";
    let loaded = load_str("a.yaml", yaml, with_secrets());
    assert_eq!(loaded.faults, []);
    let auth = &loaded.get("a").expect("usable").auth;
    assert!(
        matches!(auth, Auth::Basic { username, password } if username.reveal() == Ok("humas") && password.reveal() == Ok("s3cret"))
    );
}

#[test]
fn credentials_are_whole_or_not_there() {
    let yaml = |with: &str| {
        format!(
            "metadata: {{ name: a, title: A }}\nextends: wordpress@1\nwith: {{ base: 'http://10.0.0.1'{with} }}\n"
        )
    };
    let half = load_str("a.yaml", &yaml(", user: humas"), with_secrets());
    assert_eq!(
        half.faults
            .iter()
            .map(|fault| fault.code())
            .collect::<Vec<_>>(),
        ["DV0101"],
        "a user without a password"
    );
    let redmine =
        "metadata: { name: a, title: A }\nextends: redmine@1\nwith: { base: 'http://10.0.0.1' }\n";
    let open = load_str("a.yaml", redmine, with_secrets());
    assert_eq!(open.faults, []);
    assert!(matches!(open.get("a").expect("usable").auth, Auth::None));
}

#[test]
fn a_parameter_names_the_field_of_a_form() {
    let yaml = "metadata: { name: a, title: A }\nextends: laravel-form@1\nwith: { base: 'http://10.0.0.1', field: username, user: humas, password: '${secret:rm/key}' }\nsources:\n  s: { rest: { get: /x }, deletes: never, to: task, map: { id: id, title: title } }\n";
    let loaded = load_str("a.yaml", yaml, with_secrets());
    assert_eq!(loaded.faults, []);
    let Auth::Form(form) = &loaded.get("a").expect("usable").auth else {
        panic!("a form");
    };
    let names: Vec<&str> = form.fields.iter().map(|(name, _)| &**name).collect();
    assert_eq!(names, ["username", "password"]);
}

#[test]
fn sign_on_and_policy_mean_what_they_say() {
    let yaml = "metadata: { name: a, title: A }\napp:\n  upstreams: ['http://10.0.0.1', 'http://10.0.0.2']\n  sso: { headers: { set: { X-Remote-User: login, X-Roles: roles } } }\n  policy:\n    - { path: /, allow: signed_in }\n    - { path: /admin, allow: { all: [{ role: admin }, { under: \"03\" }] } }\n    - { path: /feed, methods: [GET], allow: public }\n";
    let loaded = load_str("a.yaml", yaml, LoadOptions::default());
    assert_eq!(loaded.faults, []);
    let app = &loaded.get("a").expect("usable").app;
    assert!(
        matches!(&app.sso, Sso::Headers { set } if set.len() == 2 && set[0].0 == "X-Remote-User")
    );
    let by = |method, path| decide(&app.rules, method, path).map(|rule| rule.path.as_str());
    assert_eq!(by("GET", "/admin/x"), Some("/admin"));
    assert_eq!(by("GET", "/administrator"), Some("/"));
    assert_eq!(by("GET", "/feed"), Some("/feed"));
    assert_eq!(
        by("POST", "/feed"),
        Some("/"),
        "another method falls back to the wider rule"
    );
    assert!(matches!(&app.rules[1].allow, Allow::All(both) if both.len() == 2));
    assert!(
        decide(&app.rules[1..], "GET", "/").is_none(),
        "what no rule allows is denied"
    );
}

#[test]
fn without_a_policy_the_mode_decides() {
    for (sso, allow) in [("none", Allow::SignedIn), ("public", Allow::Public)] {
        let yaml = format!(
            "metadata: {{ name: a, title: A }}\napp: {{ upstreams: 'http://10.0.0.1', sso: {sso} }}\n"
        );
        let loaded = load_str("a.yaml", &yaml, LoadOptions::default());
        let app = &loaded.get("a").expect("usable").app;
        assert_eq!(app.rules.len(), 1);
        assert_eq!(app.rules[0].allow, allow);
    }
    let none =
        "metadata: { name: a, title: A }\napp: { upstreams: 'http://10.0.0.1', policy: [] }\n";
    let loaded = load_str("a.yaml", none, LoadOptions::default());
    assert!(
        loaded.get("a").expect("usable").app.rules.is_empty(),
        "an empty policy denies everything"
    );
}

#[test]
fn the_overlay_moves_addresses_secrets_schedules_and_limits() {
    let connector = "metadata: { name: a, title: A }\nextends: redmine@1\nwith: { base: 'http://10.0.0.1', key: '${secret:other/key}' }\n";
    let overlay = "app: { upstreams: 'http://10.9.9.9:8080', networks: [10.9.0.0/16], limits: { body: 1MB } }\nauth: { header: { value: '${secret:rm/key}' } }\nsources: { issues: { every: 1m, deletes: { sweep: { full_every: 1h } }, paginate: { offset: { max_pages: 7 } } } }\n";
    let loaded = load_texts(
        &[("a.yaml", connector)],
        &[],
        &[("a.yaml", overlay)],
        with_secrets(),
    );
    assert_eq!(loaded.faults, []);
    let a = loaded.get("a").expect("usable");
    assert_eq!(a.app.upstreams[0].as_str(), "http://10.9.9.9:8080/");
    assert_eq!(a.app.networks, ["10.9.0.0/16"]);
    assert_eq!(a.app.limits.body, 1_000_000);
    assert!(
        matches!(&a.auth, Auth::Header { name, value } if name == "X-Redmine-API-Key" && value.reveal() == Ok("s3cret"))
    );
    assert_eq!(a.sources[0].every, Duration::from_secs(60));
    assert!(matches!(
        a.sources[0].paginate,
        Some(Paginate::Offset {
            max_pages: 7,
            size: 100,
            ..
        })
    ));
    let explained = loaded.explain("a").expect("explained");
    let origin = |path: &str| {
        let found = explained
            .iter()
            .find(|line| line.path == path)
            .unwrap_or_else(|| panic!("{path}"));
        found
            .origin
            .as_ref()
            .map(|(file, line)| format!("{}:{line}", file.display()))
    };
    assert_eq!(
        origin("app.upstreams[0]").as_deref(),
        Some("overlay.d/a.yaml:1")
    );
    assert_eq!(
        origin("metadata.title").as_deref(),
        Some("connectors.d/a.yaml:1")
    );
    assert_eq!(
        origin("sources.issues.select").as_deref(),
        Some("<redmine@1>:47")
    );
    assert_eq!(origin("app.timeouts.connect"), None);
    assert!(explained.iter().all(|line| !line.value.contains("s3cret")));
}

#[test]
fn the_version_follows_the_meaning_alone() {
    let version = |yaml: &str| {
        let loaded = load_str("a.yaml", yaml, with_secrets());
        assert_eq!(loaded.faults, [], "{yaml}");
        loaded.get("a").expect("usable").version.clone()
    };
    let plain = version(GOOD);
    for same in [
        "# a comment\napp: { upstreams: [\"http://10.0.0.1\"], timeouts: { connect: 3000ms } }\nmetadata:\n  title: Another title\n  name: a\n",
        "apiVersion: divos/v1\nkind: Connector\nmetadata: { name: a, title: A, zone: Asia/Makassar }\napp: { upstreams: 'http://10.0.0.1', sso: none }\nauth: none\n",
    ] {
        assert_eq!(version(same), plain, "{same}");
    }
    for other in [
        "metadata: { name: a, title: A }\napp: { upstreams: 'http://10.0.0.2' }\n",
        "metadata: { name: a, title: A }\napp: { upstreams: 'http://10.0.0.1', timeouts: { connect: 4s } }\n",
    ] {
        assert_ne!(version(other), plain, "{other}");
    }
}

#[test]
fn a_template_in_the_folder_replaces_the_compiled_in_one() {
    let own = "kind: Template\nmetadata: { name: wordpress@1, title: Ours }\nparams: { base: { description: Where } }\napp: { upstreams: '${param.base}', open: /ours }\n";
    let yaml = "metadata: { name: a, title: A }\nextends: wordpress@1\nwith: { base: 'http://10.0.0.1' }\n";
    let loaded = load_texts(
        &[("a.yaml", yaml)],
        &[("wordpress@1.yaml", own)],
        &[],
        LoadOptions::default(),
    );
    assert_eq!(loaded.faults, []);
    assert_eq!(loaded.get("a").expect("usable").app.open, "/ours");
    let info: Vec<(&str, bool)> = loaded
        .templates
        .iter()
        .map(|t| (t.name.as_str(), t.built_in))
        .collect();
    let own: Vec<_> = info.iter().filter(|(_, built_in)| !built_in).collect();
    assert_eq!(own, [&("wordpress@1", false)]);
}

#[test]
fn the_compiled_in_templates_are_flawless() {
    let loaded = load_texts(&[], &[], &[], LoadOptions::default());
    assert_eq!(loaded.faults, []);
    let names: Vec<String> = template_list()
        .into_iter()
        .map(|template| template.name)
        .collect();
    let files = std::fs::read_dir(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../connectors.d/templates"
    ));
    let mut shipped: Vec<String> = files
        .expect("templates")
        .filter_map(|file| file.ok()?.file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".yaml").map(str::to_owned))
        .collect();
    shipped.sort();
    assert_eq!(names, shipped, "each shipped template is compiled in");
    for param in template_list().iter().flat_map(|template| &template.params) {
        assert!(!param.description.is_empty(), "{}", param.name);
    }
}

#[test]
fn templates_stack_and_later_ones_win() {
    let t = |name: &str, extra: &str| {
        format!("kind: Template\nmetadata: {{ name: {name}, title: T }}\n{extra}")
    };
    let base = t(
        "base@1",
        "params: { path: { description: Path } }\napp: { open: '${param.path}', retries: 1 }\n",
    );
    let first = t(
        "first@1",
        "extends: base@1\nwith: { path: /from-first }\napp: { timeouts: { connect: 1s } }\n",
    );
    let second = t("second@1", "app: { retries: 2, timeouts: { total: 9s } }\n");
    let yaml = "metadata: { name: a, title: A }\nextends: [first@1, second@1]\napp: { upstreams: 'http://10.0.0.1' }\n";
    let templates = [
        ("base@1.yaml", base.as_str()),
        ("first@1.yaml", &first),
        ("second@1.yaml", &second),
    ];
    let loaded = load_texts(&[("a.yaml", yaml)], &templates, &[], LoadOptions::default());
    assert_eq!(loaded.faults, []);
    let a = loaded.get("a").expect("usable");
    assert_eq!(a.app.open, "/from-first");
    assert_eq!(a.app.retries, 2);
    assert_eq!(a.app.timeouts.connect, Duration::from_secs(1));
    assert_eq!(a.app.timeouts.total, Duration::from_secs(9));
    assert_eq!(a.templates, ["first@1", "base@1", "second@1"]);
}

#[test]
fn a_mistake_in_a_template_belongs_to_all_and_is_told_once() {
    let template = "kind: Template\nmetadata: { name: t@1, title: T }\napp: { upstreams: 'http://10.0.0.1', hots: a }\n";
    let connector = |id: &str| format!("metadata: {{ name: {id}, title: A }}\nextends: t@1\n");
    let (a, b) = (connector("a"), connector("b"));
    let loaded = load_texts(
        &[("a.yaml", &a), ("b.yaml", &b)],
        &[("t@1.yaml", template)],
        &[],
        LoadOptions::default(),
    );
    assert!(loaded.connectors.is_empty());
    assert_eq!(loaded.faults_of("a").count(), 1);
    assert_eq!(loaded.faults_of("b").count(), 1);
    let told = divos_manifest::render(
        &loaded.faults,
        divos_model::Lang::En,
        divos_manifest::Format::Human,
    );
    assert_eq!(told.matches("DV0102").count(), 1, "{told}");
}
