-- Pushed events that were taken, so that none is taken twice.
CREATE TABLE pushed(
  key BLOB PRIMARY KEY,
  at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX pushed_at ON pushed(at);
