// Making elements: labels only ever become text, never markup.

const SVG = 'http://www.w3.org/2000/svg';

function element(tag, className, content) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  for (const item of content === undefined ? [] : [].concat(content)) {
    if (item !== null) made.append(item);
  }
  return made;
}

function drawn(tag, attributes) {
  const made = document.createElementNS(SVG, tag);
  for (const name in attributes || {}) made.setAttribute(name, attributes[name]);
  return made;
}

// Media glyphs are missing in many fonts, so the icons are paths.
const ICONS = {
  first: 'M4 3v10M13 3 6.5 8l6.5 5z',
  previous: 'M11.5 3 5 8l6.5 5z',
  play: 'M5 2.8 13 8l-8 5.2z',
  pause: 'M5 3v10M11 3v10',
  next: 'M4.5 3 11 8l-6.5 5z',
  last: 'M12 3v10M3 3l6.5 5L3 13z',
  search: 'M7 2.8a4.2 4.2 0 1 0 0 8.4 4.2 4.2 0 0 0 0-8.4M10.2 10.2 13.5 13.5',
  fit: 'M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  close: 'M4 4l8 8M12 4l-8 8',
};

function icon(name) {
  const picture = drawn('svg', {
    viewBox: '0 0 16 16',
    width: 16,
    height: 16,
    'aria-hidden': 'true',
    class: 'icon',
  });
  picture.append(drawn('path', { d: ICONS[name] }));
  return picture;
}

function iconButton(name, label, hint, act) {
  const button = element('button', 'tool', icon(name));
  button.type = 'button';
  button.setAttribute('aria-label', label);
  button.title = hint || label;
  button.dataset.act = name;
  button.addEventListener('click', act);
  return button;
}

// Only what has changed is written: a big graph has hundreds of texts.
function write(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

function switchClass(target, name, on) {
  if (target.classList.contains(name) !== on) target.classList.toggle(name, on);
}
