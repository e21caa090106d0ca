// What a link says of a picture, beside what the picture is of: one table, name in the address -> how it is read off a
// frame and how it is set there. A new layer is one more line. Whoever wrote the address is a stranger: `write` says
// whether a text made sense, and does nothing where it did not.

import { keepLevel } from "./chosen.js";
import { formatLevel } from "./levels.js";
import { formatPlace, parsePlace } from "./sliceplace.js";

// e/bohr^3, as in core/view/address.py.
const LEVELS = [1e-6, 1e3];
const FARTHEST = 1e5;

// view: a Panel or Panes. read(view): a short text, or null where it is as it starts. write(view, text): whether it did.
// They are applied in this order: colouring the surface has an opacity and a level of its own.
export const LAYERS = {
  potential: checkbox("show-potential"),
  doubt: checkbox("show-doubt"),
  colored: {
    ...choice("shading"),
    // As links had it when there was one thing to be coloured by.
    write: (view, text) => choice("shading").write(view, text === "on" ? "density" : text),
  },
  density: checkbox("show-surface"),
  forces: checkbox("show-arrows"),
  opacity: slider("opacity"),
  molecule: choice("representation"),
  atoms: choice("coloring"),
  labels: choice("labels"),
  part: choice("part"),
  near: entry("within"),
  least: entry("least"),
  picked: {
    read: ({ measure }) => measure?.picked.map((atom) => atom + 1).join("_") || null,
    write(view, text) {
      const atoms = text.split("_").map((word) => Number(word) - 1);
      return Boolean(view.measure?.choose(atoms));
    },
  },
  arrows: slider("length"),
  range: {
    read: (view) => (view.colored && view.colorRange.limit ? String(Number(view.colorRange.limit.toPrecision(3))) : null),
    write: number([1e-12, 1e4], (view, range) => {
      view.colorRange.limit = range;
      if (view.colored) view.recolor();
    }),
  },
  level: level(false),
  difference: level(true),
  // After the level, which is that of the density. Its own level may come before its field does.
  formation: radio("of-density", "of-formation"),
  lobes: {
    read: ({ formation }) => (formation?.shown && formation.moved ? formatLevel(formation.level) : null),
    write: (view, text) => (!view.formation?.wanted ? false : number(LEVELS, (_, value) => view.setLobes(value))(view, text)),
  },
  second: choice("second"),
  // Before the field comes it holds already.
  second_level: {
    read: ({ second }) => (second?.shown ? formatLevel(second.level) : null),
    write: (view, text) => (!view.second || view.second.kind === "none" ? false : number(LEVELS, (_, value) => view.second.moveTo(value))(view, text)),
  },
  slice: {
    read: ({ slice }) => (slice.on && slice.plane ? formatPlace(slice.plane, slice.name) : null),
    write(view, text) {
      const place = parsePlace(text);
      if (place) view.slice.lieAt(place);
      return Boolean(place);
    },
  },
  slice_of: choice("slice-of"),
  pane: {
    read: ({ chosen }) => (chosen ? String(chosen) : null),
    write: number([0, 9], (view, pane) => view.choose?.(Math.min(Math.round(pane), view.stages.length - 1))),
  },
  view: { read: (view) => formatView(viewerOf(view).getView()), write: turn },
};

// So many parameters, each so long, are looked at.
const MOST = 30;
const LONGEST = 200;

export function stateOf(view) {
  const state = {};
  for (const [name, { read }] of Object.entries(LAYERS)) {
    const text = read(view);
    if (text !== null) state[name] = text;
  }
  return state;
}

// Sets what `state` (name -> text) says; returns what was not understood, as short texts.
export function applyState(view, state) {
  const given = Object.entries(state).slice(0, MOST);
  const odd = given.filter(([name]) => !Object.hasOwn(LAYERS, name));
  for (const [name, { write }] of Object.entries(LAYERS)) {
    const text = Object.hasOwn(state, name) ? state[name] : null;
    if (text === null) continue;
    if (text.length > LONGEST || !write(view, text)) odd.push([name, text]);
  }
  return odd.map(([name, text]) => `${name.slice(0, 20)}=${text.slice(0, 20)}`);
}

