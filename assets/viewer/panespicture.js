// All panes as one PNG file: side by side whatever the page shows, each with its name and the legend of its arrows,
// and beneath them what the molecule is, what was computed, and the levels.

import { formatLevel } from "./levels.js";
import { MAGNITUDE_STOPS, css } from "./palette.js";
import { colorLines, compose, drawColorLines, drawLegend, heightOfColors, imageOf, save, sheet } from "./picture.js";
import { printed } from "./slicelegend.js";

// Of the forces a part, whose name does not fit beside that of the forces.
const PART = /, (?=\w+ part)/;

export async function downloadPanes(panes) {
  const { stages, scene } = panes;
  const images = await Promise.all(stages.map(imageOf));
  const { canvas } = composePanes(panes, images, images[0].width / stages[0].host.clientWidth, stages[0].background);
  save(canvas.toDataURL("image/png"), `${scene.file_stem}.png`);
}

// The sheet, with the pictures `images` of all panes on it; ratio, ground: as of `sheet`.
export function composePanes(panes, images, ratio, ground) {
  const { scene, stages, hosts, controls, slice, colored, colorRange, formation } = panes;
  const shaded = colored && stages.some(({ surface }) => surface && !surface.hidden);
  const forces = stages.some(({ arrows }) => arrows && !arrows.hidden);
  const most = [forces, slice.on, shaded].filter(Boolean).length;
  const inRow = Math.max(1, Math.floor(images[0].width / (186 * ratio)));
  const rows = forces && panes.forces.parts.drawn ? 78 : 62;
  const colorsOn = (page) => colorLines(page, panes.look.coloring, images.length * images[0].width - 24 * ratio, ratio);
  const colors = heightOfColors(colorsOn(sheet(stages[0], 1, 1, ratio)), ratio);
  const level = (signed) => formatLevel(panes.levelOf(signed));
  const surfaces = formation.shown ? `bond formation ±${level(false)} e/a₀³`
    : `${level(false)} e/a₀³ (${scene.panes[0].label}: ${(100 * controls.get(false).scale.share(panes.levelOf(false))).toFixed(1)} % of the electrons inside)`;
  return compose(stages[0], images, {
    ratio, ground,
    legend: colors + rows * ratio * Math.ceil(most / inRow),
    draw: (page, advance, height) => images.forEach((_, k) => {
      if (!k) drawColorLines(colorsOn(page), height, ratio);
      const left = k * advance + 12 * ratio;
      page.write(scene.panes[k].label, left, 22 * ratio, { bold: true });
      const text = (name) => hosts[k].querySelector(`.${name}`).textContent;
      if (panes.drawn(k).field.signed) writeLobes(page, stages[k], [text("than"), text("other")], left, 42 * ratio, ratio);
      const legends = [];
      if (forces && !hosts[k].querySelector(".legend").hidden)
        legends.push([MAGNITUDE_STOPS, [...`${text("legend-title")}: 0 to ${text("high")}`.split(PART), text("scale-text")]]);
      if (slice.on) legends.push(...slice.legends.filter(({ of }) => of === panes.drawn(k).name).map(printed));
      if (shaded && !scene.panes[k].signed) legends.push(colorRange.printed);
      legends.forEach(([stops, lines], place) => drawLegend(page, left + 186 * (place % inRow) * ratio,
        height + colors + (8 + rows * Math.floor(place / inRow)) * ratio, ratio, stops, lines));
    }),
    title: scene.title,
    text: `${scene.source}, ${surfaces}, difference ±${level(true)} e/a₀³`,
  });
}

function writeLobes({ paper, write }, stage, words, left, baseline, ratio) {
  const ink = paper.fillStyle;
  for (const [kind, word] of [["more", words[0]], ["less", words[1]]]) {
    paper.fillStyle = css(stage.surfaceColors[kind]);
    paper.beginPath();
    paper.arc(left + 5 * ratio, baseline - 4 * ratio, 5 * ratio, 0, 2 * Math.PI);
    paper.fill();
    paper.fillStyle = ink;
    write(word, left + 15 * ratio, baseline, { size: 12 });
    left += paper.measureText(word).width + 28 * ratio;
  }
}
