-- Where a first load stands that has not ended. It is written with every page, so it lies beside the cursor, which may be
-- large.
CREATE TABLE source_place(
  app TEXT NOT NULL,
  source TEXT NOT NULL,
  place TEXT NOT NULL,
  PRIMARY KEY (app, source)
) WITHOUT ROWID;
