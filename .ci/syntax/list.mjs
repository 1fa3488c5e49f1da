// Lists with tree-sitter what PowerShell scripts are made of: what is wrong with the text, functions, commands and
// classes. Where there is an engine, its own parser makes the same list (list.ps1 of the rehearsal).
//
//   node list.mjs FILE...     prints a JSON array with one list a file
//
// The packages are taken from the folder that SYNTAX_MODULES names, so that nothing is installed into the checkout.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(join(process.env.SYNTAX_MODULES, "any.js"));
const { Parser, Language } = await import(pathToFileURL(require.resolve("web-tree-sitter")).href);
await Parser.init();
const parser = new Parser();
parser.setLanguage(await Language.load(require.resolve("tree-sitter-powershell/tree-sitter-powershell.wasm")));

const lists = [];
for (const file of process.argv.slice(2)) {
  const tree = parser.parse((await readFile(file, "utf8")).replace(/^\ufeff/, ""));
  lists.push(list(tree.rootNode));
  tree.delete();
}
console.log(JSON.stringify(lists));

function list(root) {
  const newer = ["pipeline_chain_tail", "class_statement", "enum_statement"];
  return {
    problems: [
      ...[...faults(root)].map((node) => ({ ...place(node), message: node.isMissing ? `does not parse: ${node.type} is missing` : "does not parse" })),
      // The grammar passes over the rest of the line after --%, whatever commands it holds.
      ...root.descendantsOfType("stop_parsing").map((node) => ({ ...place(node), message: "hides the rest of the line" })),
      ...root.descendantsOfType(newer).map((node) => ({ ...place(node), message: "does not parse in Windows PowerShell 3.0" })),
    ],
    functions: root.descendantsOfType("function_statement").map(functionEntry),
    commands: root.descendantsOfType("command").map(commandEntry),
    classes: root.descendantsOfType("type_literal").map(classEntry),
  };
}

function place(node) {
  return { line: node.startPosition.row + 1, column: node.startPosition.column + 1 };
}

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

function child(node, type) {
  return node?.namedChildren.find((c) => c.type === type);
}

function functionEntry(node) {
  const block = child(child(node, "script_block"), "param_block");
  const list = child(block ?? child(node, "function_parameter_declaration"), "parameter_list");
  const parameters = (list?.namedChildren ?? []).filter((c) => c.type === "script_parameter");
  const binding = attributes(block).filter((a) => a.name === "cmdletbinding");
  return {
    name: child(node, "function_name").text.replace(/^(global|script|local|private):/i, ""),
    advanced: binding.length > 0 || parameters.some((p) => attributes(p).some((a) => a.name === "parameter")),
    shouldProcess: sets(binding, "SupportsShouldProcess"),
    parameters: parameters.map(parameterEntry),
  };
}

function parameterEntry(node) {
  const all = attributes(node);
  const marks = all.filter((a) => a.name === "parameter");
  return {
    name: variableName(child(node, "variable")),
    switch: /^(system\.management\.automation\.)?switch(parameter)?$/.test(typeOf(node)),
    required: sets(marks, "Mandatory"),
    pipeline: sets(marks, "ValueFromPipeline(ByPropertyName)?") ? "True" : "",
    aliases: all.filter((a) => a.name === "alias").flatMap((a) => a.arguments.map((text) => text.slice(1, -1))),
  };
}

// attributes are the attributes of a parameter or a param block, each with its arguments as written.
function attributes(node) {
  return (child(node, "attribute_list")?.namedChildren ?? []).flatMap((attribute) => {
    const name = child(attribute, "attribute_name");
    return name ? [{ name: name.text.toLowerCase(), arguments: (child(attribute, "attribute_arguments")?.namedChildren ?? []).map((a) => a.text) }] : [];
  });
}

// sets is true for [Parameter(Mandatory)] and [Parameter(Mandatory = $true)].
function sets(marks, argument) {
  const set = new RegExp(`^${argument}\\s*(=(?!\\s*\\$false)|$)`, "i");
  return marks.some((mark) => mark.arguments.some((text) => set.test(text)));
}

