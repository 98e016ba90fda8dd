// The graph computed again from other numbers: forward in order, then the chain rule backward.

// Make a machine of the program that Python wrote; its functions come as source.
function machineOf(program) {
  const names = Object.keys(primitives);
  const build = new Function("rows", ...names, '"use strict";\n' + program.source);
  const functions = build(rows, ...names.map((name) => primitives[name]));
  const start = new Map(program.given.map(([index, plain]) => [index, asNumber(plain)]));
  return { program, functions, start };
}

// The flat inputs of an op as it takes them: numbers, or rows of them.
function grouped(sizes, inputs) {
  if (!sizes.length) return inputs;
  let from = 0;
  return sizes.map((size) => {
    if (size === null) return inputs[from++];
    from += size;
    return inputs.slice(from - size, from);
  });
}

// Python refuses finite numbers outside an op's domain; the page shows nan and says why.
function outsideDomain(made, inputs) {
  if (!inputs.every(Number.isFinite)) return -1;
  return made.domain.findIndex((contains, k) => contains !== null && !contains(inputs[k]));
}

function slopesAt(made, sizes, out, groups) {
  if (!sizes.length) return made.slopes.map((slope) => (slope === null ? null : Number(slope(out, ...groups))));
  return made.slopes.flatMap((slope, k) => {
    const sent = slope === null ? null : slope(out, ...groups);
    return sizes[k] === null ? [sent] : Array.from({ length: sizes[k] }, (_, i) => elementAt(sent, i));
  });
}

// Values of all nodes, and per edge the local derivative (left out when only values are wanted).
function runForward(machine, given, valuesOnly) {
  const { program, functions, start } = machine;
  const values = new Array(program.size).fill(null);
  const locals = [];
  const problems = [];
  start.forEach((number, index) => { values[index] = given.has(index) ? given.get(index) : number; });
  for (const [node, place, sources] of program.code) {
    const { sizes, needed, op } = program.functions[place];
    const made = functions[place];
    const inputs = sources.map((index) => values[index]);
    const groups = grouped(sizes, inputs);
    const wrong = sizes.length ? -1 : outsideDomain(made, inputs);
    values[node] = wrong < 0 ? Number(made.value(...groups)) : NaN;
    if (wrong >= 0) problems.push({ node, op, source: sources[wrong], needed: needed[wrong] });
    if (!valuesOnly) locals.push(...slopesAt(made, sizes, values[node], groups));
  }
  return { values, locals, problems };
}

// One chain-rule contribution per edge, the last node first; null where no gradient comes.
function runBackward(program, locals) {
  const grads = new Array(program.size).fill(null);
  const sent = new Array(locals.length).fill(null);
  program.roots.forEach((root) => { grads[root] = (grads[root] === null ? 0 : grads[root]) + 1; });
  let edge = locals.length;
  for (let k = program.code.length - 1; k >= 0; k -= 1) {
    const [node, , sources] = program.code[k];
    edge -= sources.length;
    if (grads[node] === null) continue;
    sources.forEach((source, slot) => {
      if (!program.passes[edge + slot]) return;
      const contribution = grads[node] * locals[edge + slot];
      sent[edge + slot] = contribution;
      grads[source] = grads[source] === null ? contribution : grads[source] + contribution;
    });
  }
  return { grads, sent };
}

// Both passes. `given` is a Map from index to number; what is not in it keeps its own number.
function recompute(machine, given) {
  const { values, locals, problems } = runForward(machine, given, false);
  const passing = locals.map((local, edge) => (machine.program.passes[edge] ? local : null));
  return { values, locals: passing, problems, ...runBackward(machine.program, passing) };
}

// The sum of the results, which is what the gradients belong to.
function resultOf(machine, given) {
  const { values } = runForward(machine, given, true);
  return machine.program.roots.reduce((total, root) => total + values[root], 0);
}

// One machine for all panels of a page; null where the graph cannot be computed here.
function machineFor(app) {
  const program = (app.model.extras || {}).whatif;
  if (app.machine === undefined) app.machine = program && !program.reason ? machineOf(program) : null;
  return app.machine;
}

// The leaves as people look for them: many are sorted by name, elements of arrays stand in order.
function leavesInOrder(machine, names) {
  const leaves = machine.program.leaves.slice();
  if (leaves.length <= 30 || machine.program.cells) return leaves;
  return leaves.sort((a, b) => names.get(a).localeCompare(names.get(b), 'en', { numeric: true }));
}

// Names of the numbers: those of the nodes, or of the elements of arrays.
function namesFor(app, machine) {
  const { cells } = machine.program;
  return cells ? new Map(cells.names) : new Map(app.model.nodes.map((node, index) => [index, node.name]));
}

// The node in the picture that a number belongs to, and what to call the number.
function ownerOf({ app, machine }, index) {
  const { cells } = machine.program;
  if (!cells) return index;
  const node = cells.nodes.findIndex((places) => places.includes(index));
  if (node >= 0) return node;
  const read = cells.edges.find(([, places]) => places.includes(index));
  return read ? app.model.edges[read[0]][0] : app.model.roots[0];
}
