//! What a database makes of the statements that a query really sends.

use std::{
    collections::{BTreeSet, HashMap},
    fmt::Debug,
    mem,
    sync::{Arc, Mutex},
};

use domain::store::{self, Db};
use sea_orm::{ConnectionTrait, Statement};

use crate::support::World;

/// Tables that have more rows the longer and the more a house is used.
const GROWING: &[&str] = &[
    "accounts",
    "assets",
    "beat_labels",
    "beats",
    "booking_people",
    "bookings",
    "clients",
    "collaborators",
    "entries",
    "equipment_slices",
    "gateway_events",
    "journal_parts",
    "journals",
    "licences",
    "order_lines",
    "orders",
    "outbox",
    "parties",
    "party_keys",
    "party_successors",
    "party_tags",
    "payee_statements",
    "payments",
    "project_events",
    "project_plans",
    "project_tasks",
    "projects",
    "recordings",
    "refunds",
    "room_slices",
    "royalty_carried",
    "royalty_charges",
    "royalty_rules",
    "royalty_run_accounts",
    "royalty_run_payees",
    "royalty_runs",
    "session_credits",
    "session_edits",
    "session_samples",
    "session_takes",
    "songs",
    "split_versions",
    "statement_aliases",
    "statement_facets",
    "statement_imports",
    "statement_items",
    "statement_sums",
    "statement_totals",
    "studio_acts",
    "studio_marks",
    "studio_sessions",
    "webhook_attempts",
    "webhook_deliveries",
    "webhook_events",
    "works",
];

/// Which query may read which of them from end to end, and why.
const MAY_READ_WHOLE: &[(&str, &str, &str)] = &[(
    "sweep_done",
    "outbox",
    "a chore that keeps the table short; an index of what is done would be written with every job",
)];

/// Small tables are planned by their size, not by their indexes. Without these ways the plan is that of a large table; what is read whole all the same has no
/// index for it.
const AS_IF_LARGE: &str =
    "SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off";
/// A bitmap of one index says no more than the index; left out, it hides no order that the index has.
const WITHOUT_BITMAPS: &str = "SET LOCAL enable_bitmapscan = off";

/// What the server learns of a table by itself, at some moment of its own, would change plans from run to run.
const UNTENDED: &str = "DO $$ DECLARE one text; BEGIN
    FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() LOOP
        EXECUTE format('ALTER TABLE %I SET (autovacuum_enabled = false)', one);
    END LOOP;
END $$";

/// The plans of a database.
pub(super) struct Plans {
    /// Where queries are to be asked: what is sent here is seen.
    pub(super) db: Db,
    unseen: Db,
    database: &'static str,
    sent: Arc<Mutex<Vec<Statement>>>,
    partial: BTreeSet<String>,
    whole: BTreeSet<(&'static str, String)>,
}

impl Plans {
    pub(super) async fn of(world: &World) -> Self {
        let unseen = world.db.clone();
        let is_postgres = store::is_postgres(&unseen);
        if is_postgres {
            unseen.execute_unprepared(UNTENDED).await.unwrap();
        }
        // A name that is no table's would keep none from being read whole.
        for table in GROWING {
            unseen.execute_unprepared(&format!("SELECT 1 FROM {table} LIMIT 0")).await.unwrap();
        }
        let partial = if is_postgres {
            "SELECT CAST(indexname AS text) AS name FROM pg_indexes WHERE schemaname = current_schema() AND indexdef LIKE '%WHERE%'"
        } else {
            "SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '%WHERE%'"
        };
        let partial = Statement::from_string(unseen.get_database_backend(), partial);
        let partial = unseen.query_all_raw(partial).await.unwrap();
        let sent: Arc<Mutex<Vec<Statement>>> = Arc::default();
        let mut db = unseen.clone();
        let kept = Arc::clone(&sent);
        // Transactions that are begun on it are seen as well.
        db.set_metric_callback(move |asked| kept.lock().unwrap().push(asked.statement.clone()));
        Self {
            db,
            unseen,
            database: if is_postgres { "postgres" } else { "sqlite" },
            sent,
            partial: partial.iter().map(|row| row.try_get("", "name").unwrap()).collect(),
            whole: BTreeSet::new(),
        }
    }

