-- What apps prove their pushes with. A token by its hash; without one, a signing secret that is derived from the id.
CREATE TABLE push_credential(
  app TEXT NOT NULL,
  id BLOB NOT NULL UNIQUE,
  hash BLOB,
  label TEXT NOT NULL,
  made_by BLOB,
  created_at INTEGER NOT NULL,
  used_at INTEGER,
  PRIMARY KEY (app, id)
) WITHOUT ROWID;
