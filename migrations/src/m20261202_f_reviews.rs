//! Versions of a song's mix, and their review: rounds, who listens by a link, comments, the decision, and every step that led to it.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, MIXES).await?;
        sql::run(manager, REVIEWS).await?;
        sql::run(manager, SAID).await?;
        for table in [
            "mix_documents",
            "mix_versions",
            "mix_sources",
            "mix_approvals",
            "review_versions",
            "review_levels",
            "review_extras",
            "review_steps",
        ] {
            sql::append_only(manager, table).await?;
        }
        for (table, name) in [
            ("mix_sounds", "mix_sounds_stay"),
            ("reviews", "reviews_stay"),
            ("reviewers", "reviewers_stay"),
            ("review_rounds", "review_rounds_stay"),
            ("review_comments", "review_comments_stay"),
        ] {
            sql::refuse_delete(manager, table, name, "what was reviewed is not forgotten").await?;
        }
        guard_updates(manager).await?;
        guard_rounds(manager).await?;
        guard_comments(manager).await
    }
}

/// What is settled, and whose something is, stays.
async fn guard_updates(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let guards = [
        (
            "mix_sounds",
            "mix_sounds_settled",
            "OLD.state <> 'waiting' OR NEW.version_id <> OLD.version_id",
            "what a version sounds like is settled once",
        ),
        (
            "reviews",
            "reviews_identity",
            "NEW.id <> OLD.id OR NEW.studio_id <> OLD.studio_id OR NEW.song_id <> OLD.song_id OR NEW.opened_at <> OLD.opened_at",
            "a review keeps the song that it was opened for",
        ),
        (
            "reviews",
            "reviews_begun",
            "NEW.rounds + (SELECT count(*) FROM review_extras WHERE review_id = NEW.id)
                 < (SELECT count(*) FROM review_rounds WHERE review_id = NEW.id)",
            "rounds that have begun stay agreed upon",
        ),
        (
            "reviewers",
            "reviewers_identity",
            "NEW.id <> OLD.id OR NEW.review_id <> OLD.review_id OR NEW.studio_id <> OLD.studio_id
             OR (OLD.revoked_at IS NOT NULL AND (NEW.revoked_at IS DISTINCT FROM OLD.revoked_at OR NEW.decides <> OLD.decides))",
            "a reviewer keeps their review, and a link that was revoked stays so",
        ),
        (
            "review_rounds",
            "review_rounds_decided",
            "OLD.outcome IS NOT NULL OR NEW.id <> OLD.id OR NEW.review_id <> OLD.review_id OR NEW.number <> OLD.number
             OR NEW.began_at <> OLD.began_at",
            "a round is decided once",
        ),
        (
            "review_comments",
            "review_comments_said",
            "NEW.id <> OLD.id OR NEW.review_id <> OLD.review_id OR NEW.version_id <> OLD.version_id
             OR NEW.parent_id IS DISTINCT FROM OLD.parent_id OR NEW.from_ms IS DISTINCT FROM OLD.from_ms
             OR NEW.to_ms IS DISTINCT FROM OLD.to_ms OR NEW.words IS DISTINCT FROM OLD.words
             OR NEW.voice_asset_id IS DISTINCT FROM OLD.voice_asset_id OR NEW.author <> OLD.author
             OR NEW.reviewer_id IS DISTINCT FROM OLD.reviewer_id OR NEW.user_id IS DISTINCT FROM OLD.user_id
             OR NEW.ip IS DISTINCT FROM OLD.ip OR NEW.at <> OLD.at",
            "what was said stays as it was said",
        ),
    ];
    for (table, name, wrong, message) in guards {
        sql::refuse_update(manager, table, name, wrong, message).await?;
    }
    Ok(())
}