    /// Asks a query on [`Self::db`], and holds the plans of all that it has sent against the snapshot of its name; equal ones are told once. Rows that are
    /// written new have no plan.
    pub(super) async fn see<T, E: Debug>(
        &mut self,
        query: &'static str,
        asked: impl Future<Output = Result<T, E>>,
    ) -> T {
        self.sent.lock().unwrap().clear();
        let answer = asked.await.unwrap();
        let sent = mem::take(&mut *self.sent.lock().unwrap());
        let mut plans: Vec<String> = Vec::new();
        for statement in sent.iter().filter(|statement| has_plan(&statement.sql)) {
            let plan = self.plan(statement).await;
            self.whole.extend(read_whole(&plan, &self.partial).into_iter().map(|table| (query, table)));
            if !plans.contains(&plan) {
                plans.push(plan);
            }
        }
        assert!(!plans.is_empty(), "{query} asked for nothing");
        insta::assert_snapshot!(format!("{query}_{}", self.database), plans.join("\n\n"));
        answer
    }

    /// None of the tables that grow was read whole.
    pub(super) fn assert_none_whole(&self) {
        let may = |query: &str, table: &str| MAY_READ_WHOLE.iter().any(|known| (known.0, known.1) == (query, table));
        let refused: Vec<_> = self
            .whole
            .iter()
            .filter(|(query, table)| GROWING.contains(&table.as_str()) && !may(query, table))
            .collect();
        assert!(refused.is_empty(), "on {}, queries read tables from end to end: {refused:?}", self.database);
    }

    async fn plan(&self, statement: &Statement) -> String {
        if self.database == "sqlite" {
            return self.plan_of_sqlite(statement).await;
        }
        let plan = self.plan_of_postgres(statement, &format!("{AS_IF_LARGE}; {WITHOUT_BITMAPS}")).await;
        if read_whole(&plan, &self.partial).is_empty() {
            return plan;
        }
        // One thing or another, each with an index of its own: bitmaps alone bring them together.
        self.plan_of_postgres(statement, AS_IF_LARGE).await
    }

    async fn plan_of_sqlite(&self, statement: &Statement) -> String {
        let rows = self.unseen.query_all_raw(explained("EXPLAIN QUERY PLAN", statement)).await.unwrap();
        let mut depths: HashMap<i64, usize> = HashMap::new();
        let mut steps = Vec::with_capacity(rows.len());
        for row in rows {
            let (id, parent): (i64, i64) = (row.try_get("", "id").unwrap(), row.try_get("", "parent").unwrap());
            let detail: String = row.try_get("", "detail").unwrap();
            let depth = depths.get(&parent).map_or(0, |depth| depth + 1);
            depths.insert(id, depth);
            steps.push(format!("{}{detail}", "  ".repeat(depth)));
        }
        steps.join("\n")
    }

    async fn plan_of_postgres(&self, statement: &Statement, settings: &str) -> String {
        let tx = store::begin(&self.unseen).await.unwrap();
        tx.execute_unprepared(settings).await.unwrap();
        let rows = tx.query_all_raw(explained("EXPLAIN (COSTS OFF, FORMAT TEXT)", statement)).await.unwrap();
        tx.rollback().await.unwrap();
        let lines = rows.iter().map(|row| row.try_get::<String>("", "QUERY PLAN").unwrap());
        // Newer servers say which steps they were told to avoid; the steps themselves say it as well.
        let lines = lines.filter(|line| !line.trim_start().starts_with("Disabled"));
        lines.map(|line| without_values(&line)).collect::<Vec<_>>().join("\n")
    }
}

/// The statement with its values as they were bound, explained and not done.
fn explained(how: &str, statement: &Statement) -> Statement {
    Statement { sql: format!("{how} {}", statement.sql), ..statement.clone() }
}

fn has_plan(sql: &str) -> bool {
    ["SELECT", "UPDATE", "DELETE", "WITH"].iter().any(|verb| sql.trim_start().starts_with(verb))
}

/// A line of a plan with `?` for the values of its conditions.
fn without_values(line: &str) -> String {
    let has_numbers = line.contains("Cond:") || line.contains("Filter:");
    let (mut told, mut before) = (String::with_capacity(line.len()), ' ');
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        let is_number = letter.is_ascii_digit() && !(before.is_alphanumeric() || "_$.".contains(before));
        before = if letter == '\'' {
            // A quote within a text is written twice.
            while let Some(next) = letters.next() {
                if next == '\'' && letters.next_if_eq(&'\'').is_none() {
                    break;
                }
            }
            '?'
        } else if has_numbers && is_number {
            while letters.next_if(|next| next.is_ascii_digit() || *next == '.').is_some() {}
            '?'
        } else {
            letter
        };
        told.push(before);
    }
    told
}

