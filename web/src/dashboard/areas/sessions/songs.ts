import type { OneSessionQuery, SessionProjectQuery } from "$generated/dashboard/areas/sessions/sessions";

export interface Song {
  id: string;
  title: string;
}
type Session = Pick<NonNullable<OneSessionQuery["studioSession"]>, "takes" | "credits" | "samples">;
type Project = Pick<NonNullable<SessionProjectQuery["project"]>, "songs">;

/** The songs of which something is logged by name, in the order in which they came up; what is logged of all songs is of them. */
export function workedOn(session: Session): Song[] {
  const songs = new Map<string, Song>();
  for (const { songId, songTitle } of [...session.takes, ...session.credits, ...session.samples])
    if (songId && !songs.has(songId)) songs.set(songId, { id: songId, title: songTitle ?? "" });
  return [...songs.values()];
}

/** The songs of which something can be logged: those of the project, and those of others that are logged already. */
export function songsOf(session: Session, project: Project | null | undefined): Song[] {
  const own = (project?.songs ?? []).map(({ id, title }) => ({ id, title }));
  return [...own, ...workedOn(session).filter(({ id }) => !own.some((song) => song.id === id))];
}
