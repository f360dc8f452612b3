//! Comments with their replies and voice notes, as the page shows them.

use std::collections::HashMap;

use domain::{
    catalog::{
        self,
        entity::{AssetState, asset},
    },
    ids::{AssetId, CommentId, TypedId},
    report::StoreError,
    reviews::{entity::comment, queries::replies_of_comments},
    store::Db,
};

use super::super::marks::{Mark, mark, place_of};
use crate::pages::{texts::t, words};

/// The most comments that are drawn.
pub(super) const PLACED: u64 = 400;

/// A voice note.
#[derive(Default)]
pub(super) struct VoiceView {
    /// Where it is heard; empty if it is not, or not yet.
    pub(super) href: String,
    /// Why it is not heard; empty if it is, or there is none.
    pub(super) said: String,
}

/// A comment.
pub(super) struct CommentView {
    pub(super) id: String,
    /// `1:23` or `1:23–1:30`; empty if it is about all of the version.
    pub(super) place: String,
    /// The same in milliseconds, for the player.
    pub(super) from_ms: i64,
    pub(super) author: String,
    pub(super) words: String,
    pub(super) voice: VoiceView,
    pub(super) when: String,
    pub(super) is_settled: bool,
    pub(super) replies: Vec<ReplyView>,
}

/// A reply.
pub(super) struct ReplyView {
    pub(super) author: String,
    pub(super) words: String,
    pub(super) voice: VoiceView,
    pub(super) when: String,
}

/// The comments that are drawn. One that is on the page is led to there; another is led to on the page that begins with it.
pub(super) fn marks(placed: &[comment::Model], duration_ms: i64, on_page: &[comment::Model], here: &str) -> Vec<Mark> {
    let drawn = placed.iter().filter_map(|comment| {
        let is_here = on_page.iter().any(|other| other.id == comment.id);
        let base = if is_here { String::new() } else { format!("{here}&after={}", just_behind(comment.id)) };
        mark(comment, duration_ms, &base)
    });
    drawn.collect()
}

/// The id that stands before all that begins with a comment: pages go from newer to older, and begin behind an id.
fn just_behind(id: CommentId) -> CommentId {
    CommentId::from_uuid(uuid::Uuid::from_u128(id.uuid().as_u128().saturating_add(1)))
}

/// Comments with all that stands under them, loaded together.
pub(super) async fn comment_views(
    db: &Db,
    comments: Vec<comment::Model>,
    base: &str,
) -> Result<Vec<CommentView>, StoreError> {
    let ids: Vec<CommentId> = comments.iter().map(|comment| comment.id).collect();
    let mut replies = replies_of_comments(db, &ids).await?;
    let spoken: Vec<AssetId> =
        comments.iter().chain(replies.values().flatten()).filter_map(|said| said.voice_asset_id).collect();
    let voices = catalog::find_assets_by_ids(db, &spoken).await?;
    let reply = |reply: comment::Model| ReplyView {
        voice: voice(&reply, &voices, base),
        when: words::moment(reply.at),
        author: reply.author,
        words: reply.words.unwrap_or_default(),
    };
    let view = |comment: comment::Model| CommentView {
        id: comment.id.to_string(),
        place: place_of(&comment),
        from_ms: comment.from_ms.unwrap_or_default(),
        voice: voice(&comment, &voices, base),
        when: words::moment(comment.at),
        is_settled: comment.resolved_at.is_some(),
        replies: replies.remove(&comment.id).unwrap_or_default().into_iter().map(reply).collect(),
        author: comment.author,
        words: comment.words.unwrap_or_default(),
    };
    Ok(comments.into_iter().map(view).collect())
}

fn voice(said: &comment::Model, voices: &HashMap<AssetId, asset::Model>, base: &str) -> VoiceView {
    let Some(file) = said.voice_asset_id.and_then(|id| voices.get(&id)) else { return VoiceView::default() };
    match file.state {
        AssetState::Ready => VoiceView { href: format!("{base}/voice/{}", said.id), said: String::new() },
        AssetState::Checking => VoiceView { href: String::new(), said: t("review-voice-checking").into() },
        AssetState::Refused => {
            let why = file.refusal.clone().unwrap_or_else(|| t("review-voice-unread").into());
            VoiceView { href: String::new(), said: t("review-voice-refused").with("why", &why).into() }
        }
    }
}
