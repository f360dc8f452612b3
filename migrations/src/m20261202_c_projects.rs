//! Projects: their plans, people and history, the stages of songs with their tasks, pre-production, and the budget.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, PLANNING).await?;
        sql::run(manager, WORK).await?;
        sql::run(manager, PREPRODUCTION).await?;
        sql::run(manager, BUDGET).await?;
        for table in ["project_events", "budget_costs"] {
            sql::append_only(manager, table).await?;
        }
        for (table, name, wrong, message) in REFUSED_INSERTS {
            sql::refuse_insert(manager, table, name, wrong, message).await?;
        }
        for (table, name, wrong, message) in REFUSED_UPDATES {
            sql::refuse_update(manager, table, name, wrong, message).await?;
        }
        Ok(())
    }
}

/// A check: table, name, the condition that must not hold, and what is said then.
type Refusal = (&'static str, &'static str, &'static str, &'static str);

const REFUSED_INSERTS: [Refusal; 2] = [
    (
        "songs",
        "songs_fit",
        "NOT EXISTS (SELECT 1 FROM projects WHERE id = NEW.project_id AND studio_id = NEW.studio_id)
         OR NOT EXISTS (SELECT 1 FROM recordings WHERE id = NEW.recording_id AND work_id = NEW.work_id AND studio_id = NEW.studio_id)",
        "a song is of its project, and a recording of its work, all of one studio",
    ),
    (
        "project_tasks",
        "project_tasks_open",
        "EXISTS (SELECT 1 FROM project_stages WHERE id = NEW.stage_id AND closed_at IS NOT NULL)",
        "a closed stage gets no tasks",
    ),
];

const REFUSED_UPDATES: [Refusal; 5] = [
    (
        "projects",
        "projects_identity",
        "NEW.id <> OLD.id OR NEW.studio_id <> OLD.studio_id OR NEW.kind <> OLD.kind OR NEW.created_at <> OLD.created_at",
        "a project keeps its studio and its kind",
    ),
    (
        "projects",
        "projects_moves",
        "NEW.state <> OLD.state AND NOT (
            (OLD.state = 'planned' AND NEW.state IN ('active', 'cancelled'))
            OR (OLD.state = 'active' AND NEW.state IN ('delivered', 'cancelled'))
            OR (OLD.state = 'delivered' AND NEW.state = 'active')
            OR (OLD.state = 'cancelled' AND NEW.state = 'planned'))",
        "a project does not move from that state to this",
    ),
    (
        // As `production::rules::states::start_gate` has it, but for a reason that was given for an earlier start, which the commands ask for anew.
        "projects",
        "projects_start",
        "OLD.state = 'planned' AND NEW.state = 'active'
         AND (NEW.client_id IS NOT NULL OR EXISTS (SELECT 1 FROM project_agreements WHERE project_id = NEW.id))
         AND NOT EXISTS (SELECT 1 FROM project_events WHERE project_id = NEW.id AND kind = 'gate_overridden')
         AND (NOT EXISTS (SELECT 1 FROM project_agreements
                  JOIN agreements ON agreements.id = project_agreements.agreement_id
                  WHERE project_agreements.project_id = NEW.id AND agreements.state = 'executed')
              OR EXISTS (SELECT 1 FROM project_agreements
                  JOIN agreements ON agreements.id = project_agreements.agreement_id
                  WHERE project_agreements.project_id = NEW.id
                  AND agreements.state IN ('draft', 'sent', 'partly_signed', 'countered')))",
        "a project starts when its agreement is signed, or somebody has once said why not",
    ),
    (
        "project_stages",
        "project_stages_gate",
        "OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL
         AND EXISTS (SELECT 1 FROM project_tasks WHERE stage_id = NEW.id AND is_gate AND done_at IS NULL)",
        "a stage is closed when its gated tasks are done",
    ),
    (
        "project_tasks",
        "project_tasks_closed",
        "(NEW.done_at IS DISTINCT FROM OLD.done_at OR NEW.is_gate <> OLD.is_gate OR NEW.stage_id <> OLD.stage_id)
         AND EXISTS (SELECT 1 FROM project_stages WHERE id = OLD.stage_id AND closed_at IS NOT NULL)",
        "the tasks of a closed stage are not done or opened",
    ),
];