/// The tables that a plan reads from end to end, be it along an index. A partial index is there to be read so: it holds what waits, and little else.
fn read_whole(plan: &str, partial: &BTreeSet<String>) -> Vec<String> {
    let lines: Vec<&str> = plan.lines().map(str::trim_start).collect();
    let mut tables = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        let step = line.trim_start_matches("->").trim_start();
        let is_partial = |mark: &str| word_after(step, mark).is_some_and(|index| partial.contains(index));
        let table = if step.starts_with("SCAN ") {
            word_after(step, "SCAN ").filter(|_| !is_partial(" INDEX "))
        } else if step.starts_with("SEARCH ") && step.contains(" USING AUTOMATIC ") {
            // An index that is made for this one question, of the whole table.
            word_after(step, "SEARCH ")
        } else if step.starts_with("Seq Scan on ") {
            word_after(step, " on ")
        } else if step.starts_with("Index Scan ") || step.starts_with("Index Only Scan ") {
            // What a step looks for stands below it, before the next step.
            let mut below = lines[number + 1..].iter().take_while(|line| !line.starts_with("->"));
            let is_search = below.any(|line| line.starts_with("Index Cond:"));
            word_after(step, " on ").filter(|_| !is_search && !is_partial(" using "))
        } else {
            None
        };
        tables.extend(table.map(str::to_owned));
    }
    tables
}

fn word_after<'a>(step: &'a str, mark: &str) -> Option<&'a str> {
    step.split_once(mark)?.1.split_whitespace().next()
}

#[test]
fn what_is_read_from_end_to_end_is_seen_in_a_plan() {
    let partial = BTreeSet::from(["outbox_waiting".to_owned()]);
    for (plan, whole) in [
        ("SCAN orders", "orders"),
        ("SCAN orders USING COVERING INDEX orders_studio", "orders"),
        ("SEARCH orders USING INDEX orders_studio (studio_id=?)\nUSE TEMP B-TREE FOR ORDER BY", ""),
        ("SCAN outbox USING INDEX outbox_waiting", ""),
        ("SEARCH beats USING AUTOMATIC COVERING INDEX (work_id=?)", "beats"),
        ("Limit\n  ->  Seq Scan on orders\n        Filter: (state = ?::text)", "orders"),
        ("Index Scan using orders_studio on orders\n  Index Cond: (studio_id = ?::uuid)", ""),
        (
            "Nested Loop\n  ->  Index Only Scan using orders_pkey on orders\n  ->  Index Scan using beats_pkey on beats\n        Index Cond: (id = orders.id)",
            "orders",
        ),
        ("Index Scan Backward using outbox_waiting on outbox", ""),
    ] {
        assert_eq!(read_whole(plan, &partial).join(" "), whole, "{plan}");
    }
}

#[test]
fn values_are_not_told() {
    for (line, told) in [
        ("Index Cond: (studio_id = '0193-ab'::uuid)", "Index Cond: (studio_id = ?::uuid)"),
        ("Filter: ((title ~~ 'it''s'::text) AND (seq <= 37))", "Filter: ((title ~~ ?::text) AND (seq <= ?))"),
        ("Filter: (bucket_1.slice = $0)", "Filter: (bucket_1.slice = $0)"),
        ("SubPlan 1", "SubPlan 1"),
    ] {
        assert_eq!(without_values(line), told);
    }
}