/// Rounds follow each other, no more than were agreed upon, each with a version that came after those before and can be heard; and what is approved is
/// what the round was about.
async fn guard_rounds(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let guards = [
        (
            "review_rounds",
            "review_rounds_follow",
            "NEW.number <> 1 + (SELECT count(*) FROM review_rounds WHERE review_id = NEW.review_id)",
            "the rounds of a review follow each other",
        ),
        (
            "review_rounds",
            "review_rounds_agreed",
            "NEW.number > (SELECT reviews.rounds FROM reviews WHERE reviews.id = NEW.review_id)
                 + (SELECT count(*) FROM review_extras WHERE review_id = NEW.review_id)",
            "the rounds that were agreed upon are used up",
        ),
        (
            "review_versions",
            "review_versions_fit",
            "NOT EXISTS (SELECT 1 FROM mix_versions JOIN reviews ON reviews.song_id = mix_versions.song_id
                         JOIN mix_sounds ON mix_sounds.version_id = mix_versions.id
                         JOIN review_rounds ON review_rounds.review_id = reviews.id
                         WHERE mix_versions.id = NEW.version_id AND reviews.id = NEW.review_id
                         AND review_rounds.id = NEW.round_id AND mix_sounds.state = 'ready')",
            "a version under review is of the song of the review, and can be heard",
        ),
        (
            "review_versions",
            "review_versions_later",
            "EXISTS (SELECT 1 FROM review_versions AS sent JOIN mix_versions AS earlier ON earlier.id = sent.version_id
                     WHERE sent.review_id = NEW.review_id
                     AND earlier.number >= (SELECT later.number FROM mix_versions AS later WHERE later.id = NEW.version_id))",
            "a version under review comes after those that were",
        ),
        (
            "mix_approvals",
            "mix_approvals_decided",
            "NOT EXISTS (SELECT 1 FROM review_rounds JOIN reviews ON reviews.id = review_rounds.review_id
                         WHERE review_rounds.id = NEW.round_id AND review_rounds.outcome = 'approved'
                         AND review_rounds.version_id = NEW.version_id AND reviews.id = NEW.review_id
                         AND reviews.song_id = NEW.song_id)
             OR NOT EXISTS (SELECT 1 FROM review_versions WHERE version_id = NEW.version_id
                            AND review_id = NEW.review_id AND round_id = NEW.round_id)",
            "what is approved is the version of the round, and was sent in it",
        ),
    ];
    for (table, name, wrong, message) in guards {
        sql::refuse_insert(manager, table, name, wrong, message).await?;
    }
    Ok(())
}

/// Comments lie within what they are about, and replies answer a comment, not another reply.
async fn guard_comments(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let guards = [
        (
            "review_comments_within",
            "NEW.from_ms IS NOT NULL AND EXISTS (SELECT 1 FROM mix_sounds WHERE version_id = NEW.version_id
                 AND (NEW.from_ms >= duration_ms OR NEW.to_ms > duration_ms))",
            "a comment lies within the version that it is about",
        ),
        (
            "review_comments_answer",
            "NEW.parent_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM review_comments AS parent WHERE parent.id = NEW.parent_id
                 AND parent.parent_id IS NULL AND parent.review_id = NEW.review_id AND parent.version_id = NEW.version_id)",
            "a reply answers a comment on the same version",
        ),
        (
            "review_comments_replies",
            "NEW.parent_id IS NOT NULL AND (SELECT count(*) FROM review_comments WHERE parent_id = NEW.parent_id) >= 100",
            "a comment has 100 replies at the most",
        ),
        (
            "review_comments_place",
            "NOT EXISTS (SELECT 1 FROM review_versions WHERE version_id = NEW.version_id AND review_id = NEW.review_id)",
            "a comment is on a version of its own review",
        ),
    ];
    for (name, wrong, message) in guards {
        sql::refuse_insert(manager, "review_comments", name, wrong, message).await?;
    }
    Ok(())
}

