/**
 * The program under test: a server of its own on a free port, with a folder that is thrown away, and nothing but defaults; or the installation that is named,
 * of however many processes.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, mkdtempSync, openSync, rmSync, statSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";

/** How long the program may take to begin, its database included. */
const BEGINS_WITHIN_MS = 60_000;
/** How long it may take to let go of what it does once it is told to end. */
const ENDS_WITHIN_MS = 10_000;

export interface Running {
  base: string;
  folder: string;
  /** Ends what was started here, and takes its folder away. */
  stop: () => Promise<void>;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The program that a variable names, by its whole path; none if it names none. */
function named(variable: string): string | undefined {
  const name = process.env[variable];
  if (!name) return undefined;
  if (!isProgram(name)) throw new Error(`${variable} names ${name}, which is no program`);
  return resolve(name);
}

/** The `ledgerline` that is tried: the one that is named, else what cargo has built in this house. */
function program(): string {
  const own = named("LEDGERLINE_TEST_PROGRAM");
  if (own) return own;
  const house = resolve(import.meta.dirname, "../../..");
  const built = join(resolve(house, process.env.CARGO_TARGET_DIR ?? "target"), "debug/ledgerline");
  if (isProgram(built)) return built;
  throw new Error("build the program first (cargo build), or name one in LEDGERLINE_TEST_PROGRAM");
}

/** The browser that it is tried in: the one that is named, else `chromium` on the path. */
export function chromium(): string {
  const own = named("LEDGERLINE_TEST_CHROMIUM");
  if (own) return own;
  const folders = (process.env.PATH ?? "").split(delimiter);
  const found = folders.map((folder) => join(folder, "chromium")).find(isProgram);
  if (!found) throw new Error("install chromium, or name one in LEDGERLINE_TEST_CHROMIUM");
  return found;
}

/** What the browser is started with: as root it runs without a sandbox of its own, and it asks nobody anything that the pages do not ask. */
export const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--autoplay-policy=no-user-gesture-required",
];

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** What the program sees of this environment: none of its own settings. */
function withoutSettings(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("LEDGERLINE_")));
}

async function answers(base: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + BEGINS_WITHIN_MS;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the program ended with ${child.exitCode}; see its log`);
    const answer = await fetch(`${base}/verify`).catch(() => null);
    if (answer?.ok) return;
    if (Date.now() > deadline) throw new Error("the program does not answer; see its log");
    await new Promise((go) => setTimeout(go, 50));
  }
}

/** What others have started and will end, if it is named: where its pages are, and the folder with its log. */
function started(): Running | undefined {
  const { LEDGERLINE_TEST_SERVER: base, LEDGERLINE_TEST_FOLDER: folder } = process.env;
  if (!base || !folder) return undefined;
  return { base, folder, stop: () => Promise.resolve() };
}

/** Starts the program, unless one is named that was, and comes back once it answers. */
export async function start(): Promise<Running> {
  const others = started();
  if (others) return others;
  const folder = mkdtempSync(join(tmpdir(), "ledgerline-browser-"));
  const address = `127.0.0.1:${await freePort()}`;
  const log = openSync(join(folder, "server.log"), "a");
  const child = spawn(program(), ["serve", "--listen", address, "--data", join(folder, "data")], {
    cwd: folder,
    // Whoever enters something without a browser says where from; see `ask`.
    env: { ...withoutSettings(), LEDGERLINE_TRUST_FORWARDED_HEADERS: "true" },
    stdio: ["ignore", "ignore", log],
  });
  const base = `http://${address}`;
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      const stubborn = setTimeout(() => child.kill("SIGKILL"), ENDS_WITHIN_MS);
      await gone;
      clearTimeout(stubborn);
    }
    rmSync(folder, { recursive: true, force: true });
  };
  await answers(base, child).catch(async (cause: unknown) => {
    await stop();
    throw cause;
  });
  return { base, folder, stop };
}
