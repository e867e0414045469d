// The tables of an outbox file, form 2. Times are Unix milliseconds, but for the times of statuses and of what webhooks say, which are Unix
// seconds as Meta writes them. Numbers of states and other words stand in RowState.swift. A change makes a new form: it goes into
// `schema` for new files and into a migration for old ones, and the version counts up.

enum OutboxSchema {
    static let kind = DatabaseKind(application: 0x5742_6F75, version: 2, schema: schema, migrations: [toForm2], isDurable: true)

    private static let schema: StaticString = """
        -- One message. What it is never changes, but for the payload when the fallback takes over; where it stands does.
        CREATE TABLE outbox (
          number INTEGER PRIMARY KEY,       -- the order in which rows were put
          nonce INTEGER NOT NULL,           -- with the number it makes the id
          account TEXT NOT NULL,            -- phone number id; '' for On-Premises
          api INTEGER NOT NULL,             -- 0 cloud, 1 on_premises, 2 marketing_messages
          type TEXT NOT NULL,
          category INTEGER NOT NULL,
          priority INTEGER NOT NULL,
          person TEXT NOT NULL,             -- digits of a phone number, user id or group id
          is_group INTEGER NOT NULL,
          key TEXT,
          tag BLOB,                         -- JSON
          sequence TEXT,
          after INTEGER NOT NULL,
          sequence_failure INTEGER NOT NULL,
          sequence_timeout INTEGER NOT NULL,
          put_at INTEGER NOT NULL,
          send_at INTEGER NOT NULL,
          expires_at INTEGER NOT NULL,
          state INTEGER NOT NULL,
          due INTEGER,                      -- when it may be sent: set exactly while it is queued and waits for no other row
          timer INTEGER,                    -- when something else is to be decided
          waits INTEGER NOT NULL,           -- 1 while a row before it in its sequence is in the way
          holds INTEGER NOT NULL,           -- 1 while it is in the way of the next
          owner INTEGER,                    -- who sends it
          attempts INTEGER NOT NULL,
          repeats INTEGER NOT NULL,
          resends INTEGER NOT NULL,
          message_id TEXT,
          wa_id TEXT,
          is_held INTEGER NOT NULL,
          held_text TEXT,
          used_fallback INTEGER NOT NULL,
          fallback_category INTEGER NOT NULL,
          error BLOB,                       -- JSON
          accepted_at INTEGER, sent_at INTEGER, failed_at INTEGER, delivered_at INTEGER, read_at INTEGER, played_at INTEGER,
          changed_at INTEGER NOT NULL,
          digest BLOB NOT NULL,
          fallback BLOB,
          payload BLOB NOT NULL             -- without biz_opaque_callback_data
        );
        -- Partial indexes: rows at which nothing is left to do are in none of them, however many there are.
        CREATE INDEX outbox_due ON outbox (account, priority, due) WHERE due IS NOT NULL;
        CREATE INDEX outbox_timer ON outbox (timer) WHERE timer IS NOT NULL;
        CREATE INDEX outbox_sending ON outbox (owner) WHERE state = 1;
        CREATE INDEX outbox_holds ON outbox (account, sequence, number) WHERE holds = 1;

        -- One row: the highest number that was ever pruned. No number is given twice.
        CREATE TABLE pruned (number INTEGER NOT NULL);
        INSERT INTO pruned VALUES (0);

        -- The caller's keys. They outlive their rows.
        CREATE TABLE key (
          key TEXT PRIMARY KEY,
          digest BLOB NOT NULL,             -- SHA-256 of account, api and payload
          number INTEGER NOT NULL,
          nonce INTEGER NOT NULL,
          state INTEGER NOT NULL,           -- the row's last one, once it is pruned
          until INTEGER                     -- set when the row is pruned
        ) WITHOUT ROWID;
        CREATE INDEX key_until ON key (until) WHERE until IS NOT NULL;

        -- Meta's message ids and the rows they belong to. A spent one is of an attempt that is over.
        CREATE TABLE wire (
          message_id TEXT PRIMARY KEY,
          number INTEGER NOT NULL,
          spent INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX wire_number ON wire (number);

        -- Statuses of messages that no row knows yet, as events.
        CREATE TABLE unmatched (
          message_id TEXT NOT NULL,
          key TEXT NOT NULL,
          time INTEGER NOT NULL,
          event BLOB NOT NULL,
          PRIMARY KEY (message_id, key)
        ) WITHOUT ROWID;
        CREATE INDEX unmatched_time ON unmatched (time);

        -- People, by number of the business: digits of a phone number, or a user id.
        CREATE TABLE person (
          account TEXT NOT NULL,
          person TEXT NOT NULL,
          heard INTEGER,                    -- when they last wrote or called; where Meta said that it is too long ago, 24 hours before it did
          stopped INTEGER NOT NULL,         -- 1 while they want no marketing messages
          asked INTEGER NOT NULL,           -- when they said so
          PRIMARY KEY (account, person)
        ) WITHOUT ROWID;
        CREATE INDEX person_stopped ON person (account) WHERE stopped = 1;

        -- Other names of the same person: numbers that WhatsApp knows differently from how they were written (Brazil, Mexico),
        -- and user ids that became others.
        CREATE TABLE alias (
          account TEXT NOT NULL,
          written TEXT NOT NULL,
          wa_id TEXT NOT NULL,
          seen INTEGER NOT NULL DEFAULT 0,  -- about when it was last said
          PRIMARY KEY (account, written)
        ) WITHOUT ROWID;

        -- What was put lately, for the rule against repetition.
        CREATE TABLE content (
          digest BLOB PRIMARY KEY,
          number INTEGER NOT NULL,
          time INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX content_time ON content (time);

        -- Processes that send, and until when they hold their rows without another sign of life.
        CREATE TABLE owner (
          id INTEGER PRIMARY KEY,
          until INTEGER NOT NULL
        );
        """

    /// Ids of pruned rows stayed behind in form 1, and SQLite could give a number again.
    private static let toForm2: StaticString = """
        CREATE TABLE pruned (number INTEGER NOT NULL);
        INSERT INTO pruned SELECT max(
          (SELECT coalesce(max(number), 0) FROM wire), (SELECT coalesce(max(number), 0) FROM key), (SELECT coalesce(max(number), 0) FROM content));
        DELETE FROM wire WHERE number NOT IN (SELECT number FROM outbox);
        DROP INDEX wire_spent;
        CREATE INDEX wire_number ON wire (number);
        ALTER TABLE alias ADD COLUMN seen INTEGER NOT NULL DEFAULT 0;
        UPDATE alias SET seen = strftime('%s', 'now') * 1000;
        """
}
