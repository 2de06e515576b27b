"""The tables and views as the migrations of :mod:`archive.schema` make them; `docs/database.md` describes them."""

# In a STRICT table a column of type ANY keeps a value as it came: 3 stays an integer, 3.0 a real, and a blank is NULL.
CREATE_SOURCES = (
    """CREATE TABLE portals (
        key TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        base_url TEXT NOT NULL,
        platform TEXT NOT NULL,
        division_code TEXT,
        enabled INTEGER NOT NULL CHECK (enabled IN (0, 1))
    ) STRICT""",
    """CREATE TABLE agencies (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE CHECK (name <> ''),
        level TEXT NOT NULL CHECK (level IN ('province', 'city', 'county', 'town', 'department', 'other')),
        division_code TEXT,
        parent_id INTEGER REFERENCES agencies (id)
    ) STRICT""",
    """CREATE TABLE runs (
        id INTEGER PRIMARY KEY,
        started_at TEXT NOT NULL,
        finished_at TEXT,
        command TEXT NOT NULL,
        portal TEXT REFERENCES portals (key),
        outcome TEXT,
        stats TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(stats))
    ) STRICT""",
    """CREATE TABLE captures (
        id INTEGER PRIMARY KEY,
        portal TEXT REFERENCES portals (key),
        url TEXT NOT NULL,
        fetched_at TEXT NOT NULL,
        http_status INTEGER,
        media_type TEXT,
        sha256 TEXT NOT NULL,
        bytes INTEGER NOT NULL,
        warc_file TEXT NOT NULL,
        warc_offset INTEGER NOT NULL,
        run_id INTEGER REFERENCES runs (id),
        record_id TEXT NOT NULL UNIQUE,
        record_type TEXT NOT NULL CHECK (record_type IN ('response', 'resource', 'revisit')),
        kind TEXT NOT NULL CHECK (kind IN ('list', 'article', 'attachment', 'import')),
        title TEXT,
        published_on TEXT,
        publisher TEXT,
        parent_url TEXT,
        etag TEXT,
        last_modified TEXT,
        headers TEXT NOT NULL CHECK (json_valid(headers))
    ) STRICT""",
    "CREATE INDEX captures_url ON captures (url, sha256)",
    "CREATE INDEX captures_sha256 ON captures (sha256)",
    "CREATE INDEX captures_parent_url ON captures (parent_url)",
    "CREATE INDEX captures_portal ON captures (portal, fetched_at)",
    "CREATE INDEX captures_run ON captures (run_id)",
    """CREATE TABLE extractions (
        capture_id INTEGER NOT NULL REFERENCES captures (id),
        version INTEGER NOT NULL,
        outcome TEXT NOT NULL CHECK (outcome IN ('report', 'no_report', 'unreadable')),
        kind TEXT,
        message TEXT,
        extracted_at TEXT NOT NULL,
        PRIMARY KEY (capture_id, version)
    ) STRICT, WITHOUT ROWID""",
)

CREATE_FINDINGS = """CREATE TABLE findings (
    id INTEGER PRIMARY KEY,
    report_id INTEGER NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
    rule TEXT NOT NULL,
    severity TEXT NOT NULL CHECK (severity IN ('error', 'warning', 'info')),
    codes TEXT NOT NULL CHECK (json_valid(codes)),
    expected ANY CHECK (typeof(expected) IN ('integer', 'real', 'null')),
    actual ANY CHECK (typeof(actual) IN ('integer', 'real', 'null')),
    message_zh TEXT NOT NULL,
    message_en TEXT NOT NULL,
    subject TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    review TEXT NOT NULL DEFAULT 'open',
    source TEXT NOT NULL CHECK (source IN ('reading', 'check')),
    UNIQUE (report_id, fingerprint)
) STRICT"""

