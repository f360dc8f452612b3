import { signedFetch } from "$lib/api/client";
import { t as api } from "$lib/api/text";
import { Refusal, Trouble } from "$lib/api/trouble";

export type Version = "2.1" | "2.0";

/** What the server answers instead of a file. */
interface Problem {
  code: string;
  detail: string;
  field?: string;
  remedy?: string;
}

/** A session's notification for others, from the holder of a DDEX party identifier; what is refused of it is said by its field. */
export async function notification(session: string, dpid: string, version: Version): Promise<string> {
  const address = `/sessions/${encodeURIComponent(session)}/rin/${encodeURIComponent(dpid)}.xml?version=${version}`;
  const answer = await signedFetch(address).catch((cause: unknown) => {
    throw cause instanceof Trouble ? cause : new Trouble(api("offline"), "OFFLINE", api("offlineRemedy"));
  });
  if (answer.ok) return answer.text();
  const problem = (await answer.json().catch(() => null)) as Problem | null;
  if (!problem?.detail) throw new Trouble(api("broken"), `HTTP_${answer.status}`, api("brokenRemedy"));
  throw new Refusal([{ ...problem, message: problem.detail }]);
}
