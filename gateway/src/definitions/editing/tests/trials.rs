//! Trials against a small app on loopback: what they ask, what they show, and what they refuse to send.

use super::*;
use std::sync::atomic::AtomicUsize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const SECRET: &str = "rahasia-yang-panjang";

/// An app that echoes the credentials it was sent, as some really do.
struct App {
    base: String,
    asked: Arc<AtomicUsize>,
}

impl App {
    /// With `silent` it never answers.
    async fn start(silent: bool) -> Self {
        // The way out needs one; another test of this process may have installed it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(async move {
                    let mut request = vec![0; 8192];
                    let read = stream.read(&mut request).await.unwrap_or(0);
                    if silent {
                        tokio::time::sleep(std::time::Duration::from_secs(600)).await;
                    }
                    let sent = String::from_utf8_lossy(&request[..read]).into_owned();
                    let key = sent
                        .lines()
                        .find(|line| line.to_lowercase().starts_with("x-key"));
                    let rows: Vec<_> = (0..70)
                        .map(|n| json!({"id": n, "judul": format!("Surat {n}"), "isi": key, "waktu": if n == 3 { "kapan" } else { "2026-11-24T10:00:00+08:00" }}))
                        .collect();
                    let body = json!(rows).to_string();
                    let head = format!(
                        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                        body.len()
                    );
                    let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
                });
            }
        });
        Self { base, asked }
    }

    fn text(&self) -> String {
        format!(
            "metadata: {{ name: surat, title: Surat }}\napp: {{ upstreams: [\"{}\"] }}\n\
             auth: {{ api_key: {{ name: x-key, in: header, value: \"${{secret:surat/kunci}}\" }} }}\n\
             sources:\n  masuk:\n    rest: {{ get: /surat }}\n    every: 1h\n    deletes: never\n    to: letter\n    \
             map: {{ id: id | string, title: judul, summary: isi, updated_at: waktu | datetime }}\n\
             privacy: {{ class: internal }}\n",
            self.base
        )
    }
}

async fn ended(desk: &Desk, who: Actor) -> TrialReport {
    for _ in 0..600 {
        let report = desk.editing.trial(who, &app()).expect("a trial");
        if !report.running {
            return report;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the trial does not end");
}

#[tokio::test]
async fn a_trial_shows_items_and_row_faults_and_no_secret() {
    let desk = Desk::new(false);
    let served = App::start(false).await;
    let text = served.text();
    let begun = desk.editing.try_out(operator(1), &app(), &text).await;
    begun.expect("begun");
    let report = ended(&desk, operator(1)).await;
    let source = &report.sources[0];
    assert_eq!((source.items, source.faults), (69, 1), "{source:?}");
    assert_eq!(source.ended, Some(Ended::Whole));
    assert_eq!((source.shown.len(), source.row_faults.len()), (10, 1));
    assert_eq!(source.row_faults[0].field, "updated_at");
    let shown = format!("{report:?}");
    assert!(shown.contains("***") && !shown.contains(SECRET), "{shown}");
    assert_eq!(report.text, text_hash(&text));
    // It is the trial of whoever asked, and nothing of it is on the disk or in the history.
    assert!(desk.editing.trial(operator(2), &app()).is_none());
    assert_eq!(desk.on_disk(), GOOD);
    assert!(desk.history().await.is_empty());
}

#[tokio::test]
async fn one_person_alone_sends_no_secret_to_another_address_where_two_have_to_agree() {
    let desk = Desk::new(true);
    let served = App::start(false).await;
    let refused = desk
        .editing
        .try_out(operator(1), &app(), &served.text())
        .await;
    assert!(
        matches!(refused, Err(EditError::SecretsElsewhere)),
        "{refused:?}"
    );
    assert!(desk.editing.trial(operator(1), &app()).is_none());
    assert_eq!(served.asked.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn an_app_is_asked_by_one_trial_at_a_time_and_never_with_a_faulty_text() {
    let desk = Desk::new(false);
    let served = App::start(true).await;
    let text = served.text();
    let begun = desk.editing.try_out(operator(1), &app(), &text).await;
    begun.expect("begun");
    let second = desk.editing.try_out(operator(2), &app(), &text).await;
    assert!(matches!(second, Err(EditError::Busy)), "{second:?}");
    let faulty = text.replace("deletes: never", "");
    let arsip = "arsip".parse().expect("a slug");
    let refused = desk.editing.try_out(operator(1), &arsip, &faulty).await;
    assert!(matches!(refused, Err(EditError::Faulty(_))), "{refused:?}");
    // The app's own deadline ends what never answers.
    let report = ended(&desk, operator(1)).await;
    let failed = &report.sources[0].ended;
    assert!(matches!(failed, Some(Ended::Failed(_))), "{failed:?}");
    assert_eq!(served.asked.load(Ordering::Relaxed), 1, "asked once");
}
