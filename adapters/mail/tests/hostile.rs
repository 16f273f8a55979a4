//! Servers that lie, stall or flood: each is a few scripted answers on loopback.

#![allow(clippy::unwrap_used)] // a helper of tests stops the test where it cannot help

use divos_mail::{MailFault, Mailbox, Options, Page, Tls};
use secrecy::SecretString;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

/// Answers each command of a client with what `answer` makes of its tag and its text; after an empty answer it is silent.
async fn server(
    greeting: &str,
    answer: impl Fn(&str, &str) -> Vec<u8> + Send + 'static,
) -> (Options, Arc<Mutex<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = Arc::new(Mutex::new(String::new()));
    let (listening, greeting) = (Arc::clone(&heard), greeting.to_owned());
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = BufReader::new(stream);
        stream.write_all(greeting.as_bytes()).await.unwrap();
        let mut line = String::new();
        while stream.read_line(&mut line).await.is_ok_and(|read| read > 0) {
            listening.lock().unwrap().push_str(&line);
            let (tag, command) = line.trim_end().split_once(' ').unwrap();
            // The client may have hung up by then, as it should.
            if stream.write_all(&answer(tag, command)).await.is_err() {
                return;
            }
            line.clear();
        }
    });
    let options = Options {
        host: "127.0.0.1".to_owned(),
        port,
        tls: Tls::None,
        user: "made".to_owned(),
        password: SecretString::from("rahasia-contoh"),
        folder: "INBOX".to_owned(),
        roots: None,
        connect: Duration::from_secs(5),
        total: Duration::from_secs(20),
        permitted: Arc::new(|address| address.is_loopback()),
    };
    (options, heard)
}

const HELLO: &str = "* OK contoh\r\n";

/// A server that behaves, but for what it answers to `FETCH`.
fn usual(fetch: impl Fn(&str) -> Vec<u8> + Send) -> impl Fn(&str, &str) -> Vec<u8> + Send {
    move |tag, command| {
        let said = match command.split(' ').next().unwrap() {
            "EXAMINE" => "* 2 EXISTS\r\n* OK [UIDVALIDITY 7] -\r\n* OK [UIDNEXT 3] -\r\n",
            "UID" if command.starts_with("UID SEARCH") => "* SEARCH 2 1\r\n",
            "UID" => {
                let mut answer = fetch(command);
                answer.extend(format!("{tag} OK -\r\n").into_bytes());
                return answer;
            }
            _ => "",
        };
        format!("{said}{tag} OK -\r\n").into_bytes()
    }
}

fn letter(uid: u32, more: &str) -> String {
    format!("* {uid} FETCH (UID {uid}{more} BODY[]<0> {{16}}\r\nSubject: Ada {uid}\r\n)\r\n")
}

async fn read(options: &Options) -> Result<Page, MailFault> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Mailbox::open(options).await?.next(None, 50).await
}

#[tokio::test]
async fn a_letter_whose_structure_cannot_be_read_is_asked_for_without_it() {
    let bomb = format!(" BODYSTRUCTURE {}", "(".repeat(100_000));
    let (options, heard) = server(
        HELLO,
        usual(move |command| {
            let more = if command.contains("BODYSTRUCTURE") {
                bomb.as_str()
            } else {
                ""
            };
            match command.starts_with("UID FETCH 2 ") {
                true => letter(2, more).into_bytes(),
                false => [letter(1, ""), letter(2, more)].concat().into_bytes(),
            }
        }),
    )
    .await;
    let page = read(&options).await.unwrap();
    let subjects: Vec<_> = page.rows.iter().map(|row| row["subject"].clone()).collect();
    assert_eq!(
        (subjects, page.unread),
        (vec!["Ada 1".into(), "Ada 2".into()], 0)
    );
    assert!(heard.lock().unwrap().contains("UID FETCH 2 "));
}

#[tokio::test]
async fn a_letter_that_can_never_be_read_is_counted_and_costs_no_other() {
    let (options, _) = server(
        HELLO,
        usual(|command| match command.starts_with("UID FETCH 2 ") {
            true => b"* 2 FETCH (UID 2 OMONG KOSONG\r\n".to_vec(),
            false => [letter(1, "").as_str(), "* 2 FETCH (UID 2 OMONG KOSONG\r\n"]
                .concat()
                .into_bytes(),
        }),
    )
    .await;
    let page = read(&options).await.unwrap();
    assert_eq!(
        (page.rows.len(), page.unread, page.cursor.as_str()),
        (1, 1, "7:2")
    );
}

#[tokio::test]
async fn letters_that_were_not_asked_for_are_not_taken() {
    let (options, _) = server(
        HELLO,
        usual(|_| {
            (1..500)
                .map(|uid| letter(uid, ""))
                .chain([letter(1, "")])
                .collect::<String>()
                .into_bytes()
        }),
    )
    .await;
    assert_eq!(read(&options).await.unwrap().rows.len(), 2);
}

