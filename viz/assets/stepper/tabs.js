// The tabs beside the picture; plug-ins add their own.

function buildTabs(app) {
  const side = element('div', 'side');
  const list = element('div', 'tabs');
  list.setAttribute('role', 'tablist');
  list.setAttribute('aria-label', 'panels');
  const panels = element('div', 'panels');
  const tabs = {};
  const held = element('div', 'held', [list, panels]);
  side.append(held);
  side.held = held;
  app.openTab = (name) => {
    if (!tabs[name]) return;
    for (const other in tabs) {
      const open = other === name;
      tabs[other].tab.setAttribute('aria-selected', String(open));
      tabs[other].tab.tabIndex = open ? 0 : -1;
      tabs[other].panel.hidden = !open;
    }
    app.state.tab = name;
    const { offsetLeft, offsetWidth } = tabs[name].tab;
    const left = offsetLeft - list.offsetLeft;
    list.scrollLeft = Math.min(left, Math.max(list.scrollLeft, left + offsetWidth - list.clientWidth));
    app.emit('tab', name);
  };
  app.addTab = (name, title, content) => {
    const badge = element('span', 'badge');
    const tab = element('button', 'tab', [title, badge]);
    const panel = element('div', 'panel', content);
    tab.type = 'button';
    tab.setAttribute('role', 'tab');
    panel.setAttribute('role', 'tabpanel');
    panel.setAttribute('aria-label', title);
    panel.tabIndex = 0;
    panel.dataset.tab = name;
    tab.addEventListener('click', () => app.openTab(name));
    tabs[name] = { tab, panel };
    list.append(tab);
    panels.append(panel);
    panel.hidden = true;
    tab.tabIndex = -1;
    tab.setAttribute('aria-selected', 'false');
    if (Object.keys(tabs).length === 1) app.openTab(name);
    return { open: () => app.openTab(name), badge: (text) => write(badge, text) };
  };
  list.addEventListener('keydown', (event) => {
    const names = Object.keys(tabs);
    const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!move) return;
    event.preventDefault();
    const name = names[(names.indexOf(app.state.tab) + move + names.length) % names.length];
    app.openTab(name);
    tabs[name].tab.focus();
  });
  return side;
}
