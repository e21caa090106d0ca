// The picture as a PNG file: the canvas with its title, level and legends written beneath, so that it explains itself.

import { formatLevel } from "./levels.js";
import { MAGNITUDE_STOPS, isDark } from "./palette.js";
import { printed } from "./slicelegend.js";

const INK = { light: "#17212b", dark: "#e8edf1" };
const LINE = 17;

export async function downloadPicture(panel) {
  const image = await imageOf(panel.stage);
  const { canvas } = composePicture(panel, [image], image.width / panel.stage.host.clientWidth, panel.stage.background);
  save(canvas.toDataURL("image/png"), `${panel.scene.file_stem}.png`);
}

// url: of the file's content; a blob's is let go.
export function save(url, name) {
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  if (url.startsWith("blob:")) setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

export async function imageOf(stage) {
  const image = new Image();
  image.src = stage.picture();
  await image.decode();
  return image;
}

// A sheet of this size; `paper` draws on it, write(text, left, baseline) puts down one line, lines(text, widest) says
// where a longer text breaks. ratio: pixels for each that the text is measured in. ground: a CSS colour, or "transparent".
export function sheet(stage, width, height, ratio, ground = "#ffffff") {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: Math.round(width), height: Math.round(height) });
  const paper = canvas.getContext("2d");
  if (!paper) throw new Error("This browser makes no picture of that size. Choose a smaller one.");
  if (ground !== "transparent") {
    paper.fillStyle = ground;
    paper.fillRect(0, 0, canvas.width, canvas.height);
  }
  paper.fillStyle = isDark(ground) ? INK.dark : INK.light;
  const { fontFamily } = getComputedStyle(stage.host);
  const font = (bold, size) => {
    paper.font = `${bold ? 600 : 400} ${size * ratio}px ${fontFamily}`;
  };
  const write = (text, left, baseline, { bold = false, size = 13, widest } = {}) => {
    font(bold, size);
    paper.fillText(text, left, baseline, widest);
  };
  const lines = (text, widest, { bold = false, size = 13 } = {}) => {
    font(bold, size);
    const broken = [];
    for (const word of text.split(" ")) {
      const longer = broken.length ? `${broken.at(-1)} ${word}` : word;
      if (broken.length && paper.measureText(longer).width <= widest) broken[broken.length - 1] = longer;
      else broken.push(word);
    }
    return broken;
  };
  return { canvas, paper, write, lines };
}

// A bar of colours, and lines of words beneath.
export function drawLegend({ paper, write }, left, top, ratio, stops, lines) {
  const [width, height] = [140 * ratio, 8 * ratio];
  const gradient = paper.createLinearGradient(left, 0, left + width, 0);
  stops.forEach((color, k) => gradient.addColorStop(k / (stops.length - 1), color));
  const ink = paper.fillStyle;
  paper.fillStyle = gradient;
  paper.fillRect(left, top, width, height);
  paper.fillStyle = ink;
  lines.forEach((line, row) => write(line, left, top + (22 + 16 * row) * ratio, { size: 12 }));
}

// Swatches, and the ends of a ramp with the ramp between them, in as many lines as they need.
export function colorLines({ paper, write }, { title, legend, ramp }, widest, ratio) {
  const swatch = (color) => ({ width: 14 * ratio, draw: (left, baseline) => fill(color, left, baseline - 10 * ratio, 10 * ratio, 10 * ratio) });
  const words = (text) => ({ width: paper.measureText(text).width + 12 * ratio, draw: (left, baseline) => write(text, left, baseline, { size: 12 }) });
  const fill = (style, ...place) => {
    const ink = paper.fillStyle;
    paper.fillStyle = style;
    paper.fillRect(...place);
    paper.fillStyle = ink;
  };
  const band = (stops) => ({
    width: 106 * ratio,
    draw(left, baseline) {
      const gradient = paper.createLinearGradient(left, 0, left + 100 * ratio, 0);
      stops.forEach((color, k) => gradient.addColorStop(k / (stops.length - 1), color));
      fill(gradient, left, baseline - 9 * ratio, 100 * ratio, 8 * ratio);
    },
  });
  paper.font = `${12 * ratio}px sans-serif`;
  // What stays on one line.
  const pieces = [...(title ? [[words(title)]] : []), ...(ramp ? [[words(ramp.low), band(ramp.stops), words(ramp.high)]] : []),
    ...legend.map(([color, text]) => [swatch(color), words(text)])];
  const lines = [[]];
  let used = 0;
  for (const piece of pieces) {
    const width = piece.reduce((sum, part) => sum + part.width, 0);
    if (used && used + width > widest) {
      lines.push([]);
      used = 0;
    }
    lines.at(-1).push(...piece);
    used += width;
  }
  return lines;
}

