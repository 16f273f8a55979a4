-- What departments answer when they register their apps; a JSON object of texts.
CREATE TABLE registration(
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  person BLOB NOT NULL,
  typed TEXT NOT NULL,
  proposal INTEGER,
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
);
CREATE INDEX registration_person ON registration(person, number);
