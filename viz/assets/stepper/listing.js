// The user's own lines beside the picture, marked as the passes go through them.

function buildListing(app) {
  const { source } = app.model;
  if (!source || !source.length) return null;
  const box = element('div', 'listing');
  const code = element('div', 'code');
  code.tabIndex = 0;
  code.setAttribute('role', 'region');
  code.setAttribute('aria-label', 'source lines');
  const lines = source.map((file, excerpt) => {
    const rows = {};
    const before = source[excerpt - 1];
    code.append(
      before && before.file === file.file
        ? element('div', 'gap', '\u22ef')
        : element('div', 'file', file.file),
    );
    file.lines.forEach((text, place) => {
      const row = element('div', 'row', [
        element('span', 'at', String(file.first + place)),
        element('span', 'words', text),
      ]);
      rows[file.first + place] = row;
      code.append(row);
    });
    return rows;
  });
  box.append(code);
  const rowOf = (node) => {
    const { line } = app.model.nodes[node];
    return line && lines[line[0]] ? lines[line[0]][line[1]] : null;
  };
  app.model.nodes.forEach((node, index) => {
    const row = rowOf(index);
    if (row && !row.dataset.node) {
      row.dataset.node = index;
      row.addEventListener('click', () => app.find(index));
    }
  });
  app.on('step', () => {
    code.querySelectorAll('.row').forEach((row) => row.classList.remove('now', 'done'));
    const step = app.step();
    const backward = step && step.phase !== 'forward';
    app.model.nodes.forEach((node, index) => {
      const row = node.op && rowOf(index);
      if (row && (backward ? app.stand.passed[index] : app.stand.known[index])) row.classList.add('done');
    });
    if (!step) return;
    const row = rowOf(app.readerOf(step) ?? step.node);
    if (!row) return;
    row.classList.add('now');
    const top = row.offsetTop - code.offsetTop;
    if (top < code.scrollTop || top + row.offsetHeight > code.scrollTop + code.clientHeight)
      code.scrollTop = top - code.clientHeight / 2;
  });
  return box;
}
