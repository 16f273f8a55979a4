-- What an item says to those who have a need to know, where others read it masked. `need` holds their keys as
-- item.keys does.
CREATE TABLE item_whole(
  number INTEGER PRIMARY KEY,
  need BLOB NOT NULL,
  json TEXT NOT NULL
);

-- Dedupe keys by which items of several apps are one thing. `follows` is 0 where the item's app is the authority for
-- one of its keys, else 1: of the items that share a key, the lowest (follows, number) is the face.
CREATE TABLE same(
  key TEXT NOT NULL,
  follows INTEGER NOT NULL,
  number INTEGER NOT NULL,
  app INTEGER NOT NULL,
  PRIMARY KEY (key, follows, number)
) WITHOUT ROWID;
CREATE INDEX same_number ON same(number);

INSERT INTO same
  SELECT DISTINCT key.value, 1, item.number, item.app
  FROM item, json_each(item.json, '$.dedupe') AS key
  WHERE item.deleted_at IS NULL;
UPDATE item SET bits = bits | 8192 WHERE number IN (SELECT number FROM same);
UPDATE ix SET bits = bits | 8192 WHERE number IN (SELECT number FROM same);
