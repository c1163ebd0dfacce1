import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

// A home folder for the whole run, so that no test can write into a person's own records. It is put into this process
// too, and from there into every program that a test starts.
const home = mkdtempSync(join(tmpdir(), "threshold-home-"));
process.once("exit", () => rmSync(home, { recursive: true, force: true }));

const env = {
  HOME: home,
  USERPROFILE: home,
  XDG_DATA_HOME: join(home, "data"),
  LOCALAPPDATA: join(home, "local"),
};
Object.assign(process.env, env);
delete process.env["THRESHOLD_DATA"];
// What an `npm test` leaves behind would change the hints that commands give.
for (const name of Object.keys(process.env)) if (name.startsWith("npm_lifecycle_")) delete process.env[name];

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**", ".dist-*/**"],
    env,
    pool: "forks",
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
});
