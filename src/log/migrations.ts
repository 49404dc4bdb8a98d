/**
 * What each version of the log adds to the one before; `user_version` counts them. A step that was released is never
 * changed: another one is added.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE requests (
    id TEXT NOT NULL,
    started_ms INTEGER NOT NULL,
    ended_ms INTEGER NOT NULL,
    drill TEXT,
    tenant TEXT,
    feature TEXT,
    stream INTEGER NOT NULL,
    asked_model TEXT,
    role TEXT,
    provider TEXT,
    model TEXT,
    attempts INTEGER NOT NULL,
    guardrail TEXT,
    outcome TEXT NOT NULL,
    class TEXT,
    input_tokens INTEGER,
    output_tokens INTEGER,
    cost_usd REAL,
    first_token_ms REAL,
    duration_ms REAL NOT NULL,
    request_text TEXT,
    answer_text TEXT
  );
  CREATE INDEX requests_by_end ON requests (ended_ms);
  CREATE TABLE losses (at_ms INTEGER NOT NULL, requests INTEGER NOT NULL);
  CREATE TABLE bookings (
    id INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    cause TEXT NOT NULL,
    failures INTEGER NOT NULL,
    note TEXT
  );
  CREATE TABLE pages (
    id INTEGER PRIMARY KEY,
    rule TEXT NOT NULL,
    kind TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    detail TEXT NOT NULL,
    delivered_ms INTEGER
  );
  `,
  'ALTER TABLE requests ADD COLUMN chosen TEXT',
  `
  ALTER TABLE requests ADD COLUMN cache_read_tokens INTEGER;
  ALTER TABLE requests ADD COLUMN cache_write_tokens INTEGER;
  ALTER TABLE requests ADD COLUMN prompt_cache_saved_usd REAL;
  ALTER TABLE requests ADD COLUMN charged_usd REAL;
  CREATE TABLE spending (
    day TEXT NOT NULL,
    tenant TEXT NOT NULL,
    usd REAL NOT NULL,
    PRIMARY KEY (day, tenant)
  ) WITHOUT ROWID;
  `,
]