function typeOf(parameter) {
  const types = (child(parameter, "attribute_list")?.namedChildren ?? []).map((a) => child(a, "type_literal")).filter(Boolean);
  return types.length > 0 ? types[0].text.slice(1, -1).trim().toLowerCase() : "";
}

function variableName(node) {
  return node.text.replace(/^\$\{?|\}$/g, "");
}

function commandEntry(node) {
  const name = node.namedChildren.find((c) => c.type === "command_name" || c.type === "command_name_expr");
  const first = plain(name);
  const known = constant(first);
  const block = first.type === "script_block_expression";
  return {
    ...place(node),
    kind: known !== null ? "named" : block || isScriptBlockParameter(first) ? "block" : "dynamic",
    name: known ?? (block ? "" : name.text),
    piped: isPiped(node),
    elements: elements(child(node, "command_elements")),
  };
}

function isPiped(node) {
  let before = node.previousSibling;
  while (before?.type === "comment") {
    before = before.previousSibling;
  }
  return before?.type === "|";
}

function elements(list) {
  const found = [];
  let end = -1; // where the element before ended
  let colon = false; // after -Name:
  for (const node of list?.namedChildren ?? []) {
    const last = found.at(-1);
    if (node.type === "command_argument_sep") {
      colon ||= node.text.startsWith(":");
      continue;
    }
    if (node.type === "redirection" || (node.type === "generic_token" && /^[\d*]?>/.test(node.text))) {
      continue;
    }
    if (node.type === "command_parameter") {
      found.push({ kind: "parameter", name: node.text.slice(1), attached: false, value: null });
    } else if (colon && last?.kind === "parameter") {
      last.attached = true;
      last.value = constant(node);
    } else if (last?.kind === "argument" && end === node.startIndex) {
      last.value = null; // goes on the word before
    } else {
      found.push(/^@\w/.test(node.text) ? { kind: "splat", name: node.text.slice(1) } : { kind: "argument", value: constant(node) });
    }
    colon = false;
    end = node.endIndex;
  }
  return found;
}

// plain passes the levels of the grammar that stand for nothing in the text.
function plain(node) {
  while (node.childCount === 1 && node.namedChildCount === 1 && node.type !== "expandable_string_literal") {
    node = node.firstNamedChild;
  }
  return node;
}

// constant is the text of a constant; null for what only a run can tell.
function constant(node) {
  const { type, text } = plain(node);
  switch (type) {
    case "verbatim_string_characters":
      return text.slice(1, -1).replaceAll("''", "'");
    case "expandable_string_literal":
      // An escaped dollar sign, backtick or quotation mark stands for itself.
      return /[$`]|""/.test(text.replace(/`[$`"]/g, "")) ? null : text.slice(1, -1).replace(/`([$`"])/g, "$1");
    case "generic_token":
    case "command_name":
    case "path_command_name_token":
      return /[$`"'(]/.test(text) ? null : text;
    case "decimal_integer_literal":
    case "hexadecimal_integer_literal":
    case "real_literal":
      return text;
  }
  return null;
}

// isScriptBlockParameter is true for the $Change of "& $Change" in a function that declares [scriptblock]$Change.
function isScriptBlockParameter(node) {
  if (node.type !== "variable") {
    return false;
  }
  const name = variableName(node).toLowerCase();
  for (let block = node.parent; block; block = block.parent) {
    const list = child(child(block, "param_block"), "parameter_list");
    const parameter = list?.namedChildren.find((p) => p.type === "script_parameter" && variableName(child(p, "variable")).toLowerCase() === name);
    if (parameter) {
      return typeOf(parameter) === "scriptblock";
    }
  }
  return false;
}

// classEntry is a class, and the member of it that is read or called: [DateTime]::Now.
function classEntry(node) {
  const member = node.nextSibling?.type === "::" ? node.nextNamedSibling.text : "";
  return { ...place(node), name: node.text.slice(1, -1).trim(), member };
}
