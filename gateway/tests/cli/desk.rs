//! A folder with one made-up connector and its recording, and the binary that works on it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A connector with all that the tools look at.
pub const SURAT: &str = r#"# A made-up app of letters.
apiVersion: divos/v1
kind: Connector
metadata: { name: surat, title: Surat Contoh, owner: "011301", capability: letter }
app: { upstreams: ["http://127.0.0.1:9"] }
sources:
  masuk:
    rest: { get: /api/surat }
    select: data[*]
    every: 15m
    deletes: never
    to: letter
    map:
      id: nomor | slug
      title: perihal | text
      number: nomor
      from: pengirim.nama
      created_at: tanggal | datetime
privacy: { class: restricted, pii: { from: mask }, audience: { unit: "011301" } }
tests:
  - { fixture: masuk.http, count: 2 }
"#;

const MASUK: &str = r#"# Made-up letters.
# at: 2026-11-24T08:00:00+08:00
GET /api/surat

HTTP/1.1 200 OK
Content-Type: application/json

{"data": [
 {"nomor": "005/112/UM", "perihal": "Undangan (contoh)", "pengirim": {"nama": "Ni Contoh"}, "tanggal": "2026-11-01 08:00:00"},
 {"nomor": "005/113/UM", "perihal": "Edaran (contoh)", "pengirim": {"nama": "I Contoh"}, "tanggal": "bukan tanggal"}
]}
"#;

/// What a run of the binary came to.
#[derive(Debug)]
pub struct Done {
    pub code: i32,
    pub out: String,
    pub err: String,
}

pub struct Desk {
    root: tempfile::TempDir,
}

impl Desk {
    /// A folder with the connector `surat`.
    pub fn new() -> Self {
        let desk = Self {
            root: tempfile::tempdir().expect("a folder"),
        };
        desk.write("connectors.d/surat.yaml", SURAT);
        desk.write("connectors.d/fixtures/surat/masuk.http", MASUK);
        desk
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(&path, text).expect("a file");
        path
    }

    /// Runs the binary in the folder.
    pub fn run(&self, words: &[&str]) -> Done {
        self.run_with(words, "", &[])
    }

    pub fn run_with(&self, words: &[&str], input: &str, env: &[(&str, &str)]) -> Done {
        let mut child = divos(self.root.path(), words)
            .envs(env.iter().copied())
            .spawn()
            .expect("the binary runs");
        let mut stdin = child.stdin.take().expect("a pipe");
        // A verb that does not read its input may have ended already.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        done(&child.wait_with_output().expect("the binary ends"))
    }
}

/// The binary with these words, its output in pipes.
pub fn divos(dir: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_divos"));
    command
        .args(words)
        .current_dir(dir)
        .env_clear()
        .env("DIVOS_LANG", "en")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn done(output: &Output) -> Done {
    Done {
        code: output.status.code().expect("an exit code"),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
