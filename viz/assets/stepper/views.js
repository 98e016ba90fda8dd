// Other views of the same graph: scopes opened and closed. They travel packed, unpacked when wanted.

async function unpacked(packed) {
  const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Response(stream).text();
}

function buildViews(app, stage, firstText) {
  const { views } = app.model;
  const texts = [firstText];
  app.showView = async (index) => {
    if (index === app.state.view || index < 0) return;
    texts[index] = texts[index] || (await unpacked(views[index].svg));
    const svg = parseSvg(texts[index]);
    const legend = legendIn(svg);
    if (legend) legend.remove();
    app.showSvg(svg, index);
    app.emit('paint', app.state);
  };
  const go = (index) => {
    if (index >= 0) app.showView(index);
    return index >= 0;
  };
  app.openScope = (scope) => go(nearest(app, (other) => other.open.includes(scope)));
  app.closeScope = (scope) => go(nearest(app, (other) => other.scopes.includes(scope)));
  app.on('view', () => {
    app.figure.svg.querySelectorAll('[data-scope]').forEach((frame) => {
      frame.addEventListener('click', () => app.closeScope(frame.dataset.scope));
    });
  });
  if (views.length > 1) stage.prepend(buildChooser(app));
}

// Boxes and frames open and close by a click; this is the same for the keyboard.
function buildChooser(app) {
  const chooser = choice(
    'view',
    app.model.views.map((view, index) => [index, view.name]),
    0,
    (index) => app.showView(Number(index)),
  );
  const back = element('button', 'plain', 'Back to the overview');
  back.type = 'button';
  back.addEventListener('click', () => app.showView(0));
  app.on('view', (index) => {
    chooser.value = index;
    back.hidden = index === 0;
  });
  return element('div', 'looks', [
    chooser,
    back,
    element('span', 'hint', "click a stacked box to open it, a frame's title to close it"),
  ]);
}

// Of the views that fit, the one in which most stays as it is.
function nearest(app, fits) {
  const { views } = app.model;
  const now = views[app.state.view].open;
  const changes = (other) =>
    other.open.filter((scope) => !now.includes(scope)).length +
    now.filter((scope) => !other.open.includes(scope)).length;
  let best = -1;
  views.forEach((other, index) => {
    if (fits(other) && (best < 0 || changes(other) < changes(views[best]))) best = index;
  });
  return best;
}
