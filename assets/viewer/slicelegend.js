// What a slice says: the legend of its colours, and a value in words.

import { SLICE_UNIT, marks } from "./slicescale.js";

// With its sign where the field has both. most: beyond it there is no telling how much.
export function written(value, signed, most = Infinity) {
  const size = Math.min(Math.abs(value), most);
  const digits = size >= 0.001 ? Number(size.toPrecision(3)).toString() : size.toExponential(1);
  return signed ? `${size === most ? "beyond " : ""}${value < 0 ? "−" : "+"}${digits}` : digits;
}

// One legend for each kind of field among the targets of a slice, which have one title: { of, stops, marks, title };
// scaleOf(target).
export function legendsOf(targets, scaleOf) {
  const kinds = targets.filter(({ title }, k) => targets.findIndex((other) => other.title === title) === k);
  return kinds.map((target) => {
    const scale = scaleOf(target);
    return { of: target.title, stops: scale.stops, marks: marks(scale), title: `${target.title}, ${target.unit ?? SLICE_UNIT}` };
  });
}

export function legendElement({ stops, marks: all, title }) {
  const make = (className, ...inside) => {
    const element = document.createElement("div");
    element.className = className;
    element.append(...inside);
    return element;
  };
  const bar = make("bar");
  bar.style.background = `linear-gradient(90deg, ${stops.join(", ")})`;
  const ticks = all.map(({ text, share }) => {
    const tick = make("slice-mark", text);
    tick.style.left = `${(100 * share).toFixed(1)}%`;
    return tick;
  });
  const legend = make("slice-legend", make("slice-title", title), bar, make("slice-marks", ...ticks));
  legend.title = "Lines stand at every power of ten, and thinner ones half way between (3.2 times that)";
  return legend;
}

// A legend of `legendsOf` as a picture file has it: its colours, and lines of words.
export function printed({ stops, marks: all, title }) {
  return [stops, [`${all[0].text} to ${all.at(-1).text}`, title]];
}
