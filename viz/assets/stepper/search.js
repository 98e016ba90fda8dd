// Finding a node by its name: type a part of it, Enter goes there.

function buildSearch(app) {
  const search = element('div', 'search');
  const field = element('input');
  Object.assign(field, {
    type: 'search',
    placeholder: 'find a name',
    spellcheck: false,
    autocomplete: 'off',
  });
  field.setAttribute('aria-label', 'find a node by its name');
  field.title = 'find a node by its name (/)';
  const hits = element('div', 'hits');
  hits.hidden = true;
  search.append(icon('search'), field, hits);
  const found = () => {
    const wanted = field.value.trim().toLowerCase();
    if (!wanted) return [];
    const names = app.model.nodes
      .map((node, index) => ({ index, name: node.name.toLowerCase() }))
      .filter((node) => app.model.nodes[node.index].kind !== 'constant');
    const starts = names.filter((node) => node.name.startsWith(wanted));
    return [...starts, ...names.filter((node) => node.name.includes(wanted) && !starts.includes(node))].slice(
      0,
      8,
    );
  };
  const choose = (index) => {
    field.value = '';
    hits.hidden = true;
    app.root.focus({ preventScroll: true });
    app.find(index);
  };
  field.addEventListener('input', () => {
    hits.replaceChildren(
      ...found().map(({ index }) => {
        const hit = element('button', 'hit', app.nameOf(index));
        hit.type = 'button';
        hit.addEventListener('click', () => choose(index));
        return hit;
      }),
    );
    if (field.value.trim() && !hits.childNodes.length) hits.append(element('span', 'none', 'no such name'));
    hits.hidden = !field.value.trim();
  });
  search.addEventListener('keydown', (event) => {
    const [first] = found();
    if (event.key === 'Enter' && event.target === field && first) choose(first.index);
    else if (event.key === 'Escape') {
      field.value = '';
      hits.hidden = true;
      app.root.focus({ preventScroll: true });
    } else return;
    event.preventDefault();
  });
  search.addEventListener('focusout', (event) => {
    if (!search.contains(event.relatedTarget)) hits.hidden = true;
  });
  app.keys['/'] = () => field.focus();
  // A name that was found is selected, and the story goes to the next step about it.
  app.find = (index) => {
    const steps = app.stepsOf(index);
    app.state.selected = [];
    app.select(index);
    app.openTab('node');
    app.stop();
    if (steps.length) app.goto(steps.find((k) => k > app.state.step) || steps[0]);
    else app.lookAt(index);
  };
  return search;
}