// The foreign keys over two columns hold that whatever is named is of the same studio, or of the same project.
const PLANNING: &str = "
CREATE UNIQUE INDEX projects_id_and_studio ON projects (id, studio_id);
CREATE UNIQUE INDEX songs_id_and_project ON songs (id, project_id);
CREATE UNIQUE INDEX assets_id_and_studio ON assets (id, studio_id);
CREATE UNIQUE INDEX agreements_id_and_studio ON agreements (id, studio_id);
CREATE INDEX projects_state ON projects (studio_id, state, id);
CREATE TABLE project_plans (
    project_id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    decider_id $uuid,
    goals TEXT NOT NULL CHECK (length(goals) <= 5000),
    genre TEXT NOT NULL CHECK (length(genre) <= 5000),
    reference_notes TEXT NOT NULL CHECK (length(reference_notes) <= 5000),
    deliverables TEXT NOT NULL CHECK (length(deliverables) <= 5000),
    starts_on $date,
    due_on $date,
    updated_at $instant NOT NULL,
    CHECK (starts_on <= due_on),
    FOREIGN KEY (project_id, studio_id) REFERENCES projects (id, studio_id),
    FOREIGN KEY (decider_id, studio_id) REFERENCES parties (id, studio_id)
) $strict;
CREATE INDEX project_plans_decider ON project_plans (decider_id) WHERE decider_id IS NOT NULL;
CREATE INDEX project_plans_due ON project_plans (studio_id, due_on) WHERE due_on IS NOT NULL;
CREATE TABLE project_events (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    project_id $uuid NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('opened', 'changed', 'activated', 'delivered', 'cancelled', 'reopened', 'gate_overridden',
        'agreement_linked', 'agreement_unlinked', 'song_added', 'song_removed', 'stage_closed', 'stage_reopened')),
    detail TEXT CHECK (length(detail) BETWEEN 1 AND 5000),
    user_id $uuid REFERENCES users (id),
    api_key_id $uuid REFERENCES api_keys (id),
    at $instant NOT NULL,
    CHECK (kind NOT IN ('gate_overridden', 'cancelled', 'reopened') OR detail IS NOT NULL),
    FOREIGN KEY (project_id, studio_id) REFERENCES projects (id, studio_id)
) $strict;
CREATE INDEX project_events_project ON project_events (project_id, id);
CREATE TABLE project_agreements (
    project_id $uuid NOT NULL,
    agreement_id $uuid NOT NULL,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    linked_at $instant NOT NULL,
    PRIMARY KEY (project_id, agreement_id),
    FOREIGN KEY (project_id, studio_id) REFERENCES projects (id, studio_id),
    FOREIGN KEY (agreement_id, studio_id) REFERENCES agreements (id, studio_id)
) $strict;
CREATE INDEX project_agreements_agreement ON project_agreements (agreement_id);
CREATE TABLE project_people (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    project_id $uuid NOT NULL,
    song_id $uuid,
    party_id $uuid NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('producer', 'executive_producer', 'artist', 'featured_artist', 'writer', 'performer', 'engineer',
        'mixer', 'mastering_engineer', 'a_and_r', 'label', 'manager')),
    detail TEXT NOT NULL CHECK (length(detail) <= 200),
    created_at $instant NOT NULL,
    FOREIGN KEY (project_id, studio_id) REFERENCES projects (id, studio_id),
    FOREIGN KEY (song_id, project_id) REFERENCES songs (id, project_id) ON DELETE CASCADE,
    FOREIGN KEY (party_id, studio_id) REFERENCES parties (id, studio_id)
) $strict;
CREATE UNIQUE INDEX project_people_project ON project_people (project_id, party_id, role) WHERE song_id IS NULL;
CREATE UNIQUE INDEX project_people_song ON project_people (song_id, party_id, role) WHERE song_id IS NOT NULL;
CREATE INDEX project_people_all ON project_people (project_id, id);
CREATE INDEX project_people_party ON project_people (party_id)
";