// The viewer whose camera is that of all.
function viewerOf(view) {
  return (view.stage ?? view.stages[view.narrow ? view.chosen : 0]).viewer;
}

function checkbox(name) {
  const control = (view) => view.find(name);
  return {
    read(view) {
      const box = control(view);
      if (!box || box.checked === box.defaultChecked) return null;
      return box.checked ? "on" : "off";
    },
    write(view, text) {
      const box = control(view);
      if (!box || box.closest("label").hidden || !["on", "off"].includes(text)) return false;
      if (box.checked === (text === "on")) return true;
      box.checked = text === "on";
      return box.dispatchEvent(new Event("change", { bubbles: true }));
    },
  };
}

function choice(name) {
  return {
    read(view) {
      const list = view.find(name);
      return !list || list.closest("[hidden]") || list.value === list.dataset.usual ? null : list.value;
    },
    write(view, text) {
      const list = view.find(name);
      if (!list || list.closest("[hidden]") || ![...list.options].some(({ value }) => value === text)) return false;
      if (list.value === text) return true;
      list.value = text;
      return list.dispatchEvent(new Event("change", { bubbles: true }));
    },
  };
}

// A number that is typed.
function entry(name) {
  return {
    read(view) {
      const field = view.find(name);
      return !field || field.closest("[hidden]") || field.value === field.defaultValue ? null : field.value;
    },
    write(view, text) {
      const field = view.find(name);
      if (!field || field.closest("[hidden]")) return false;
      return number([0, 1e6], (_, value) => {
        if (Number(field.value) === value) return;
        field.value = value;
        field.dispatchEvent(new Event("change", { bubbles: true }));
      })(view, text);
    },
  };
}

// What is shown is one or the other; the second is "on".
function radio(first, second) {
  return {
    read: (view) => (view.find(second)?.checked ? "on" : null),
    write(view, text) {
      const box = view.find({ off: first, on: second }[text] ?? "none");
      if (!box || box.closest("[hidden]")) return false;
      if (!box.checked) box.click();
      return true;
    },
  };
}

// Where a colouring has a usual value of its own, that stands in data-usual.
function slider(name) {
  return {
    read(view) {
      const { value, defaultValue, dataset } = view.find(name);
      return value === (dataset.usual ?? defaultValue) ? null : value;
    },
    write(view, text) {
      const control = view.find(name);
      return number([Number(control.min), Number(control.max)], (_, value) => {
        control.value = value;
        control.dispatchEvent(new Event("input", { bubbles: true }));
      })(view, text);
    },
  };
}

function level(signed) {
  const levelOf = (view) => (view.levels ? view.levels.get(signed) : signed ? null : view.level);
  return {
    read: (view) => (levelOf(view) ? formatLevel(levelOf(view)) : null),
    write: (view, text) => (signed && !view.levels ? false : number(LEVELS, (_, value) => {
      // What the address holds is a rounded number: the level that it came from is not to move.
      if (formatLevel(value) === formatLevel(levelOf(view))) return;
      if (!signed) keepLevel(value);
      if (signed) view.setLevel(true, value);
      else view.setDensityLevel(value);
      if (!view.levels) view.onLevel(view.level);
    })(view, text)),
  };
}

function number([low, high], set) {
  return (view, text) => {
    const value = Number(text);
    if (!text.trim() || !(value >= low && value <= high)) return false;
    set(view, value);
    return true;
  };
}

// 3Dmol's eight numbers: where the centre is and how far away, angstrom, and a quaternion; to a thousandth of an
// angstrom and a two-thousandth of a radian or better.
export function formatView(view) {
  return view.map((x, k) => String(Number(x.toFixed(k < 4 ? 3 : 4)))).join("_");
}

export function parseView(text) {
  const view = text.split("_").map((word) => (word.trim() ? Number(word) : NaN));
  if (view.length !== 8 || !view.every((x) => Math.abs(x) <= FARTHEST)) return null;
  const norm = Math.hypot(...view.slice(4));
  return norm > 0.5 && norm < 2 ? view.map((x, k) => (k < 4 ? x : x / norm)) : null;
}

function turn(view, text) {
  const wanted = parseView(text);
  if (wanted) viewerOf(view).setView(wanted);
  return Boolean(wanted);
}
