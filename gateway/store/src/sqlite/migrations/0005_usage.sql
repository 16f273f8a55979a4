-- How much each app is used, day by day (written YYYY-MM-DD). The sketch is there while the day goes on.
CREATE TABLE usage(
  app TEXT NOT NULL,
  day TEXT NOT NULL,
  opens INTEGER NOT NULL,
  people INTEGER NOT NULL,
  pushed INTEGER NOT NULL,
  refused INTEGER NOT NULL,
  sketch BLOB,
  PRIMARY KEY (app, day)
) WITHOUT ROWID;
CREATE INDEX usage_day ON usage(day);
