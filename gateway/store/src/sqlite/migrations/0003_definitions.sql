-- What is proposed for each definition, and what was in force. People are 16-byte blobs.
CREATE TABLE proposal(
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  app TEXT NOT NULL,
  author BLOB NOT NULL,
  reason TEXT NOT NULL,
  state TEXT NOT NULL,
  restores INTEGER,
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  decided_by BLOB,
  note TEXT,
  base TEXT,
  text TEXT
);
CREATE UNIQUE INDEX proposal_draft ON proposal(app, author, kind) WHERE state = 'draft';
CREATE INDEX proposal_state ON proposal(state, number);
CREATE INDEX proposal_app ON proposal(app, number);

CREATE TABLE definition(
  app TEXT NOT NULL,
  number INTEGER NOT NULL,
  hash TEXT,
  at INTEGER NOT NULL,
  author BLOB,
  decided_by BLOB,
  reason TEXT NOT NULL,
  proposal INTEGER REFERENCES proposal(number),
  restores INTEGER,
  text TEXT,
  PRIMARY KEY (app, number)
) WITHOUT ROWID;
CREATE TRIGGER definition_no_update BEFORE UPDATE ON definition BEGIN
  SELECT RAISE(ABORT, 'the history of definitions is append-only');
END;
CREATE TRIGGER definition_no_delete BEFORE DELETE ON definition BEGIN
  SELECT RAISE(ABORT, 'the history of definitions is append-only');
END;
