//! Sessions of other workstations: a DAWproject is taken over as a version of its song's mix, of anything else it is written down what is inside.

use std::path::{Component, Path, PathBuf};

use adapters::jobs::{Attempt, JobError};
use domain::{
    catalog::{RenderedFile, add_rendered_asset, entity::AssetKind},
    ids::DawSessionId,
    mixes::{
        daw_sessions::{Project, find_unopened, record_inventory, record_project, refuse_daw_session},
        entity::{DawSessionKind, SessionInventory, daw_session},
    },
    report::Explain,
};

use crate::{
    AudioWorker,
    inspect::{Unheard, facts},
    limits,
    listener::{TakenOver, TakenOverFile, Task},
    refused,
};

impl AudioWorker {
    /// Has a listener open a session, and records what came of it, or why it is refused; the file itself stays.
    pub(crate) async fn open_daw_session(&self, id: DawSessionId, attempt: &Attempt) -> Result<(), JobError> {
        let Some((session, file)) = find_unopened(&self.services.db, id).await? else { return Ok(()) };
        let folder = self.scratch.job().map_err(JobError::passing_from)?;
        let path = folder.path().join("session");
        self.fetch(&file.sha256, &path).await?;
        let recorded = match session.kind {
            DawSessionKind::Dawproject => {
                let into = folder.path().join("project");
                self.take_project_over(&session, path, &into, attempt).await?
            }
            DawSessionKind::Inventory => self.list_contents(id, path, attempt).await?,
        };
        if let Err(why) = recorded {
            let tx = self.services.begin().await?;
            refuse_daw_session(&tx, &self.ctx(), id, &why).await.map_err(refused)?;
            self.services.commit(tx).await?;
        }
        Ok(())
    }

    /// Records a project as a version of the song's mix, with its audio as files of the studio; or says why it cannot be one, and keeps nothing.
    async fn take_project_over(
        &self,
        session: &daw_session::Model,
        project: PathBuf,
        into: &Path,
        attempt: &Attempt,
    ) -> Result<Result<(), String>, JobError> {
        let task = Task::TakeOver { project, into: into.to_owned() };
        let taken: TakenOver = match self.listen(task, limits::STEMS, attempt).await {
            Ok(taken) => taken,
            Err(Unheard::Refused(why)) => return Ok(Err(why)),
            Err(Unheard::Job(failure)) => return Err(failure),
        };
        let mut files = Vec::with_capacity(taken.files.len());
        for file in taken.files {
            files.push((file.name.clone(), self.store(file, into).await?));
        }
        let ctx = self.ctx();
        let tx = self.services.begin().await?;
        let mut sources = Vec::with_capacity(files.len());
        for (name, file) in files {
            let file = add_rendered_asset(&tx, &ctx, session.studio_id, file).await.map_err(refused)?;
            sources.push((name, file.id));
        }
        let project = Project { document: taken.document, sources, fidelity: taken.fidelity };
        match record_project(&tx, &ctx, self.services.mixes.as_ref(), session.id, project).await {
            Ok(()) => {
                self.services.commit(tx).await?;
                Ok(Ok(()))
            }
            Err(refusal) if !refusal.explain().kind.is_ours() => {
                tx.rollback().await?;
                Ok(Err(refusal.to_string()))
            }
            Err(failure) => Err(refused(failure)),
        }
    }

    /// Stores a file that came with a project. A listener has been with a stranger's file: what it names is looked for in its own folder alone.
    async fn store(&self, file: TakenOverFile, folder: &Path) -> Result<RenderedFile, JobError> {
        let named = Path::new(&file.name);
        if !named.components().all(|part| matches!(part, Component::Normal(_))) {
            return Err(JobError::lasting("a file of the project would lie outside of its folder"));
        }
        let stored = self.services.files.put_file(&folder.join(named)).await?;
        Ok(RenderedFile {
            kind: AssetKind::Stem,
            file_name: named.file_name().map_or_else(|| "audio".to_owned(), |name| name.to_string_lossy().into_owned()),
            media_type: file.inspected.facts.spec.format.media_type().to_owned(),
            stored,
            facts: Some(facts(&file.inspected)),
        })
    }

    /// Records what is inside a session; or says why it cannot be read.
    async fn list_contents(
        &self,
        id: DawSessionId,
        file: PathBuf,
        attempt: &Attempt,
    ) -> Result<Result<(), String>, JobError> {
        let found: SessionInventory = match self.listen(Task::ReadSession { file }, limits::STEMS, attempt).await {
            Ok(found) => found,
            Err(Unheard::Refused(why)) => return Ok(Err(why)),
            Err(Unheard::Job(failure)) => return Err(failure),
        };
        let tx = self.services.begin().await?;
        record_inventory(&tx, &self.ctx(), id, found).await.map_err(refused)?;
        self.services.commit(tx).await?;
        Ok(Ok(()))
    }
}