#[tokio::test]
async fn an_endless_line_and_an_endless_literal_end_at_the_bound() {
    for flood in [
        vec![b'x'; 5 << 20],
        b"* 1 FETCH (UID 1 BODY[]<0> {4000000000}\r\n".to_vec(),
    ] {
        let (options, _) = server(HELLO, usual(move |_| flood.clone())).await;
        let fault = read(&options).await.unwrap_err();
        assert!(
            matches!(
                fault,
                MailFault::TooMuch {
                    of: "bytes of a response",
                    ..
                }
            ),
            "{fault}"
        );
    }
}

#[tokio::test]
async fn endless_responses_end_at_the_bound() {
    let (options, _) = server(HELLO, usual(|_| b"* 2 EXISTS\r\n".repeat(60_000))).await;
    let fault = read(&options).await.unwrap_err();
    assert!(
        matches!(
            fault,
            MailFault::TooMuch {
                of: "responses",
                ..
            }
        ),
        "{fault}"
    );
}

#[tokio::test]
async fn a_silent_server_is_left_at_the_deadline() {
    for greeting in ["", HELLO] {
        let (mut options, _) = server(greeting, |_, _| Vec::new()).await;
        options.total = Duration::from_millis(300);
        let begun = Instant::now();
        let fault = read(&options).await.unwrap_err();
        assert!(matches!(fault, MailFault::TimedOut { .. }), "{fault}");
        assert!(begun.elapsed() < Duration::from_secs(5));
    }
}

#[tokio::test]
async fn what_is_no_mail_server_is_said_to_be_none() {
    for (greeting, closed) in [
        ("HTTP/1.0 400 Bad Request\r\n", false),
        ("* BYE sibuk\r\n", true),
    ] {
        let (options, _) = server(greeting, |_, _| Vec::new()).await;
        let fault = read(&options).await.unwrap_err();
        assert_eq!(matches!(fault, MailFault::Closed { .. }), closed, "{fault}");
        assert_eq!(
            matches!(fault, MailFault::Protocol { .. }),
            !closed,
            "{fault}"
        );
    }
}

#[tokio::test]
async fn what_is_said_in_the_clear_after_starttls_is_not_believed() {
    let (mut options, heard) = server(HELLO, |tag, _| {
        format!("{tag} OK -\r\n* PREAUTH disisipkan\r\n").into_bytes()
    })
    .await;
    options.tls = Tls::StartTls;
    let fault = read(&options).await.unwrap_err();
    assert!(matches!(fault, MailFault::Protocol { .. }), "{fault}");
    assert!(!heard.lock().unwrap().contains("LOGIN"));
}

#[tokio::test]
async fn a_server_without_starttls_or_that_signs_in_by_itself_gets_no_password() {
    let (mut options, heard) =
        server(HELLO, |tag, _| format!("{tag} BAD -\r\n").into_bytes()).await;
    options.tls = Tls::StartTls;
    assert!(matches!(
        read(&options).await.unwrap_err(),
        MailFault::Tls { .. }
    ));
    let (mut early, heard_early) = server("* PREAUTH contoh\r\n", |tag, _| {
        format!("{tag} OK -\r\n").into_bytes()
    })
    .await;
    early.tls = Tls::StartTls;
    assert!(matches!(
        read(&early).await.unwrap_err(),
        MailFault::Tls { .. }
    ));
    for heard in [heard, heard_early] {
        assert!(!heard.lock().unwrap().contains("rahasia"));
    }
}

#[tokio::test]
async fn a_server_that_repeats_the_password_does_not_bring_it_into_a_fault() {
    let (options, _) = server(HELLO, |tag, command| match command.starts_with("LOGIN") {
        true => format!("{tag} NO [X rahasia-contoh] {command}\r\n").into_bytes(),
        false => format!("{tag} OK -\r\n").into_bytes(),
    })
    .await;
    let fault = read(&options).await.unwrap_err();
    assert_eq!(fault, MailFault::SignIn);
    assert!(!format!("{fault} {fault:?}").contains("rahasia"));
}

#[tokio::test]
async fn only_commands_that_change_nothing_are_given() {
    let (options, heard) = server(
        HELLO,
        usual(|_| [letter(1, ""), letter(2, "")].concat().into_bytes()),
    )
    .await;
    assert_eq!(read(&options).await.unwrap().rows.len(), 2);
    let heard = heard.lock().unwrap().clone();
    assert!(
        heard.contains("EXAMINE INBOX") && heard.contains("BODY.PEEK[]<0."),
        "{heard}"
    );
    for changing in ["SELECT", "STORE", "EXPUNGE", "APPEND", "BODY["] {
        assert!(!heard.contains(changing), "{heard}");
    }
}
