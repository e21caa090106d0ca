// The picture as a PNG file: the canvas with its title, level and legend written beneath, so that it explains itself.

import { formatLevel } from "./levels.js";
import { MAGNITUDE_STOPS, SIGNED_STOPS } from "./palette.js";

export async function downloadPicture(panel) {
  save(await composePicture(panel), panel.scene);
}

export function save(url, scene) {
  const link = document.createElement("a");
  link.href = url;
  link.download = `${scene.file_stem}.png`;
  link.click();
}

export async function imageOf(stage) {
  const image = new Image();
  image.src = stage.picture();
  await image.decode();
  return image;
}

// A sheet of this size in the ground and the ink of the page; `paper` draws on it, write(text, left, baseline, bold)
// and ratio are in pixels of the screen.
export function sheet(stage, width, height, ratio) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const paper = canvas.getContext("2d");
  const style = getComputedStyle(stage.host);
  paper.fillStyle = stage.background ?? "#ffffff";
  paper.fillRect(0, 0, width, height);
  paper.fillStyle = style.color;
  const write = (text, left, baseline, { bold = false, size = 13, widest } = {}) => {
    paper.font = `${bold ? 600 : 400} ${size * ratio}px ${style.fontFamily}`;
    paper.fillText(text, left, baseline, widest);
  };
  return { canvas, paper, write };
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

async function composePicture({ stage, scene, level, scale, colored }) {
  const image = await imageOf(stage);
  const ratio = image.width / stage.host.clientWidth;
  const page = sheet(stage, image.width, image.height + 56 * ratio, ratio);
  page.paper.drawImage(image, 0, 0);
  page.write(scene.title.slice(0, 90), 12 * ratio, image.height + 20 * ratio, { bold: true });
  const share = scale?.share?.(level);
  const enclosed = share == null ? "" : `, ${(100 * share).toFixed(1)} % of the electrons inside`;
  page.write(`${scene.source}   ${formatLevel(level)} e/a₀³${enclosed}`, 12 * ratio, image.height + 40 * ratio);
  const text = (name) => stage.host.getRootNode().querySelector(`.${name}`)?.textContent ?? "";
  const legends = [];
  if (scene.forces_mev_per_angstrom && stage.arrows && !stage.arrows.hidden)
    legends.push([MAGNITUDE_STOPS, [`0 to ${text("high")} meV/Å`, text("scale-text")]]);
  if (colored && stage.surface && !stage.surface.hidden)
    legends.push([SIGNED_STOPS, [`${text("potential-low")} to ${text("potential-high")} ${scene.potential.unit}`, text("potential-text")]]);
  legends.forEach(([stops, lines], place) =>
    drawLegend(page, page.canvas.width - 154 * ratio * (place + 1), page.canvas.height - 44 * ratio, ratio, stops, lines));
  return page.canvas.toDataURL("image/png");
}
