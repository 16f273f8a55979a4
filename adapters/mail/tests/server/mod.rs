//! A real Dovecot on loopback, with made-up users and letters.
//!
//! Owns its configuration, its certificate and its end. It fails where Dovecot is not installed (`dovecot-imapd`).

use divos_mail::{Options, Tls};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use secrecy::SecretString;
use std::fs;
use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

pub(crate) const PASSWORD: &str = "rahasia contoh \"dengan\" kutip";

/// A running Dovecot; it ends with this value.
pub(crate) struct Dovecot {
    pub(crate) plain: u16,
    pub(crate) encrypted: u16,
    pub(crate) authority: Vec<u8>,
    folder: tempfile::TempDir,
    child: Child,
}

impl Dovecot {
    /// Starts one that takes passwords in the clear.
    pub(crate) fn start() -> Self {
        Self::with("disable_plaintext_auth = no\n")
    }

    /// Starts one with more configuration.
    pub(crate) fn with(more: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let authority = certificates(folder.path());
        let [plain, encrypted] = ports();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let (uid, gid) = owner();
        let home = folder.path().join("made");
        let users = format!(
            "made:{{PLAIN}}{PASSWORD}:{uid}:{gid}::{}::\n",
            home.display()
        );
        fs::write(folder.path().join("users"), users).unwrap();
        let configuration = configuration(folder.path(), plain, encrypted) + more;
        let file = folder.path().join("dovecot.conf");
        fs::write(&file, configuration).unwrap();
        let log = fs::File::create(folder.path().join("stderr.log")).unwrap();
        let child = Command::new("/usr/sbin/dovecot")
            .args(["-F", "-c"])
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("the package dovecot-imapd is installed");
        let dovecot = Self {
            plain,
            encrypted,
            authority,
            folder,
            child,
        };
        for name in ["INBOX", "Arsip/2026", "Caf&AOk-"] {
            dovecot.make(name);
        }
        dovecot.give(uid, gid);
        dovecot.wait();
        dovecot
    }

