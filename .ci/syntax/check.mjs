// Parses PowerShell scripts with tree-sitter and names every place that it cannot parse, as file:line:column.
//
//   node check.mjs FILE...     exit 0: all parse, 1: at least one does not, 2: bad use
//
// The two packages are taken from the folder that SYNTAX_MODULES names, so that nothing is installed into the
// checkout. The grammar is a floor and no proof: it passes some broken scripts. The Go reader in
// internal/cmdlet and, where there is one, a PowerShell engine look closer.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

// Good code that this version of the grammar refuses, each with its reason: { file: RegExp, text: RegExp, reason: string }.
// A file matches by its path, a place by its first line. An entry that nothing matches is an error.
const known = [];

const files = process.argv.slice(2);
const modules = process.env.SYNTAX_MODULES;
if (files.length === 0 || !modules) {
  console.error("usage: SYNTAX_MODULES=FOLDER node check.mjs FILE...");
  process.exit(2);
}

const require = createRequire(join(modules, "any.js"));
const { Parser, Language } = await import(pathToFileURL(require.resolve("web-tree-sitter")).href);
await Parser.init();
const parser = new Parser();
parser.setLanguage(await Language.load(require.resolve("tree-sitter-powershell/tree-sitter-powershell.wasm")));

let refused = 0;
const used = new Set();
for (const file of files) {
  const text = (await readFile(file, "utf8")).replace(/^\ufeff/, "");
  for (const node of faults(parser.parse(text).rootNode)) {
    const line = text.split(/\r\n|\r|\n/)[node.startPosition.row] ?? "";
    const excuse = known.find((k) => k.file.test(file) && k.text.test(line));
    if (excuse) {
      used.add(excuse);
      continue;
    }
    refused++;
    const what = node.isMissing ? `${node.type} is missing` : "cannot be parsed";
    console.log(`${file}:${node.startPosition.row + 1}:${node.startPosition.column + 1}: ${what}: ${line.trim()}`);
  }
}
for (const excuse of known.filter((k) => !used.has(k))) {
  refused++;
  console.log(`check.mjs: nothing needs the exception "${excuse.reason}" any more`);
}
console.log(`${files.length} scripts parsed, ${refused} places refused`);
process.exit(refused > 0 ? 1 : 0);

// faults yields the outermost places that the parser gave up on or where it had to invent something.
function* faults(node) {
  if (node.isError || node.isMissing) {
    yield node;
  } else if (node.hasError) {
    for (const child of node.children) {
      yield* faults(child);
    }
  }
}
