// What the keys do, and what the picture's colours and shapes mean.

function addHelp(app, svg) {
  const help = element('div', 'help');
  const keys = [
    ['\u2192 \u2190', 'one step on, one step back'],
    ['] [', 'by whole operations'],
    ['Home End', 'first, last'],
    ['Space', 'play or pause'],
    ['/', 'find a name'],
    ['+ \u2212 0', 'zoom in, out, fit; Ctrl and wheel zoom too'],
    ['click', 'a node: its value and where its gradient comes from'],
    ['Shift + click', 'a second node: all paths between the two'],
    ['Esc', 'follow the steps again'],
  ];
  const list = element('dl', 'keys');
  for (const [key, words] of keys)
    list.append(element('dt', '', element('kbd', '', key)), element('dd', '', words));
  help.append(list);
  const legend = legendIn(svg);
  if (legend) {
    legend.remove();
    help.append(legendOf(legend));
  }
  app.addTab('help', 'Help', help);
}

// The group beside the drawing: it would only take room from the picture while that is live.
function legendIn(svg) {
  const box = svg.querySelector('[data-box]');
  return (box && [...svg.children].find((part) => part.tagName === 'g' && !part.contains(box))) || null;
}

// The picture's own legend, one entry a line.
function legendOf(legend) {
  const entries = [...legend.children];
  const picture = drawn('svg', {
    class: 'glassgrad-graph legend',
    width: 300,
    height: 24 * entries.length + 10,
    role: 'img',
    'aria-label': 'legend',
  });
  entries.forEach((entry, place) => {
    entry.setAttribute('transform', 'translate(4 ' + (24 * place + 16) + ')');
    picture.append(entry);
  });
  return picture;
}