    fn wait(&self) {
        let until = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(("127.0.0.1", self.plain)).is_err() {
            assert!(
                Instant::now() < until,
                "dovecot does not answer:\n{}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn log(&self) -> String {
        let read = |name| fs::read_to_string(self.folder.path().join(name)).unwrap_or_default();
        read("stderr.log") + &read("dovecot.log")
    }

    fn maildir(&self, name: &str) -> PathBuf {
        let mail = self.folder.path().join("made/mail");
        match name {
            "INBOX" => mail,
            name => mail.join(format!(".{}", name.replace('/', "."))),
        }
    }

    fn make(&self, name: &str) {
        for part in ["cur", "new", "tmp"] {
            fs::create_dir_all(self.maildir(name).join(part)).unwrap();
        }
    }

    /// Makes all folders the user's own.
    fn give(&self, uid: u32, gid: u32) {
        let mut folders = vec![self.folder.path().join("made")];
        while let Some(folder) = folders.pop() {
            std::os::unix::fs::chown(&folder, Some(uid), Some(gid)).unwrap();
            let within = fs::read_dir(&folder)
                .unwrap()
                .flatten()
                .map(|entry| entry.path());
            folders.extend(within.filter(|path| path.is_dir()));
        }
    }

    /// Puts a letter into a folder; `number` is its place in the order of arrival.
    pub(crate) fn deliver(&self, name: &str, number: u32, letter: &[u8]) {
        let file = format!("{}.M{number}.contoh", 1_790_000_000 + number);
        let folder = self.maildir(name);
        fs::write(folder.join("tmp").join(&file), letter).unwrap();
        fs::rename(
            folder.join("tmp").join(&file),
            folder.join("new").join(&file),
        )
        .unwrap();
    }

    /// Takes a letter away, as another program would.
    pub(crate) fn delete(&self, name: &str, number: u32) {
        let prefix = format!("{}.M{number}.", 1_790_000_000 + number);
        let mut gone = 0;
        for part in ["cur", "new"] {
            for file in fs::read_dir(self.maildir(name).join(part))
                .unwrap()
                .flatten()
            {
                if file.file_name().to_string_lossy().starts_with(&prefix) {
                    fs::remove_file(file.path()).unwrap();
                    gone += 1;
                }
            }
        }
        assert_eq!(gone, 1);
    }

    /// The files of a folder with their flags, to see that nothing was marked.
    pub(crate) fn seen(&self, name: &str) -> usize {
        let files = fs::read_dir(self.maildir(name).join("cur"))
            .unwrap()
            .flatten();
        files
            .filter(|file| {
                file.file_name()
                    .to_string_lossy()
                    .split(":2,")
                    .nth(1)
                    .is_some_and(|flags| flags.contains('S'))
            })
            .count()
    }

    /// Loses the server's numbering of a folder, so that it numbers the letters anew under another UIDVALIDITY.
    pub(crate) fn renumber(&self, name: &str) {
        let folder = self.maildir(name);
        for file in fs::read_dir(&folder).unwrap().flatten() {
            let known = file.file_name().to_string_lossy().starts_with("dovecot");
            if known && file.path().is_file() {
                fs::remove_file(file.path()).unwrap();
            }
        }
        fs::write(
            folder.join("dovecot-uidlist"),
            "3 V1234567890 N1 G0123456789abcdef0123456789abcdef\n",
        )
        .unwrap();
    }

    /// How the server is reached.
    pub(crate) fn options(&self, tls: Tls) -> Options {
        Options {
            host: "localhost".to_owned(),
            port: if tls == Tls::Implicit {
                self.encrypted
            } else {
                self.plain
            },
            tls,
            user: "made".to_owned(),
            password: SecretString::from(PASSWORD),
            folder: "INBOX".to_owned(),
            roots: Some(self.authority.clone()),
            connect: Duration::from_secs(10),
            total: Duration::from_secs(60),
            permitted: Arc::new(|address| address.is_loopback()),
        }
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let _ = std::io::stderr().write_all(self.log().as_bytes());
        }
        // Asked to end, it ends its own children, too.
        let _ = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        let _ = self.child.wait();
    }
}

fn configuration(folder: &Path, plain: u16, encrypted: u16) -> String {
    let folder = folder.display();
    let users = users();
    format!(
        "base_dir = {folder}/run\nstate_dir = {folder}/state\nlog_path = {folder}/dovecot.log\nprotocols = imap\n\
         listen = 127.0.0.1\n{users}\
         ssl = yes\nssl_cert = <{folder}/cert.pem\nssl_key = <{folder}/key.pem\nssl_min_protocol = TLSv1.2\n\
         mail_location = maildir:~/mail\nfirst_valid_uid = 1\nfirst_valid_gid = 1\nauth_failure_delay = 0\n\
         passdb {{\n driver = passwd-file\n args = scheme=PLAIN {folder}/users\n}}\n\
         userdb {{\n driver = passwd-file\n args = {folder}/users\n}}\n\
         namespace inbox {{\n inbox = yes\n separator = /\n}}\n\
         service anvil {{\n chroot =\n}}\nservice stats {{\n chroot =\n}}\nservice imap-login {{\n chroot =\n \
         inet_listener imap {{\n port = {plain}\n }}\n inet_listener imaps {{\n port = {encrypted}\n ssl = yes\n }}\n}}\n"
    )
}

/// Whose the letters are: root may own none, so they are nobody's then.
fn owner() -> (u32, u32) {
    match id("-u").parse().unwrap() {
        0 => (65_534, 65_534),
        uid => (uid, id("-g").parse().unwrap()),
    }
}

/// Root must not talk to strangers: then it takes the users of the package. Anybody else is all users at once.
fn users() -> String {
    if id("-u") == "0" {
        return String::new();
    }
    let (user, group) = (id("-un"), id("-gn"));
    format!(
        "default_internal_user = {user}\ndefault_internal_group = {group}\ndefault_login_user = {user}\n"
    )
}

/// Writes a certificate for `localhost`, and gives the authority that signed it as PEM.
fn certificates(folder: &Path) -> Vec<u8> {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let leaf = leaf.signed_by(&key, &authority).unwrap();
    fs::write(folder.join("cert.pem"), leaf.pem()).unwrap();
    fs::write(folder.join("key.pem"), key.serialize_pem()).unwrap();
    authority.pem().into_bytes()
}

/// Two free ports, both held until both are known.
fn ports() -> [u16; 2] {
    let held = [(), ()].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    held.map(|listener| listener.local_addr().unwrap().port())
}

fn id(what: &str) -> String {
    let output = Command::new("id").arg(what).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