// A document lies under its SHA-256, once in a studio. What a version sounds like stands in a row of its own, for it is known only when the worker has
// looked; until then that row waits.
const MIXES: &str = "
CREATE UNIQUE INDEX songs_in_studio ON songs (id, studio_id);
CREATE TABLE mix_documents (
    studio_id $uuid NOT NULL REFERENCES studios (id),
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    body TEXT NOT NULL CHECK (length(body) BETWEEN 2 AND 4194304),
    created_at $instant NOT NULL,
    PRIMARY KEY (studio_id, sha256)
) $strict;
CREATE TABLE mix_versions (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    song_id $uuid NOT NULL,
    number $int NOT NULL CHECK (number BETWEEN 1 AND 500),
    kind TEXT NOT NULL CHECK (kind IN ('file', 'document')),
    file_asset_id $uuid REFERENCES assets (id),
    document_sha256 TEXT,
    note TEXT CHECK (length(note) BETWEEN 1 AND 2000),
    made_by $uuid REFERENCES users (id),
    made_at $instant NOT NULL,
    UNIQUE (song_id, number),
    UNIQUE (id, studio_id),
    FOREIGN KEY (song_id, studio_id) REFERENCES songs (id, studio_id),
    FOREIGN KEY (studio_id, document_sha256) REFERENCES mix_documents (studio_id, sha256),
    CHECK ((kind = 'file') = (file_asset_id IS NOT NULL)),
    CHECK ((kind = 'document') = (document_sha256 IS NOT NULL))
) $strict;
CREATE INDEX mix_versions_song ON mix_versions (song_id, id);
CREATE INDEX mix_versions_file ON mix_versions (file_asset_id) WHERE file_asset_id IS NOT NULL;
CREATE TABLE mix_sources (
    version_id $uuid NOT NULL REFERENCES mix_versions (id),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 500),
    asset_id $uuid NOT NULL REFERENCES assets (id),
    PRIMARY KEY (version_id, name)
) $strict;
CREATE TABLE mix_sounds (
    version_id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'ready', 'refused')),
    refusal TEXT,
    audio_asset_id $uuid REFERENCES assets (id),
    waveform_asset_id $uuid REFERENCES assets (id),
    loudness_mlufs $int,
    true_peak_mdbtp $int,
    duration_ms $bigint CHECK (duration_ms > 0),
    settled_at $instant,
    FOREIGN KEY (version_id, studio_id) REFERENCES mix_versions (id, studio_id),
    CHECK ((state = 'waiting') = (settled_at IS NULL)),
    CHECK ((state = 'refused') = (refusal IS NOT NULL)),
    CHECK ((state = 'ready') = (audio_asset_id IS NOT NULL)),
    CHECK ((state = 'ready') = (waveform_asset_id IS NOT NULL)),
    CHECK ((state = 'ready') = (loudness_mlufs IS NOT NULL)),
    CHECK ((state = 'ready') = (true_peak_mdbtp IS NOT NULL)),
    CHECK ((state = 'ready') = (duration_ms IS NOT NULL))
) $strict
";

