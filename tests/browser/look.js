// Measures every picture of the page as the browser has drawn it, and writes what is wrong into the page.
// `pictures`: name → text of the SVG; it is read as XML, as a browser reads the file itself.
'use strict';

function box(element) {
  const { left, top, right, bottom } = element.getBoundingClientRect();
  return { left, top, right, bottom };
}

const overlap = (a, b) => a.left + 0.5 < b.right && b.left + 0.5 < a.right && a.top + 0.5 < b.bottom && b.top + 0.5 < a.bottom;
const inside = (a, b) => a.left + 0.5 >= b.left && a.top + 0.5 >= b.top && a.right <= b.right + 0.5 && a.bottom <= b.bottom + 0.5;

function luminance(colour) {
  const parts = colour.match(/[\d.]+/g).slice(0, 3).map(Number).map((value) => {
    const share = value / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
}

function contrast(a, b) {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

// The letters' own height: the box of a text has the height of the font, with room above and below.
function letters(text) {
  const { left, top, right, bottom } = box(text);
  const spare = (bottom - top) * 0.15;
  return { left, right, top: top + spare, bottom: bottom - spare };
}

function look(name, svg, smallest) {
  const found = [];
  const whole = box(svg);
  const scale = (whole.right - whole.left) / svg.viewBox.baseVal.width;
  const cards = [...svg.querySelectorAll('.node')].map((node) => ({ id: node.dataset.node, node, box: box(node.querySelector('.card')) }));
  const frames = [...svg.querySelectorAll('[data-frame]')].map((frame) => ({ frame, box: box(frame.querySelector('rect')) }));
  if (cards.length === 0 || frames.length === 0) found.push('nothing is drawn');
  cards.forEach((card, index) => {
    if (!inside(card.box, whole)) found.push(`${card.id} is cut`);
    for (const other of cards.slice(0, index)) if (overlap(card.box, other.box)) found.push(`${card.id} overlaps ${other.id}`);
    const lines = [...card.node.querySelectorAll('text')];
    if (lines.length === 0) found.push(`${card.id} says nothing`);
    for (const line of lines) {
      if (!inside(letters(line), card.box)) found.push(`"${line.textContent}" does not fit its card`);
    }
    lines.slice(1).forEach((line, before) => {
      if (overlap(letters(line), letters(lines[before]))) found.push(`"${line.textContent}" overlaps the line above`);
    });
  });
  for (const { frame, box: around } of frames) {
    if (!inside(around, whole)) found.push(`a frame is cut: ${frame.getAttribute('aria-label')}`);
    for (const line of frame.querySelectorAll('text')) if (!inside(letters(line), around)) found.push(`"${line.textContent}" does not fit its frame`);
  }
  const free = [...svg.querySelectorAll('text')].filter((text) => !text.closest('.node'));
  free.forEach((text, index) => {
    const own = letters(text);
    if (!inside(own, whole)) found.push(`"${text.textContent}" is cut`);
    for (const card of cards) if (overlap(own, card.box)) found.push(`"${text.textContent}" lies on ${card.id}`);
    for (const other of free.slice(0, index)) if (overlap(own, letters(other))) found.push(`"${text.textContent}" overlaps "${other.textContent}"`);
  });
  const texts = free.map((text) => ({ text, box: letters(text) }));
  const matrix = svg.getScreenCTM();
  for (const edge of svg.querySelectorAll('.edge')) {
    const path = edge.querySelector('.wire');
    const of = (id) => cards.find((card) => card.id === id)?.box;
    const [from, to] = [of(edge.dataset.from), of(edge.dataset.to)];
    const said = `${edge.dataset.from} → ${edge.dataset.to}`;
    if (!from || !to) {
      found.push(`${said} leads nowhere`);
      continue;
    }
    const at = (length) => path.getPointAtLength(length).matrixTransform(matrix);
    const length = path.getTotalLength();
    const touches = (point, card) => point.x > card.left - 10 && point.x < card.right + 10 && point.y > card.top && point.y < card.bottom;
    if (!touches(at(0), from) || !touches(at(length), to)) found.push(`${said} does not end at its boxes`);
    for (let passed = 2; passed < length - 2; passed += 3) {
      const point = at(passed);
      const within = (card) => point.x > card.left + 1 && point.x < card.right - 1 && point.y > card.top + 1 && point.y < card.bottom - 1;
      const crossed = cards.find((card) => within(card.box));
      const covered = texts.find((text) => within(text.box));
      if (crossed) found.push(`${said} runs through ${crossed.id}`);
      if (covered) found.push(`${said} runs through "${covered.text.textContent}"`);
      if (crossed || covered) break;
    }
  }
  for (const text of svg.querySelectorAll('text')) {
    const size = parseFloat(getComputedStyle(text).fontSize) * scale;
    if (size < smallest - 0.01) found.push(`"${text.textContent}" has ${size.toFixed(2)} pixels`);
    const under = text.closest('.node')?.querySelector('.card') ?? text.closest('[data-frame]')?.querySelector('rect') ?? svg.querySelector('.ground');
    const seen = contrast(getComputedStyle(text).fill, getComputedStyle(under).fill);
    if (seen < 4.5) found.push(`"${text.textContent}" has a contrast of ${seen.toFixed(2)}`);
    if (getComputedStyle(text).userSelect === 'none') found.push(`"${text.textContent}" cannot be selected`);
  }
  return found.map((problem) => `${name}: ${problem}`);
}

addEventListener('load', () => {
  const problems = [];
  let texts = 0;
  for (const [name, source] of Object.entries(pictures)) {
    const parsed = new DOMParser().parseFromString(source, 'image/svg+xml');
    if (parsed.querySelector('parsererror')) {
      problems.push(`${name}: ${parsed.querySelector('parsererror').textContent}`);
      continue;
    }
    const svg = document.body.appendChild(document.importNode(parsed.documentElement, true));
    texts += svg.querySelectorAll('text').length;
    problems.push(...look(name, svg, 12));
    if (document.documentElement.scrollWidth > innerWidth) problems.push(`${name}: wider than the page`);
    svg.remove();
  }
  const result = { problems, texts, pictures: Object.keys(pictures).length, width: innerWidth, dark: matchMedia('(prefers-color-scheme: dark)').matches };
  document.body.innerHTML = '<pre id="result"></pre>';
  document.getElementById('result').textContent = JSON.stringify(result);
});
