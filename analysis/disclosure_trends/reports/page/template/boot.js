(() => {
"use strict";
// Draws the packed figures once the text stands. Data tables are open in the file, so a
// reader without script, or with a browser that cannot unpack, has every number.
const page = document, root = page.documentElement;
const plots = [...page.querySelectorAll(".plot")];
const tables = [...page.querySelectorAll("figure details, details.checks, details.folded")];
const phone = matchMedia("(max-width: 559.98px)");
const settings = {displayModeBar: false, scrollZoom: false, doubleClick: false, showTips: false};
const PRINTED = 680;  // A4 less its margins, in CSS pixels
let figures = null, templates = null, printing = false;

const text = (id) => page.getElementById(id).textContent;
const unpack = async (id) => {
  const raw = atob(text(id)), bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i += 1) bytes[i] = raw.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
};

const isObject = (x) => x !== null && typeof x === "object" && !Array.isArray(x);
const overlay = (base, top) => {
  for (const [key, value] of Object.entries(top)) {
    if (isObject(value) && isObject(base[key])) overlay(base[key], value);
    else base[key] = value;
  }
  return base;
};

const layoutOf = (figure, width) => {
  const layout = structuredClone(figure.layout);
  if (phone.matches && !printing) overlay(layout, structuredClone(figure.narrow));
  layout.template = templates[figure.template];
  layout.autosize = false;
  layout.width = width;
  return layout;
};

// The word SIMULATED goes where it hides the least of the drawing.
const DOWN = [1, 0, ...Array.from({length: 19}, (_, i) => (i + 1) / 20)];
const CANDIDATES = [0, 1, 0.5, 0.25, 0.75].flatMap((x) => DOWN.map((y) => [x, y]));
const padded = (box) => (
  {left: box.left - 3, right: box.right + 3, top: box.top - 3, bottom: box.bottom + 3});
const around = (elements) => elements.map((e) => e.getBoundingClientRect())
  .filter((box) => box.width && box.height)
  .reduce((all, box) => all === null ? box : new DOMRect(
    Math.min(all.left, box.left), Math.min(all.top, box.top),
    Math.max(all.right, box.right) - Math.min(all.left, box.left),
    Math.max(all.bottom, box.bottom) - Math.min(all.top, box.top)), null);
const boxes = (frame) => {
  const found = [];
  frame.querySelectorAll(".points path, .annotation text, .errorbar path, .bartext, .textpoint")
    .forEach((mark) => found.push(padded(mark.getBoundingClientRect())));
  frame.querySelectorAll(".shapelayer path").forEach((shape) => {
    const box = shape.getBoundingClientRect();
    if (Math.min(box.width, box.height) < 4) found.push(padded(box));  // a line, no band
  });
  frame.querySelectorAll(".js-line, .js-fill").forEach((line) => {
    const length = line.getTotalLength ? line.getTotalLength() : 0;
    const to = length && line.getScreenCTM();
    for (let i = 0; to && i <= 60; i += 1) {
      const at = line.getPointAtLength(length * i / 60).matrixTransform(to);
      found.push(padded({left: at.x, right: at.x, top: at.y, bottom: at.y}));
    }
  });
  return found;
};
const overlap = (a, b) =>
  Math.max(0, Math.min(a.right, b.right) - Math.max(a.left, b.left)) *
  Math.max(0, Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top));
const placeWord = (plot) => {
  const frame = plot.parentElement;
  if (!frame.classList.contains("is-simulated")) return;
  let word = frame.querySelector(".word");
  if (!word) {
    word = page.createElement("span");
    word.className = "word";
    word.setAttribute("aria-hidden", "true");
    word.textContent = "SIMULATED";
    frame.append(word);
  }
  const area = around([...plot.querySelectorAll(".gridlayer")]);
  const outer = frame.getBoundingClientRect(), own = word.getBoundingClientRect();
  const inner = area && area.width > own.width && area.height > own.height ? area : outer;
  const marks = boxes(plot);
  let best = null;
  for (const [x, y] of CANDIDATES) {
    const left = inner.left + 10 + x * (inner.width - own.width - 20);
    const top = inner.top + 4 + y * (inner.height - own.height - 8);
    const box = {left, top, right: left + own.width, bottom: top + own.height};
    const hidden = marks.reduce((sum, mark) => sum + overlap(box, mark), 0);
    if (best === null || hidden < best.hidden) best = {hidden, left, top};
  }
  word.style.left = `${best.left - outer.left}px`;
  word.style.top = `${best.top - outer.top}px`;
};

const draw = (plot) => {
  const figure = figures[Number(plot.dataset.plot)];
  const width = printing ? PRINTED : plot.clientWidth;
  if (!width) return;
  Plotly.react(plot, structuredClone(figure.data), layoutOf(figure, width), settings);
  plot.dataset.width = String(width);
  placeWord(plot);
};
const redraw = () => {
  if (figures) plots.forEach((plot) => {
    const width = printing ? PRINTED : plot.clientWidth;
    if (plot.dataset.width !== String(width)) draw(plot);
  });
  if (figures) root.classList.add("is-drawn");
};

// A wide table says so; one that fits does not.
const markScrollers = () => page.querySelectorAll(".scroll").forEach((box) =>
  box.classList.toggle("is-wide", box.scrollWidth > box.clientWidth + 1));

const later = (work) => window.requestIdleCallback
  ? requestIdleCallback(work, {timeout: 200}) : setTimeout(work);
const start = async () => {
  const packed = JSON.parse(await unpack("figures-gz"));
  const script = page.createElement("script");
  script.textContent = await unpack("plotly-gz");
  page.head.append(script);
  if (!window.Plotly) throw new Error("plotly.js was refused");
  ({figures, templates} = packed);
  for (const plot of plots) {
    if (!plot.dataset.width) draw(plot);
    await new Promise(later);
  }
  root.classList.add("is-drawn");
};
const fail = () => {
  root.classList.add("no-plots");
  tables.forEach((table) => { table.open = true; });
  markScrollers();
};

let frame = 0;
window.addEventListener("resize", () => {
  cancelAnimationFrame(frame);
  frame = requestAnimationFrame(() => { redraw(); markScrollers(); });
});
let opened = [];
window.addEventListener("beforeprint", () => {
  printing = true;
  redraw();
  if (plots.length && !figures) {  // paper does not wait until plotly.js is unpacked
    opened = tables.filter((table) => !table.open);
    opened.forEach((table) => { table.open = true; });
  }
});
window.addEventListener("afterprint", () => {
  printing = false;
  redraw();
  opened.forEach((table) => { table.open = false; });
  opened = [];
});
page.addEventListener("toggle", markScrollers, true);

if (plots.length && !window.DecompressionStream) fail();
else {
  tables.forEach((table) => { table.open = false; });
  markScrollers();
  if (plots.length) later(() => start().catch(fail));
}
})();