# The CHECK of figures does without IN (...): SQLite would build the list anew for every row, a third of saving's time.
CREATE_REPORTS = (
    """CREATE TABLE reports (
        id INTEGER PRIMARY KEY,
        agency_id INTEGER REFERENCES agencies (id),
        agency TEXT NOT NULL,
        year INTEGER,
        form TEXT,
        title TEXT NOT NULL,
        published_on TEXT,
        url TEXT NOT NULL,
        capture_id INTEGER NOT NULL REFERENCES captures (id),
        edition INTEGER NOT NULL CHECK (edition >= 1),
        is_current INTEGER NOT NULL CHECK (is_current IN (0, 1)),
        status TEXT NOT NULL CHECK (status IN ('complete', 'partial', 'unreadable')),
        reader TEXT NOT NULL,
        identity TEXT NOT NULL,
        content_hash TEXT NOT NULL,
        period_start TEXT,
        period_end TEXT,
        extractor_version INTEGER NOT NULL,
        UNIQUE (identity, edition),
        UNIQUE (identity, content_hash)
    ) STRICT""",
    "CREATE UNIQUE INDEX reports_one_current ON reports (identity) WHERE is_current = 1",
    "CREATE INDEX reports_agency_year ON reports (agency_id, year)",
    "CREATE INDEX reports_name_year ON reports (agency, year)",
    "CREATE INDEX reports_year ON reports (year)",
    "CREATE INDEX reports_capture ON reports (capture_id)",
    """CREATE TABLE report_captures (
        report_id INTEGER NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
        capture_id INTEGER NOT NULL REFERENCES captures (id),
        PRIMARY KEY (report_id, capture_id)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX report_captures_capture ON report_captures (capture_id)",
    """CREATE TABLE figures (
        report_id INTEGER NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        code TEXT NOT NULL,
        value ANY,
        raw TEXT NOT NULL,
        status TEXT NOT NULL,
        locator TEXT NOT NULL,
        PRIMARY KEY (report_id, code),
        CHECK (CASE status
            WHEN 'reported' THEN typeof(value) = 'integer' OR typeof(value) = 'real'
            WHEN 'blank' THEN value IS NULL
            WHEN 'unsure' THEN typeof(value) <> 'text' AND typeof(value) <> 'blob'
            ELSE FALSE
        END)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX figures_code ON figures (code, report_id)",
    """CREATE TABLE sections (
        report_id INTEGER NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        heading TEXT NOT NULL,
        text TEXT NOT NULL,
        PRIMARY KEY (report_id, position)
    ) STRICT""",
    """CREATE TABLE claims (
        report_id INTEGER NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        code TEXT NOT NULL,
        value ANY NOT NULL CHECK (typeof(value) IN ('integer', 'real')),
        approximate INTEGER NOT NULL CHECK (approximate IN (0, 1)),
        text TEXT NOT NULL,
        section TEXT NOT NULL,
        PRIMARY KEY (report_id, position)
    ) STRICT""",
    "CREATE INDEX claims_code ON claims (code)",
    CREATE_FINDINGS,
    "CREATE INDEX findings_rule ON findings (rule, severity)",
    """CREATE TABLE cells (
        code TEXT NOT NULL,
        forms TEXT NOT NULL,
        "table" TEXT NOT NULL,
        row_label TEXT NOT NULL,
        column_label TEXT NOT NULL,
        unit TEXT NOT NULL,
        PRIMARY KEY (code, forms)
    ) STRICT""",
    """CREATE VIEW coverage AS
    WITH RECURSIVE years (agency_id, agency, year, last_year) AS (
        SELECT agency_id, agency, min(year), max(year) FROM reports
        WHERE is_current = 1 AND agency_id IS NOT NULL AND year IS NOT NULL
        GROUP BY agency_id
        UNION ALL
        SELECT agency_id, agency, year + 1, last_year FROM years WHERE year < last_year
    )
    SELECT years.agency_id, years.agency, years.year,
        CASE reports.status WHEN 'complete' THEN 'current' ELSE coalesce(reports.status, 'missing') END AS state
    FROM years
    LEFT JOIN reports
        ON reports.agency_id = years.agency_id AND reports.year = years.year AND reports.is_current = 1""",
)

CREATE_LABELS = """CREATE VIEW agency_labels AS
    SELECT id, CASE WHEN scope <> '' AND EXISTS (
            SELECT 1 FROM agencies AS other WHERE other.name = agencies.name AND other.scope <> agencies.scope
        ) THEN name || '（' || scope || '）' ELSE name END AS label
    FROM agencies"""

CREATE_COVERAGE = """CREATE VIEW coverage AS
    WITH RECURSIVE years (agency_id, year, last_year) AS (
        SELECT agency_id, min(year), max(year) FROM reports
        WHERE is_current = 1 AND agency_id IS NOT NULL AND year IS NOT NULL
        GROUP BY agency_id
        UNION ALL
        SELECT agency_id, year + 1, last_year FROM years WHERE year < last_year
    )
    SELECT years.agency_id, agency_labels.label AS agency, years.year,
        CASE reports.status WHEN 'complete' THEN 'current' ELSE coalesce(reports.status, 'missing') END AS state
    FROM years
    JOIN agency_labels ON agency_labels.id = years.agency_id
    LEFT JOIN reports
        ON reports.agency_id = years.agency_id AND reports.year = years.year AND reports.is_current = 1"""

# Two that published for one year existed side by side: then the one did not become the other.
CREATE_SUCCESSIONS = """CREATE VIEW agency_successions AS
    WITH spans AS (
        SELECT agencies.id, name, business, division_code, min(year) AS first_year, max(year) AS last_year
        FROM agencies JOIN reports ON reports.agency_id = agencies.id AND is_current = 1 AND year IS NOT NULL
        WHERE business <> '' AND division_code IS NOT NULL
        GROUP BY agencies.id
    )
    SELECT earlier.id AS predecessor_id, earlier.name AS predecessor, earlier.last_year AS last_year,
        later.id AS successor_id, later.name AS successor, later.first_year AS first_year,
        coalesce(business_successions.basis, 'same business, other name') AS basis
    FROM spans AS earlier
    JOIN spans AS later ON later.division_code = earlier.division_code AND later.first_year > earlier.last_year
    LEFT JOIN business_successions ON predecessor = earlier.business AND successor = later.business
        AND later.first_year >= since
    WHERE later.business = earlier.business OR business_successions.basis IS NOT NULL"""
