//! SQLite passes the suite that every engine has to pass.

use divos_store::conformance::Site;
use divos_store::{Options, Store, open};

struct Dir(tempfile::TempDir);

impl Site for Dir {
    fn open(&self) -> Store {
        open(Options::at(self.0.path())).expect("a store")
    }
}

fn fresh() -> Dir {
    Dir(tempfile::tempdir().expect("a directory"))
}

divos_store::conformance!(fresh());