const WORK: &str = "
CREATE TABLE project_stages (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    project_id $uuid NOT NULL,
    song_id $uuid,
    stage TEXT NOT NULL CHECK (stage IN ('ideation', 'arrangement', 'recording', 'editing', 'mixing', 'mastering')),
    due_on $date,
    closed_at $instant,
    UNIQUE (id, project_id),
    FOREIGN KEY (project_id, studio_id) REFERENCES projects (id, studio_id),
    FOREIGN KEY (song_id, project_id) REFERENCES songs (id, project_id) ON DELETE CASCADE
) $strict;
CREATE UNIQUE INDEX project_stages_project ON project_stages (project_id, stage) WHERE song_id IS NULL;
CREATE UNIQUE INDEX project_stages_song ON project_stages (song_id, stage) WHERE song_id IS NOT NULL;
CREATE INDEX project_stages_all ON project_stages (project_id, id);
CREATE TABLE project_tasks (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    project_id $uuid NOT NULL,
    stage_id $uuid NOT NULL,
    position $int NOT NULL CHECK (position >= 1),
    title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 500),
    is_gate $bool NOT NULL,
    owner_user_id $uuid REFERENCES users (id),
    owner_party_id $uuid,
    due_on $date,
    done_at $instant,
    done_by $uuid REFERENCES users (id),
    created_at $instant NOT NULL,
    CHECK (owner_user_id IS NULL OR owner_party_id IS NULL),
    CHECK (done_by IS NULL OR done_at IS NOT NULL),
    UNIQUE (stage_id, position),
    FOREIGN KEY (project_id, studio_id) REFERENCES projects (id, studio_id),
    FOREIGN KEY (stage_id, project_id) REFERENCES project_stages (id, project_id) ON DELETE CASCADE,
    FOREIGN KEY (owner_party_id, studio_id) REFERENCES parties (id, studio_id)
) $strict;
CREATE INDEX project_tasks_project ON project_tasks (project_id);
CREATE INDEX project_tasks_due ON project_tasks (studio_id, due_on, id) WHERE done_at IS NULL AND due_on IS NOT NULL;
CREATE INDEX project_tasks_party ON project_tasks (owner_party_id) WHERE owner_party_id IS NOT NULL
";

const PREPRODUCTION: &str = "
CREATE TABLE song_candidates (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    project_id $uuid NOT NULL,
    title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 500),
    notes TEXT NOT NULL CHECK (length(notes) <= 5000),
    url TEXT CHECK (length(url) BETWEEN 1 AND 300),
    asset_id $uuid,
    state TEXT NOT NULL CHECK (state IN ('proposed', 'chosen', 'dropped')),
    song_id $uuid UNIQUE REFERENCES songs (id),
    created_at $instant NOT NULL,
    CHECK ((state = 'chosen') = (song_id IS NOT NULL)),
    FOREIGN KEY (project_id, studio_id) REFERENCES projects (id, studio_id),
    FOREIGN KEY (song_id, project_id) REFERENCES songs (id, project_id),
    FOREIGN KEY (asset_id, studio_id) REFERENCES assets (id, studio_id)
) $strict;
CREATE INDEX song_candidates_project ON song_candidates (project_id, id);
CREATE TABLE candidate_votes (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    candidate_id $uuid NOT NULL REFERENCES song_candidates (id),
    user_id $uuid REFERENCES users (id),
    party_id $uuid,
    vote TEXT NOT NULL CHECK (vote IN ('yes', 'no')),
    voted_at $instant NOT NULL,
    CHECK ((user_id IS NULL) <> (party_id IS NULL)),
    UNIQUE (candidate_id, user_id),
    UNIQUE (candidate_id, party_id),
    FOREIGN KEY (party_id, studio_id) REFERENCES parties (id, studio_id)
) $strict;
CREATE INDEX candidate_votes_party ON candidate_votes (party_id) WHERE party_id IS NOT NULL;
CREATE TABLE arrangement_sections (
    song_id $uuid NOT NULL REFERENCES songs (id) ON DELETE CASCADE,
    position $int NOT NULL CHECK (position >= 1),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    bars $int NOT NULL CHECK (bars BETWEEN 1 AND 1000),
    bpm_milli $int NOT NULL CHECK (bpm_milli BETWEEN 20000 AND 400000),
    meter_beats $int NOT NULL CHECK (meter_beats BETWEEN 1 AND 32),
    meter_unit $int NOT NULL CHECK (meter_unit IN (1, 2, 4, 8, 16, 32)),
    musical_key TEXT,
    PRIMARY KEY (song_id, position)
) $strict;
CREATE TABLE reference_tracks (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    project_id $uuid NOT NULL,
    song_id $uuid,
    title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 500),
    notes TEXT NOT NULL CHECK (length(notes) <= 5000),
    url TEXT CHECK (length(url) BETWEEN 1 AND 300),
    asset_id $uuid,
    created_at $instant NOT NULL,
    CHECK ((url IS NULL) <> (asset_id IS NULL)),
    FOREIGN KEY (project_id, studio_id) REFERENCES projects (id, studio_id),
    FOREIGN KEY (song_id, project_id) REFERENCES songs (id, project_id) ON DELETE CASCADE,
    FOREIGN KEY (asset_id, studio_id) REFERENCES assets (id, studio_id)
) $strict;
CREATE INDEX reference_tracks_project ON reference_tracks (project_id, id)
";

