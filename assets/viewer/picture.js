// The picture as a PNG file: the canvas with its title, level and legend written beneath, so that it explains itself.

import { formatLevel } from "./levels.js";
import { MAGNITUDE_STOPS, SIGNED_STOPS } from "./palette.js";

export async function downloadPicture(panel) {
  const link = document.createElement("a");
  link.href = await composePicture(panel);
  link.download = `${panel.scene.file_stem}.png`;
  link.click();
}

export async function composePicture({ stage, scene, level, scale, field, colored }) {
  const image = new Image();
  image.src = stage.picture();
  await image.decode();
  const ratio = image.width / stage.host.clientWidth;
  const strip = 56 * ratio;
  const canvas = document.createElement("canvas");
  canvas.width = image.width;
  canvas.height = image.height + strip;
  const paper = canvas.getContext("2d");
  const style = getComputedStyle(stage.host);
  paper.fillStyle = stage.background ?? "#ffffff";
  paper.fillRect(0, 0, canvas.width, canvas.height);
  paper.drawImage(image, 0, 0);
  paper.fillStyle = style.color;
  const line = (text, row) => {
    paper.font = `${row ? 400 : 600} ${13 * ratio}px ${style.fontFamily}`;
    paper.fillText(text, 12 * ratio, image.height + (20 + 20 * row) * ratio);
  };
  line(scene.title.slice(0, 90), 0);
  const share = scale?.share?.(level);
  const enclosed = share == null ? "" : `, ${(100 * share).toFixed(1)} % of the electrons inside`;
  line(`${scene.source}   ${field?.signed ? "±" : ""}${formatLevel(level)} e/a₀³${enclosed}`, 1);
  const legends = [];
  if (scene.forces_mev_per_angstrom && stage.arrows && !stage.arrows.hidden)
    legends.push([MAGNITUDE_STOPS, (text) => [`0 to ${text("high")} meV/Å`, text("scale-text")]]);
  if (colored && stage.surface && !stage.surface.hidden)
    legends.push([SIGNED_STOPS, (text) => [`${text("potential-low")} to ${text("potential-high")} ${scene.potential.unit}`, text("potential-text")]]);
  legends.forEach(([stops, words], place) => drawLegend(paper, canvas, ratio, stage, stops, words, place));
  return canvas.toDataURL("image/png");
}

// The legend `place` from the right: a bar of colours, and two lines of words that stand in the frame.
function drawLegend(paper, canvas, ratio, stage, stops, words, place) {
  const [width, height] = [140 * ratio, 8 * ratio];
  const [left, top] = [canvas.width - (width + 14 * ratio) * (place + 1), canvas.height - 44 * ratio];
  const gradient = paper.createLinearGradient(left, 0, left + width, 0);
  stops.forEach((color, k) => gradient.addColorStop(k / (stops.length - 1), color));
  const ink = paper.fillStyle;
  paper.fillStyle = gradient;
  paper.fillRect(left, top, width, height);
  paper.fillStyle = ink;
  paper.font = `400 ${12 * ratio}px ${getComputedStyle(stage.host).fontFamily}`;
  const root = stage.host.getRootNode();
  words((name) => root.querySelector(`.${name}`)?.textContent ?? "").forEach((line, row) =>
    paper.fillText(line, left, top + (22 + 16 * row) * ratio));
}
