// Measures every guide as the browser has laid it out, at each width, on screen and as printed, and writes what is wrong into the page.
// `guides`: name → HTML. Each is laid out in a frame of its own; the guide's own content security policy holds in it.
'use strict';

const VIEWS = [
  { name: '1280', width: 1280, print: false },
  { name: '640', width: 640, print: false },
  // A4 without its margins: 180 mm upright, 273 mm across
  { name: 'print', width: 680, print: true },
];
const ACROSS = 1032;

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

function look(frame, view) {
  const found = [];
  const { contentDocument: page, contentWindow: window } = frame;
  const box = (element) => element.getBoundingClientRect();
  const named = (element) => `<${element.localName}> "${element.textContent.trim().slice(0, 40)}"`;
  if (page.documentElement.scrollWidth > view.width) found.push(`${page.documentElement.scrollWidth} pixels wide`);
  const loaded = window.performance.getEntriesByType('resource').map((entry) => entry.name);
  if (loaded.length > 0) found.push(`loads ${loaded.join(', ')}`);
  const asking = page.querySelectorAll('script, img, iframe, link, object, embed, video, audio, form, [src], [srcset], svg image, svg use');
  for (const element of asking) found.push(`has ${named(element)}`);

  const texts = [...page.querySelectorAll('h1, h2, p, li, th, td, pre, figcaption, nav a')];
  for (const element of texts) {
    const { left, right, width } = box(element);
    if (element.textContent.trim() === '' || width === 0) continue;
    if (left < 0 || right > view.width + 0.5) found.push(`${named(element)} stands outside`);
    if (element.scrollWidth > element.clientWidth + 1) {
      if (getComputedStyle(element).display !== 'inline') found.push(`${named(element)} is cut: ${element.scrollWidth} of ${element.clientWidth}`);
    }
  }
  // what stands one after the other does not overlap
  for (const parent of page.querySelectorAll('main, section, ul, ol, tbody, tr')) {
    const children = [...parent.children].filter((child) => box(child).height > 0);
    children.slice(1).forEach((child, before) => {
      const [above, below] = [box(children[before]), box(child)];
      const apart = below.top >= above.bottom - 0.5 || (parent.localName === 'tr' && below.left >= above.right - 1.5);
      if (!apart) found.push(`${named(child)} overlaps ${named(children[before])}`);
    });
  }
  for (const svg of page.querySelectorAll('figure svg')) {
    const width = view.print ? ACROSS : box(svg).width;
    const scale = width / svg.viewBox.baseVal.width;
    for (const text of svg.querySelectorAll('text')) {
      const size = parseFloat(window.getComputedStyle(text).fontSize) * scale;
      // 9 pixels are 6.75 points
      if (size < 9) found.push(`"${text.textContent}" of a drawing has ${size.toFixed(1)} pixels`);
    }
  }
  const ground = window.matchMedia('(prefers-color-scheme: dark)').matches && !view.print ? 'rgb(18, 18, 18)' : 'rgb(255, 255, 255)';
  for (const element of page.querySelectorAll('a, p, li, td, h1, h2, code')) {
    const seen = contrast(window.getComputedStyle(element).color, ground);
    if (seen < 4.5) found.push(`${named(element)} has a contrast of ${seen.toFixed(2)}`);
  }
  for (const link of page.querySelectorAll('a[href^="#"]')) {
    if (!page.getElementById(link.hash.slice(1))) found.push(`${link.hash} leads nowhere`);
  }
  const ids = [...page.querySelectorAll('[id]')].map((element) => element.id);
  for (const id of new Set(ids.filter((id, at) => ids.indexOf(id) !== at))) found.push(`the id ${id} is there twice`);
  if (page.documentElement.lang === '') found.push('has no language');
  return { found, texts: texts.length };
}

addEventListener('load', async () => {
  const problems = [];
  let texts = 0;
  for (const [name, html] of Object.entries(guides)) {
    for (const view of VIEWS) {
      const frame = document.createElement('iframe');
      frame.style.cssText = `width:${view.width}px;height:1000px;border:0`;
      const style = (media, other) => html.replaceAll(`@media ${media} {`, `@media ${other} {`);
      const ready = new Promise((resolve) => frame.addEventListener('load', resolve));
      frame.srcdoc = view.print ? style('print', 'screen') : html;
      document.body.append(frame);
      await ready;
      const seen = look(frame, view);
      texts += seen.texts;
      problems.push(...seen.found.map((problem) => `${name}, ${view.name}: ${problem}`));
      frame.remove();
    }
  }
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  document.body.innerHTML = '<pre id="result"></pre>';
  document.getElementById('result').textContent = JSON.stringify({ problems, texts, guides: Object.keys(guides).length, dark });
});
