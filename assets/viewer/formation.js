// Bond formation beside the density: which of both is drawn, the level of its two lobes, and what the legend says. The
// field is asked for when a person wants it first.

import { displaced } from "./displaced.js";
import { formatLevel, logarithmicScale } from "./levels.js";
import { css } from "./palette.js";

export const FORMATION_MARKUP = `<span class="formation-choice" role="radiogroup" aria-label="What the surface is of" hidden>
      <label title="Where the electrons are"><input class="of-density" type="radio" name="surface-of" checked> Density</label>
      <label title="What the density has gained and lost against free atoms at the same places"><input class="of-formation"
        type="radio" name="surface-of"> Bond formation</label></span>`;

export const FORMATION_LEGEND_MARKUP = `
  <div class="legend formation-legend" title="Against free atoms at the same places" hidden>
    <div class="formation-title">Bond formation, e/a₀³</div>
    <div class="lobes"><span class="more"></span><b class="formation-more"></b> gained</div>
    <div class="lobes"><span class="less"></span><b class="formation-less"></b> lost</div>
  </div>`;

export class Formation {
  // find: as of a panel. chosen(wanted): told when the person chooses.
  constructor(find, chosen) {
    Object.assign(this, { find, field: null, whole: null, load: null, reference: null });
    for (const [name, wanted] of [["of-density", false], ["of-formation", true]])
      find(name).addEventListener("change", () => chosen(wanted));
  }

  get wanted() {
    return this.find("of-formation").checked;
  }

  // Whether it is what is drawn: it is wanted, and there.
  get shown() {
    return this.wanted && Boolean(this.field);
  }

  // Whether its level is another than it starts with.
  get moved() {
    return this.level !== this.reference.level;
  }

  choose(wanted) {
    this.find(wanted ? "of-formation" : "of-density").checked = true;
  }

  // The field of this scene, or null where there is none yet, and its reference; offered: whether it may be asked for.
  // load: promises the bytes of its coefficients, or null. `whole` is the field as it came, `field` what is drawn of it.
  set(field, reference, offered, load) {
    this.find("formation-choice").hidden = !(offered || field);
    if (this.whole === field) return;
    // One that was set before the field came holds.
    if (this.whole) this.level = null;
    Object.assign(this, { field, whole: field, load, reference });
    if (!field) return;
    this.level ??= reference.level;
    this.scale = logarithmicScale(reference.largest, displaced(field));
  }

  showLegend(surfaceColors) {
    for (const kind of ["more", "less"])
      this.find(`formation-legend .${kind}`).style.background = css(surfaceColors[kind]);
    this.find("formation-more").textContent = `+${formatLevel(this.level)}`;
    this.find("formation-less").textContent = `−${formatLevel(this.level)}`;
  }
}