// The clock of a round runs from `clock_from`, which moves when the decider is another or the version was replaced. No name of an approver is silence.
const REVIEWS: &str = "
CREATE TABLE review_terms (
    project_id $uuid NOT NULL PRIMARY KEY REFERENCES projects (id),
    studio_id $uuid NOT NULL REFERENCES studios (id),
    rounds $int NOT NULL CHECK (rounds BETWEEN 1 AND 50),
    extra_price_minor $bigint CHECK (extra_price_minor > 0),
    currency TEXT CHECK (length(currency) = 3),
    sign_off_days $int CHECK (sign_off_days BETWEEN 1 AND 90),
    updated_at $instant NOT NULL,
    CHECK ((extra_price_minor IS NULL) = (currency IS NULL))
) $strict;
CREATE TABLE reviews (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    song_id $uuid NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('preparing', 'open', 'revising', 'approved')),
    rounds $int NOT NULL CHECK (rounds BETWEEN 1 AND 50),
    extra_price_minor $bigint CHECK (extra_price_minor > 0),
    currency TEXT CHECK (length(currency) = 3),
    sign_off_days $int CHECK (sign_off_days BETWEEN 1 AND 90),
    opened_at $instant NOT NULL,
    UNIQUE (id, studio_id),
    FOREIGN KEY (song_id, studio_id) REFERENCES songs (id, studio_id),
    CHECK ((extra_price_minor IS NULL) = (currency IS NULL))
) $strict;
CREATE INDEX reviews_studio ON reviews (studio_id, id);
CREATE TABLE reviewers (
    id $uuid NOT NULL PRIMARY KEY,
    review_id $uuid NOT NULL,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    decides $bool NOT NULL,
    invited_at $instant NOT NULL,
    expires_at $instant NOT NULL,
    revoked_at $instant,
    FOREIGN KEY (review_id, studio_id) REFERENCES reviews (id, studio_id)
) $strict;
CREATE INDEX reviewers_review ON reviewers (review_id, id);
CREATE INDEX reviewers_email ON reviewers (studio_id, email_key);
CREATE UNIQUE INDEX reviewers_once ON reviewers (review_id, email_key) WHERE revoked_at IS NULL;
CREATE UNIQUE INDEX reviewers_one_decides ON reviewers (review_id) WHERE decides AND revoked_at IS NULL;
CREATE TABLE review_rounds (
    id $uuid NOT NULL PRIMARY KEY,
    review_id $uuid NOT NULL,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    number $int NOT NULL CHECK (number >= 1),
    version_id $uuid NOT NULL REFERENCES mix_versions (id),
    began_at $instant NOT NULL,
    clock_from $instant NOT NULL,
    sign_off_days $int CHECK (sign_off_days BETWEEN 1 AND 90),
    half_told_at $instant,
    last_told_at $instant,
    outcome TEXT CHECK (outcome IN ('approved', 'revision')),
    decided_by $uuid REFERENCES reviewers (id),
    decided_at $instant,
    UNIQUE (review_id, number),
    FOREIGN KEY (review_id, studio_id) REFERENCES reviews (id, studio_id),
    CHECK ((outcome IS NULL) = (decided_at IS NULL)),
    CHECK (decided_by IS NULL OR outcome IS NOT NULL),
    CHECK (outcome IS NULL OR outcome = 'approved' OR decided_by IS NOT NULL)
) $strict;
CREATE UNIQUE INDEX review_rounds_one_open ON review_rounds (review_id) WHERE outcome IS NULL;
CREATE INDEX review_rounds_clock ON review_rounds (clock_from) WHERE outcome IS NULL;
CREATE TABLE review_versions (
    version_id $uuid NOT NULL PRIMARY KEY,
    review_id $uuid NOT NULL,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    round_id $uuid NOT NULL REFERENCES review_rounds (id),
    sent_by $uuid REFERENCES users (id),
    sent_at $instant NOT NULL,
    FOREIGN KEY (version_id, studio_id) REFERENCES mix_versions (id, studio_id),
    FOREIGN KEY (review_id, studio_id) REFERENCES reviews (id, studio_id)
) $strict;
CREATE INDEX review_versions_review ON review_versions (review_id, version_id);
CREATE TABLE review_levels (
    version_id $uuid NOT NULL REFERENCES review_versions (version_id),
    gain_mdb $int NOT NULL CHECK (gain_mdb <= 0),
    studio_id $uuid NOT NULL REFERENCES studios (id),
    asset_id $uuid NOT NULL REFERENCES assets (id),
    loudness_mlufs $int NOT NULL,
    made_at $instant NOT NULL,
    PRIMARY KEY (version_id, gain_mdb)
) $strict;
CREATE TABLE review_extras (
    id $uuid NOT NULL PRIMARY KEY,
    review_id $uuid NOT NULL,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    price_minor $bigint NOT NULL CHECK (price_minor >= 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    agreed_by $uuid REFERENCES reviewers (id),
    granted_by $uuid REFERENCES users (id),
    ip TEXT,
    user_agent TEXT,
    agreed_at $instant NOT NULL,
    FOREIGN KEY (review_id, studio_id) REFERENCES reviews (id, studio_id),
    CHECK (agreed_by IS NULL OR granted_by IS NULL)
) $strict;
CREATE INDEX review_extras_review ON review_extras (review_id, id);
CREATE TABLE mix_approvals (
    round_id $uuid NOT NULL PRIMARY KEY REFERENCES review_rounds (id),
    review_id $uuid NOT NULL,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    song_id $uuid NOT NULL,
    version_id $uuid NOT NULL REFERENCES mix_versions (id),
    approved_by $uuid REFERENCES reviewers (id),
    approved_at $instant NOT NULL,
    FOREIGN KEY (review_id, studio_id) REFERENCES reviews (id, studio_id),
    FOREIGN KEY (song_id, studio_id) REFERENCES songs (id, studio_id)
) $strict;
CREATE INDEX mix_approvals_song ON mix_approvals (song_id, approved_at);
CREATE INDEX mix_approvals_by ON mix_approvals (approved_by) WHERE approved_by IS NOT NULL
";

const SAID: &str = "
CREATE TABLE review_comments (
    id $uuid NOT NULL PRIMARY KEY,
    review_id $uuid NOT NULL,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    version_id $uuid NOT NULL REFERENCES review_versions (version_id),
    parent_id $uuid REFERENCES review_comments (id),
    from_ms $bigint CHECK (from_ms >= 0),
    to_ms $bigint,
    words TEXT CHECK (length(words) BETWEEN 1 AND 4000),
    voice_asset_id $uuid REFERENCES assets (id),
    author TEXT NOT NULL CHECK (length(author) BETWEEN 1 AND 200),
    reviewer_id $uuid REFERENCES reviewers (id),
    user_id $uuid REFERENCES users (id),
    ip TEXT,
    user_agent TEXT,
    at $instant NOT NULL,
    resolved_at $instant,
    FOREIGN KEY (review_id, studio_id) REFERENCES reviews (id, studio_id),
    CHECK (to_ms IS NULL OR (from_ms IS NOT NULL AND to_ms > from_ms)),
    CHECK (words IS NOT NULL OR voice_asset_id IS NOT NULL),
    CHECK (parent_id IS NULL OR (from_ms IS NULL AND resolved_at IS NULL)),
    CHECK (reviewer_id IS NULL OR user_id IS NULL)
) $strict;
CREATE INDEX review_comments_review ON review_comments (review_id, id) WHERE parent_id IS NULL;
CREATE INDEX review_comments_open ON review_comments (review_id, id) WHERE parent_id IS NULL AND resolved_at IS NULL;
CREATE INDEX review_comments_version ON review_comments (version_id, id) WHERE parent_id IS NULL;
CREATE INDEX review_comments_placed ON review_comments (version_id, from_ms, id) WHERE from_ms IS NOT NULL;
CREATE INDEX review_comments_parent ON review_comments (parent_id, id) WHERE parent_id IS NOT NULL;
CREATE INDEX review_comments_voice ON review_comments (voice_asset_id) WHERE voice_asset_id IS NOT NULL;
CREATE TABLE review_steps (
    id $uuid NOT NULL PRIMARY KEY,
    review_id $uuid NOT NULL,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    side TEXT NOT NULL CHECK (side IN ('reviewer', 'studio', 'house')),
    act TEXT NOT NULL CHECK (act IN ('opened', 'terms_changed', 'invited', 'revoked', 'decider_named', 'sent', 'resolved',
        'reopened', 'in_favour', 'against', 'revision_asked', 'approved', 'extra_agreed', 'extra_granted', 'warned', 'signed_off')),
    reviewer_id $uuid REFERENCES reviewers (id),
    user_id $uuid REFERENCES users (id),
    round_id $uuid REFERENCES review_rounds (id),
    version_id $uuid REFERENCES mix_versions (id),
    comment_id $uuid REFERENCES review_comments (id),
    words TEXT CHECK (length(words) BETWEEN 1 AND 2000),
    ip TEXT,
    user_agent TEXT,
    at $instant NOT NULL,
    FOREIGN KEY (review_id, studio_id) REFERENCES reviews (id, studio_id)
) $strict;
CREATE INDEX review_steps_review ON review_steps (review_id, id)
";
