// All panes as one PNG file: side by side whatever the page shows, each with its name and the legend of its arrows,
// and beneath them what the molecule is, what was computed, and the levels.

import { formatLevel } from "./levels.js";
import { MAGNITUDE_STOPS, css } from "./palette.js";
import { drawLegend, imageOf, save, sheet } from "./picture.js";

export async function downloadPanes(panes) {
  save(await composePanes(panes), panes.scene);
}

export async function composePanes({ scene, stages, hosts, levels, controls }) {
  const images = await Promise.all(stages.map(imageOf));
  const [{ width, height }] = images;
  const ratio = width / stages[0].host.clientWidth;
  const legend = stages.some(({ arrows }) => arrows && !arrows.hidden) ? 62 * ratio : 0;
  const gap = 2 * ratio;
  const page = sheet(stages[0], images.length * (width + gap) - gap, height + legend + 56 * ratio, ratio);
  images.forEach((image, k) => {
    const left = k * (width + gap);
    page.paper.drawImage(image, left, 0);
    page.write(scene.panes[k].label, left + 12 * ratio, 22 * ratio, { bold: true });
    if (scene.panes[k].signed) writeLobes(page, stages[k], scene.panes[k].against, left + 12 * ratio, 42 * ratio, ratio);
    if (!legend || hosts[k].querySelector(".legend").hidden) return;
    const text = (name) => hosts[k].querySelector(`.${name}`).textContent;
    drawLegend(page, left + 12 * ratio, height + 8 * ratio, ratio, MAGNITUDE_STOPS,
      [`${text("legend-title")}: 0 to ${text("high")}`, text("scale-text")]);
  });
  const share = controls.get(false).scale.share(levels.get(false));
  const widest = page.canvas.width - 24 * ratio;
  const foot = height + legend;
  page.write(scene.title.slice(0, 90), 12 * ratio, foot + 20 * ratio, { bold: true, widest });
  page.write(`${scene.source}   ${formatLevel(levels.get(false))} e/a₀³ (${scene.panes[0].label}: ${(100 * share).toFixed(1)} % of `
    + `the electrons inside), difference ±${formatLevel(levels.get(true))} e/a₀³`, 12 * ratio, foot + 40 * ratio, { widest });
  return page.canvas.toDataURL("image/png");
}

function writeLobes({ paper, write }, stage, against, left, baseline, ratio) {
  const ink = paper.fillStyle;
  for (const [kind, word] of [["more", `more than ${against}`], ["less", "less"]]) {
    paper.fillStyle = css(stage.surfaceColors[kind]);
    paper.beginPath();
    paper.arc(left + 5 * ratio, baseline - 4 * ratio, 5 * ratio, 0, 2 * Math.PI);
    paper.fill();
    paper.fillStyle = ink;
    write(word, left + 15 * ratio, baseline, { size: 12 });
    left += paper.measureText(word).width + 28 * ratio;
  }
}
