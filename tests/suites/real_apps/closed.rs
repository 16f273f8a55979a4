//! Redmine's setting that closes it to strangers, changed where Redmine keeps it.

/// Redmine closed to strangers while this lives, as an office has it. An open one answers a wrong key as it answers no
/// key at all, with 200 and what anyone may see.
pub(super) struct Closed(rusqlite::Connection);

impl Closed {
    fn set(database: &rusqlite::Connection, value: &str) -> rusqlite::Result<usize> {
        // Redmine reads its settings anew when the latest `updated_on` changes.
        let now = chrono::Utc::now()
            .format("%Y-%m-%d %H:%M:%S%.6f")
            .to_string();
        database.execute("DELETE FROM settings WHERE name = 'login_required'", [])?;
        database.execute(
            "INSERT INTO settings (name, value, updated_on) VALUES ('login_required', ?1, ?2)",
            [value, &now],
        )
    }

    pub(super) fn open() -> anyhow::Result<Self> {
        let run =
            std::env::var("DIVOS_REAL_RUN").unwrap_or_else(|_| "/tmp/realapps/run".to_owned());
        let database = rusqlite::Connection::open(format!("{run}/redmine/redmine.db"))?;
        database.busy_timeout(std::time::Duration::from_secs(10))?;
        Self::set(&database, "1")?;
        Ok(Self(database))
    }
}

impl Drop for Closed {
    fn drop(&mut self) {
        Self::set(&self.0, "0").ok();
    }
}