// A cost is corrected by the one that says what is right, once; that one can be corrected in its turn.
const BUDGET: &str = "
CREATE TABLE budget_lines (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    project_id $uuid NOT NULL,
    category TEXT NOT NULL CHECK (category IN ('studio', 'producer', 'musician', 'engineer', 'mixing', 'mastering', 'equipment', 'samples',
        'travel', 'artwork', 'promotion', 'other')),
    title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 500),
    hire_id $uuid,
    rate_kind TEXT NOT NULL CHECK (rate_kind IN ('flat', 'hour', 'day', 'song')),
    rate_minor $bigint NOT NULL CHECK (rate_minor BETWEEN 0 AND 1000000000000),
    quantity_milli $int NOT NULL CHECK (quantity_milli BETWEEN 1 AND 10000000),
    recoupable $bool NOT NULL,
    created_at $instant NOT NULL,
    CHECK (rate_kind <> 'flat' OR quantity_milli = 1000),
    UNIQUE (id, project_id),
    FOREIGN KEY (project_id, studio_id) REFERENCES projects (id, studio_id),
    FOREIGN KEY (hire_id, studio_id) REFERENCES parties (id, studio_id)
) $strict;
CREATE INDEX budget_lines_project ON budget_lines (project_id, id);
CREATE INDEX budget_lines_hire ON budget_lines (hire_id) WHERE hire_id IS NOT NULL;
CREATE TABLE budget_costs (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    project_id $uuid NOT NULL,
    line_id $uuid NOT NULL,
    amount_minor $bigint NOT NULL CHECK (amount_minor BETWEEN 0 AND 1000000000000),
    incurred_on $date NOT NULL,
    note TEXT NOT NULL CHECK (length(note) <= 5000),
    corrects_id $uuid UNIQUE,
    request_key TEXT CHECK (length(request_key) BETWEEN 1 AND 100),
    user_id $uuid REFERENCES users (id),
    api_key_id $uuid REFERENCES api_keys (id),
    recorded_at $instant NOT NULL,
    UNIQUE (id, line_id),
    UNIQUE (project_id, request_key),
    FOREIGN KEY (project_id, studio_id) REFERENCES projects (id, studio_id),
    FOREIGN KEY (line_id, project_id) REFERENCES budget_lines (id, project_id),
    FOREIGN KEY (corrects_id, line_id) REFERENCES budget_costs (id, line_id)
) $strict;
CREATE INDEX budget_costs_line ON budget_costs (line_id, id)
";