// lines: of `colorLines`, beneath `top`.
export function drawColorLines(lines, top, ratio) {
  lines.forEach((line, row) => {
    let left = 12 * ratio;
    for (const { width, draw } of line) {
      draw(left, top + (18 + LINE * row) * ratio);
      left += width;
    }
  });
}

export function heightOfColors(lines, ratio) {
  return (LINE * lines.length + 6) * ratio;
}

// Pictures side by side with words beneath: `legend` pixels for what `draw(page)` puts under each, then title and text.
// images: of one size; ratio, ground: as of `sheet`.
export function compose(stage, images, { ratio, ground, legend, draw, title, text }) {
  const gap = 2 * ratio;
  const [{ width, height }] = images;
  const whole = images.length * (width + gap) - gap;
  const [left, widest] = [12 * ratio, whole - 24 * ratio];
  const broken = sheet(stage, 1, 1, ratio).lines(text, widest);
  const page = sheet(stage, whole, height + legend + (39 + LINE * broken.length) * ratio, ratio, ground);
  images.forEach((image, k) => page.paper.drawImage(image, k * (width + gap), 0));
  draw(page, width + gap, height);
  const foot = height + legend;
  page.write(title.slice(0, 90), left, foot + 20 * ratio, { bold: true, widest });
  broken.forEach((line, row) => page.write(line, left, foot + (40 + LINE * row) * ratio, { widest }));
  return page;
}

// The sheet, with the picture `images[0]` on it.
export function composePicture({ stage, scene, drawn, colored, slice, look, shading, second }, images, ratio, ground) {
  const text = (name) => stage.host.getRootNode().querySelector(`.${name}`)?.textContent ?? "";
  const legends = [];
  if (scene.forces_mev_per_angstrom && stage.arrows && !stage.arrows.hidden)
    legends.push([MAGNITUDE_STOPS, [`${text("legend-title")}: 0 to ${text("high")}`, text("scale-text")]]);
  if (colored && stage.surface && !stage.surface.hidden) legends.push(shading.range.printed);
  if (slice.on) legends.push(...slice.legends.map(printed));
  const [{ width }] = images;
  const inRow = Math.max(1, Math.floor((width - 12 * ratio) / (210 * ratio)));
  const byDoubt = stage.surface && !stage.surface.hidden && shading.byDoubt;
  const colorings = [look.coloring, ...(byDoubt ? [shading.doubtLegend] : []), ...(second.shown ? [second.legend] : [])];
  const colorsOn = (page) => colorings.flatMap((one) => colorLines(page, one, width - 24 * ratio, ratio));
  const colors = heightOfColors(colorsOn(sheet(stage, 1, 1, ratio)), ratio);
  return compose(stage, images, {
    ratio, ground,
    legend: colors + 54 * ratio * Math.ceil(legends.length / inRow),
    draw(page, _, height) {
      drawColorLines(colorsOn(page), height, ratio);
      legends.forEach(([stops, lines], k) => drawLegend(page, (12 + 210 * (k % inRow)) * ratio,
        height + colors + (8 + 54 * Math.floor(k / inRow)) * ratio, ratio, stops, lines));
    },
    title: scene.title,
    text: `${scene.source}, ${levelText(drawn)}`,
  });
}

function levelText({ field, label, level, scale }) {
  if (field.signed) return `${label}: ±${formatLevel(level)} e/a₀³`;
  const share = scale.share(level);
  return `${formatLevel(level)} e/a₀³, ${(100 * share).toFixed(1)} % of the electrons inside`;
}
