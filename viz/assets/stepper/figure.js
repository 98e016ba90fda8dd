// The still picture taken apart: its boxes, rows, lines and pills, found once.

function readSvg(root) {
  const still = root.querySelector('.view img');
  const bytes = Uint8Array.from(atob(still.src.split(',')[1]), (character) => character.charCodeAt(0));
  return new TextDecoder().decode(bytes);
}

function parseSvg(text) {
  const svg = document.importNode(
    new DOMParser().parseFromString(text, 'image/svg+xml').documentElement,
    true,
  );
  // A style sheet inside inline SVG would reach the whole page; the stepper brings its own copy of it.
  svg.querySelectorAll('style').forEach((style) => style.remove());
  return svg;
}

// Finds everything that changes, once, so that a step touches only what it must.
function mountFigure(app, svg, view) {
  const layout = app.model.views[view];
  const boxes = [];
  svg.querySelectorAll('[data-box]').forEach((group) => {
    const index = Number(group.dataset.box);
    const frame = group.querySelector('.frame');
    const at = (name) => Number(frame.getAttribute(name));
    const box = {
      group,
      node: layout.exits[index],
      nodes: layout.boxes[index],
      scope: layout.scopes[index] || '',
      x: at('x'),
      y: at('y'),
      width: at('width'),
      height: at('height'),
      rows: {},
      arriving: 0,
    };
    group.querySelectorAll('[data-row]').forEach((text) => {
      box.rows[text.dataset.row] = {
        text,
        caption: text.previousElementSibling,
        words: text.textContent,
        tone: text.getAttribute('class'),
      };
    });
    group.querySelectorAll('[data-heat]').forEach((image) => {
      box[image.dataset.heat + 'Heat'] = image;
    });
    box.badges = [...group.querySelectorAll('.badge')];
    // The still picture's tooltip tells the end of the story; the panel beside it tells more.
    const title = group.querySelector(':scope > title');
    if (title) title.remove();
    boxes[index] = box;
  });
  const links = [];
  svg.querySelectorAll('.link[data-link]').forEach((group) => {
    const index = Number(group.dataset.link);
    links[index] = {
      group,
      line: group.querySelector('.line'),
      tip: group.querySelector('.tip'),
      pill: null,
      edges: layout.links[index],
      kind: group.querySelector('.line').classList.contains('constant') ? 'constant' : '',
    };
  });
  svg.querySelectorAll('.pill[data-link]').forEach((group) => {
    links[Number(group.dataset.link)].pill = {
      group,
      rect: group.querySelector('rect'),
      text: group.querySelector(':scope > text'),
      badges: [...group.querySelectorAll('.badge')],
    };
    const title = group.querySelector(':scope > title');
    if (title) title.remove();
  });
  const boxOf = {};
  boxes.forEach((box, index) =>
    box.nodes.forEach((node) => {
      boxOf[node] = index;
    }),
  );
  const linkOf = {};
  links.forEach((link, index) => {
    link.edges.forEach((edge) => {
      linkOf[edge] = index;
    });
    const [source, target] = app.model.edges[link.edges[0]];
    link.source = boxes[boxOf[source]];
    link.target = boxes[boxOf[target]];
    link.target.arriving += 1;
  });
  const drawing = (boxes.find(Boolean) || { group: svg }).group.parentNode;
  const halo = drawn('g', { class: 'halos' });
  const callout = drawn('g', { class: 'callout', visibility: 'hidden' });
  callout.append(drawn('path'), drawn('rect', { rx: 12 }), drawn('text', { 'text-anchor': 'middle' }));
  const pulse = drawn('circle', { class: 'pulse', r: 6, visibility: 'hidden' });
  drawing.insertBefore(halo, drawing.firstChild);
  drawing.append(pulse, callout);
  return { svg, drawing, boxes, links, boxOf, linkOf, halo, callout, pulse };
}
