-- The first schema. Times are milliseconds since 1970 UTC; ids are 16-byte blobs; hashes 32-byte blobs.

-- The count of changes, and the newest seq whose tombstone was forgotten.
CREATE TABLE head(
  one INTEGER PRIMARY KEY CHECK (one = 1),
  seq INTEGER NOT NULL,
  floor INTEGER NOT NULL
);
INSERT INTO head VALUES (1, 0, 0);

-- Words that index rows name by number: 0 audience keys, 1 apps, 2 sources, 3 units, 4 which kinds
-- an app has (`kind/app`).
CREATE TABLE word(
  number INTEGER PRIMARY KEY,
  class INTEGER NOT NULL,
  text TEXT NOT NULL,
  UNIQUE (class, text)
);

-- `number` is the seq at which the item was first admitted: rising, never used twice. `json` comes
-- last so that reading the columns before it touches no overflow page.
CREATE TABLE item(
  number INTEGER PRIMARY KEY,
  id BLOB NOT NULL,
  seq INTEGER NOT NULL,
  hash BLOB NOT NULL,
  version INTEGER NOT NULL,
  app INTEGER NOT NULL,
  source INTEGER NOT NULL,
  unit INTEGER NOT NULL,
  bits INTEGER NOT NULL,
  level INTEGER NOT NULL,
  due INTEGER NOT NULL,
  recency INTEGER NOT NULL,
  deleted_at INTEGER,
  deleted_why TEXT,
  keys BLOB NOT NULL,
  revoked BLOB,
  excluded BLOB,
  json TEXT NOT NULL
);
CREATE INDEX item_live ON item(source) WHERE deleted_at IS NULL;
CREATE INDEX item_gone ON item(deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX item_revoked ON item(number) WHERE revoked IS NOT NULL;

-- All that tells whether an item changed, in one small tree. By app first: a page of a source then
-- touches its app's part of the tree alone, not all of it.
CREATE TABLE item_id(
  app INTEGER NOT NULL,
  id BLOB NOT NULL,
  number INTEGER NOT NULL,
  hash BLOB NOT NULL,
  mark INTEGER NOT NULL,
  PRIMARY KEY (app, id)
) WITHOUT ROWID;

-- The audience index: what each key sees, in each order, ready to be merged. See items/index.rs.
CREATE TABLE ix(
  list INTEGER NOT NULL,
  sub INTEGER NOT NULL,
  level INTEGER NOT NULL,
  due INTEGER NOT NULL,
  recency INTEGER NOT NULL,
  number INTEGER NOT NULL,
  app INTEGER NOT NULL,
  unit INTEGER NOT NULL,
  bits INTEGER NOT NULL,
  PRIMARY KEY (list, sub, level, due, recency, number)
) WITHOUT ROWID;

-- What readers marked. A row exists only where somebody marked something.
CREATE TABLE reader_mark(
  person BLOB NOT NULL,
  number INTEGER NOT NULL,
  seen_version INTEGER,
  seen_hash BLOB,
  done_at INTEGER,
  pinned_at INTEGER,
  snoozed_until INTEGER,
  muted INTEGER NOT NULL,
  PRIMARY KEY (person, number)
) WITHOUT ROWID;
CREATE INDEX reader_mark_item ON reader_mark(number);
CREATE INDEX reader_mark_pinned ON reader_mark(person, number) WHERE pinned_at IS NOT NULL;

CREATE TABLE source_status(
  app TEXT NOT NULL,
  source TEXT NOT NULL,
  status TEXT NOT NULL,
  PRIMARY KEY (app, source)
) WITHOUT ROWID;
CREATE TABLE source_cursor(
  app TEXT NOT NULL,
  source TEXT NOT NULL,
  value TEXT,
  etag TEXT,
  last_modified TEXT,
  PRIMARY KEY (app, source)
) WITHOUT ROWID;
CREATE TABLE run(
  number INTEGER PRIMARY KEY,
  app TEXT NOT NULL,
  source TEXT NOT NULL,
  run TEXT NOT NULL
);
CREATE INDEX run_source ON run(app, source, number);

CREATE TABLE unit(
  code TEXT PRIMARY KEY,
  parent TEXT,
  name TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX unit_parent ON unit(parent);
CREATE TABLE post(
  id BLOB PRIMARY KEY,
  unit TEXT NOT NULL,
  title TEXT NOT NULL,
  kind TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX post_unit ON post(unit);
CREATE TABLE person(
  id BLOB PRIMARY KEY,
  name TEXT NOT NULL COLLATE NOCASE,
  status TEXT,
  disabled INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  password TEXT,
  created_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX person_name ON person(name, id);
CREATE TABLE identifier(
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  person BLOB NOT NULL,
  PRIMARY KEY (kind, value)
) WITHOUT ROWID;
CREATE INDEX identifier_person ON identifier(person);
CREATE TABLE person_role(
  person BLOB NOT NULL,
  role TEXT NOT NULL,
  PRIMARY KEY (person, role)
) WITHOUT ROWID;
-- Days are written YYYY-MM-DD.
CREATE TABLE assignment(
  person BLOB NOT NULL,
  post BLOB NOT NULL,
  kind TEXT NOT NULL,
  from_day TEXT NOT NULL,
  to_day TEXT,
  PRIMARY KEY (person, post, kind, from_day)
) WITHOUT ROWID;
CREATE INDEX assignment_post ON assignment(post);

CREATE TABLE session(
  hash BLOB PRIMARY KEY,
  person BLOB NOT NULL,
  parent BLOB,
  host TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  proved_at INTEGER NOT NULL,
  methods TEXT NOT NULL,
  acting BLOB,
  label TEXT NOT NULL,
  epoch INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX session_person ON session(person);
CREATE INDEX session_parent ON session(parent) WHERE parent IS NOT NULL;
CREATE INDEX session_expires ON session(expires_at);
CREATE TABLE ticket(
  hash BLOB PRIMARY KEY,
  session BLOB NOT NULL,
  host TEXT NOT NULL,
  target TEXT NOT NULL,
  binding BLOB,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX ticket_session ON ticket(session);
CREATE TABLE throttle(
  key TEXT PRIMARY KEY,
  count INTEGER NOT NULL,
  since INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE token(
  id BLOB PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  person BLOB,
  label TEXT NOT NULL,
  scopes TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  used_at INTEGER
) WITHOUT ROWID;
CREATE INDEX token_person ON token(person);

CREATE TABLE audit(
  number INTEGER PRIMARY KEY,
  row TEXT NOT NULL
);
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN
  SELECT RAISE(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN
  SELECT RAISE(ABORT, 'the audit log is append-only');
END;

CREATE TABLE meta(
  name TEXT PRIMARY KEY,
  value BLOB NOT NULL
) WITHOUT ROWID;
