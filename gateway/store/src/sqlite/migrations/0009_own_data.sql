-- What the audit log says of a person is found without reading it whole.
CREATE INDEX audit_actor ON audit(json_extract(row, '$.actor'))
  WHERE json_extract(row, '$.actor') IS NOT NULL;
CREATE INDEX audit_subject ON audit(json_extract(row, '$.subject'))
  WHERE json_extract(row, '$.subject') IS NOT NULL;
