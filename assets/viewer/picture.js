// The picture as a PNG file: the canvas with its title, level and legend written beneath, so that it explains itself.

import { formatLevel } from "./levels.js";
import { css, magnitudeColor } from "./palette.js";

export async function downloadPicture(panel) {
  const link = document.createElement("a");
  link.href = await composePicture(panel);
  link.download = `${panel.scene.file_stem}.png`;
  link.click();
}

export async function composePicture({ stage, scene, level, scale, field }) {
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
  if (scene.forces_mev_per_angstrom && stage.arrows && !stage.arrows.hidden) drawLegend(paper, canvas, ratio, stage);
  return canvas.toDataURL("image/png");
}

function drawLegend(paper, canvas, ratio, stage) {
  const [width, height] = [140 * ratio, 8 * ratio];
  const [left, top] = [canvas.width - width - 14 * ratio, canvas.height - 44 * ratio];
  const gradient = paper.createLinearGradient(left, 0, left + width, 0);
  for (let k = 0; k <= 6; k++) gradient.addColorStop(k / 6, css(magnitudeColor(k / 6)));
  const ink = paper.fillStyle;
  paper.fillStyle = gradient;
  paper.fillRect(left, top, width, height);
  paper.fillStyle = ink;
  paper.font = `400 ${12 * ratio}px ${getComputedStyle(stage.host).fontFamily}`;
  const root = stage.host.getRootNode();
  const text = (name) => root.querySelector(`.${name}`)?.textContent ?? "";
  paper.fillText(`0 to ${text("high")} meV/Å`, left, top + 22 * ratio);
  paper.fillText(text("scale-text"), left, top + 38 * ratio);
}
