// The tables of an outbox file, form 3. Times are Unix milliseconds, but for the times of statuses and of what webhooks say, which are Unix
// seconds as Meta writes them. Numbers of states and other words stand in RowState.swift. A change makes a new form: it goes into
// `schema` for new files and into a migration for old ones, and the version counts up.

enum OutboxSchema {
    static let kind = DatabaseKind(application: 0x5742_6F75, version: 3, schema: schema, migrations: [toForm2, toForm3], isDurable: true)

    private static let schema: StaticString = """
        -- One message as it was put. None of it changes, but for payload, type and category when the fallback takes over.
        CREATE TABLE message (
          number INTEGER PRIMARY KEY,       -- the order in which messages were put
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
          fallback_category INTEGER NOT NULL,
          fallback BLOB,
          payload BLOB NOT NULL             -- without biz_opaque_callback_data
        );

        -- Where a message stands, once anything happened to it: one that was put and waits for its time is queued and has no row here.
        -- Small, because it is written again and again. NULL stands for 0 and for nothing.
        CREATE TABLE standing (
          number INTEGER PRIMARY KEY,
          state INTEGER,                    -- but for rows in flight
          due INTEGER,                      -- as in queue
          timer INTEGER,                    -- when something else is to be decided
          waits INTEGER,                    -- 1 while a row before it in its sequence is in the way
          holds INTEGER,                    -- 1 while it is in the way of the next, as in hold
          owner INTEGER,                    -- who waits for its answer, when a webhook was faster
          attempts INTEGER,
          repeats INTEGER,
          resends INTEGER,
          expires_at INTEGER NOT NULL,
          changed_at INTEGER NOT NULL,
          message_id TEXT,
          wa_id TEXT,
          is_held INTEGER,
          held_text TEXT,
          used_fallback INTEGER,
          error BLOB,                       -- JSON
          accepted_at INTEGER, sent_at INTEGER, failed_at INTEGER, delivered_at INTEGER, read_at INTEGER, played_at INTEGER
        );
        -- Partial indexes: rows at which nothing is left to do are not in the first, however many there are.
        CREATE INDEX standing_timer ON standing (timer) WHERE timer IS NOT NULL;
        CREATE INDEX standing_message ON standing (message_id) WHERE message_id IS NOT NULL;

        -- What is to be sent, the most urgent first: exactly the rows that are queued and wait for no other one.
        CREATE TABLE queue (
          account TEXT NOT NULL,
          priority INTEGER NOT NULL,
          due INTEGER NOT NULL,             -- when it may be sent
          number INTEGER NOT NULL,
          PRIMARY KEY (account, priority, due, number)
        ) WITHOUT ROWID;

        -- Rows that are sent just now, recorded before they are handed over: their state is `sending` whatever their standing says.
        CREATE TABLE flight (
          number INTEGER PRIMARY KEY,
          owner INTEGER NOT NULL,           -- who sends it
          attempts INTEGER NOT NULL,        -- with this one
          began_at INTEGER NOT NULL
        );

        -- Rows of sequences that are in the way of the next one.
        CREATE TABLE hold (
          account TEXT NOT NULL,
          sequence TEXT NOT NULL,
          number INTEGER NOT NULL,
          PRIMARY KEY (account, sequence, number)
        ) WITHOUT ROWID;

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

        -- Meta's ids of attempts that are over, and further ids of a row that was resent. The latest one stands with the row.
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

    /// All of a row stood in one table in form 2: every step of a message wrote its payload again.
    private static let toForm3: StaticString = """
        CREATE TABLE message (
          number INTEGER PRIMARY KEY, nonce INTEGER NOT NULL, account TEXT NOT NULL, api INTEGER NOT NULL, type TEXT NOT NULL,
          category INTEGER NOT NULL, priority INTEGER NOT NULL, person TEXT NOT NULL, is_group INTEGER NOT NULL, key TEXT, tag BLOB,
          sequence TEXT, after INTEGER NOT NULL, sequence_failure INTEGER NOT NULL, sequence_timeout INTEGER NOT NULL, put_at INTEGER NOT NULL,
          send_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, fallback_category INTEGER NOT NULL, fallback BLOB,
          payload BLOB NOT NULL);
        CREATE TABLE standing (
          number INTEGER PRIMARY KEY, state INTEGER, due INTEGER, timer INTEGER, waits INTEGER, holds INTEGER, owner INTEGER, attempts INTEGER,
          repeats INTEGER, resends INTEGER, expires_at INTEGER NOT NULL, changed_at INTEGER NOT NULL, message_id TEXT, wa_id TEXT, is_held INTEGER,
          held_text TEXT, used_fallback INTEGER, error BLOB,
          accepted_at INTEGER, sent_at INTEGER, failed_at INTEGER, delivered_at INTEGER, read_at INTEGER, played_at INTEGER);
        CREATE TABLE queue (
          account TEXT NOT NULL, priority INTEGER NOT NULL, due INTEGER NOT NULL, number INTEGER NOT NULL,
          PRIMARY KEY (account, priority, due, number)) WITHOUT ROWID;
        CREATE TABLE flight (number INTEGER PRIMARY KEY, owner INTEGER NOT NULL, attempts INTEGER NOT NULL, began_at INTEGER NOT NULL);
        CREATE TABLE hold (
          account TEXT NOT NULL, sequence TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (account, sequence, number)) WITHOUT ROWID;
        INSERT INTO message SELECT number, nonce, account, api, type, category, priority, person, is_group, key, tag, sequence, after,
          sequence_failure, sequence_timeout, put_at, send_at, expires_at, fallback_category, fallback, payload FROM outbox;
        INSERT INTO standing SELECT number, state, due, timer, waits, holds, owner, attempts, repeats, resends, expires_at, changed_at, message_id,
          wa_id, is_held, held_text, used_fallback, error, accepted_at, sent_at, failed_at, delivered_at, read_at, played_at FROM outbox;
        INSERT INTO queue SELECT account, priority, due, number FROM outbox WHERE due IS NOT NULL;
        INSERT INTO flight SELECT number, coalesce(owner, 0), attempts, changed_at FROM outbox WHERE state = 1;
        INSERT INTO hold SELECT account, sequence, number FROM outbox WHERE holds = 1 AND sequence IS NOT NULL;
        DELETE FROM wire WHERE spent = 0 AND EXISTS (SELECT 1 FROM outbox WHERE outbox.number = wire.number AND outbox.message_id = wire.message_id);
        DROP TABLE outbox;
        CREATE INDEX standing_timer ON standing (timer) WHERE timer IS NOT NULL;
        CREATE INDEX standing_message ON standing (message_id) WHERE message_id IS NOT NULL;
        """
}
