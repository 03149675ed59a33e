// Starts and ends Runboard servers for the tests.

import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** The debug server, built by `make test`. */
const program = process.env.RUNBOARD_BIN || join(process.env.CARGO_TARGET_DIR || join(root, "target"), "debug/runboard");

/** The pages, if not those of the debug build. */
const site = process.env.RUNBOARD_SITE ? { LEPTOS_SITE_ROOT: process.env.RUNBOARD_SITE } : {};

/** Only what every program needs: no provider's key and no setting of the one who runs the tests. */
const environment = { PATH: process.env.PATH, HOME: process.env.HOME, TZ: "UTC", RUST_LOG: "info", ...site };

/** A server of one's own: free port, temporary data. */
export class Server {
  private process?: ChildProcess;
  private output = "";
  private address = "127.0.0.1:0";

  private constructor(
    private readonly dataDir: string,
    private readonly settings: Record<string, string>,
  ) {}

  /** Starts one with further environment variables. */
  static async start(settings: Record<string, string> = {}): Promise<Server> {
    if (!existsSync(program)) {
      throw new Error(`there is no ${program}: build it with \`make test\`, or name another with RUNBOARD_BIN`);
    }
    const server = new Server(await mkdtemp(join(tmpdir(), "runboard-end2end-")), settings);
    await server.up();
    return server;
  }

  get url(): string {
    return `http://${this.address}`;
  }

  get log(): string {
    return this.output;
  }

  /** Ends it without warning, as a power cut would. */
  async kill(): Promise<void> {
    await this.end("SIGKILL");
  }

  /** Starts it; again, on the same address with the same data. */
  async up(): Promise<void> {
    const env = { ...environment, ...this.settings };
    const started = spawn(program, ["--addr", this.address, "--data-dir", this.dataDir], { cwd: root, env });
    this.process = started;
    this.address = await new Promise<string>((resolve, reject) => {
      const hear = (chunk: Buffer) => {
        this.output += chunk.toString();
        const found = /^Runboard is at http:\/\/(\S+)$/m.exec(this.output.slice(seen));
        if (found?.[1]) resolve(found[1]);
      };
      const seen = this.output.length;
      started.stdout.on("data", hear);
      started.stderr.on("data", hear);
      started.once("error", reject);
      started.once("exit", (code) => reject(new Error(`the server ended with ${code}:\n${this.output}`)));
    });
  }

  async close(): Promise<void> {
    await this.end("SIGTERM");
    await rm(this.dataDir, { recursive: true, force: true });
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const running = this.process;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const ended = new Promise((resolve) => running.once("exit", resolve));
    running.kill(signal);
    await ended;
  }
}
