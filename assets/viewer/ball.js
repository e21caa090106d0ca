// A molecule in a ball that is turned by dragging: it follows the pointer, and says its angles when it is let go. It is
// seen as the pictures of the page are: x to the right, y upwards, z towards the eye.

import { ELEMENTS, OTHER_ELEMENT } from "./palette.js";
import { anglesOf, matrixOf, turnedByDrag } from "./turns.js";

const NAMESPACE = "http://www.w3.org/2000/svg";
// Of the picture, in units of its view box, which is 200 across; what an atom takes of it at the most.
const [RADIUS, BALL, HYDROGEN] = [92, 9, 6];
const AXES = [["x", "#c4453a"], ["y", "#3c8a3f"], ["z", "#4a72e0"]];
const balls = new WeakMap();

export function mount({ parentElement, data, setStateValue }) {
  let ball = balls.get(parentElement);
  if (!ball) {
    ball = new Ball(parentElement.querySelector("svg"));
    balls.set(parentElement, ball);
  }
  ball.report = (angles) => setStateValue("angles", angles);
  ball.set(data);
}

class Ball {
  constructor(svg) {
    this.svg = svg;
    this.drags = 0;
    svg.addEventListener("pointerdown", (event) => this.begin(event));
    svg.addEventListener("pointermove", (event) => this.move(event));
    for (const end of ["pointerup", "pointercancel"]) svg.addEventListener(end, () => this.end());
  }

  // points: of the atoms before the turn, flat, within a ball of radius 1; bonds: pairs of indices; step: of the angles.
  set({ angles, points, elements, bonds, step }) {
    Object.assign(this, { points, elements, bonds, step });
    if (!this.from) this.matrix = matrixOf(angles);
    this.draw();
  }

  begin(event) {
    this.svg.setPointerCapture(event.pointerId);
    this.from = { x: event.clientX, y: event.clientY, matrix: this.matrix };
  }

  // A drag of the radius turns by a radian.
  move(event) {
    if (!this.from) return;
    const across = this.svg.clientWidth * (RADIUS / 200);
    this.matrix = turnedByDrag(this.from.matrix, (event.clientX - this.from.x) / across, (event.clientY - this.from.y) / across);
    this.moved = true;
    this.draw();
  }

  // The same angles once more are another wish, where others were set meanwhile.
  end() {
    this.from = null;
    if (!this.moved) return;
    this.moved = false;
    this.drags += 1;
    this.report({ angles: anglesOf(this.matrix).map((angle) => this.step * Math.round(angle / this.step)), drags: this.drags });
  }

  draw() {
    const place = (k) => this.turned(this.points.slice(3 * k, 3 * k + 3));
    const places = this.elements.map((_, k) => place(k));
    const drawn = [
      ...AXES.map(([name, color], k) => axis(name, color, this.turned([0, 1, 2].map((row) => Number(row === k))))),
      ...this.bonds.map(([a, b]) => line(places[a], places[b])),
      ...places.map((at, k) => atom(at, this.elements[k])),
    ];
    // What is nearer to the eye hides what is behind.
    drawn.sort((one, other) => one.depth - other.depth);
    this.svg.replaceChildren(shape("circle", { r: 98, class: "rim" }), ...drawn.map(({ element }) => element));
  }

  turned(point) {
    return this.matrix.map((row) => row.reduce((sum, entry, k) => sum + entry * point[k], 0));
  }
}

function shape(name, attributes) {
  const element = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

const onScreen = ([x, y]) => [RADIUS * x, -RADIUS * y];

function atom(at, symbol) {
  const [cx, cy] = onScreen(at);
  const r = (symbol === "H" ? HYDROGEN : BALL) * (1 + 0.25 * at[2]);
  return { depth: at[2], element: shape("circle", { cx, cy, r, fill: ELEMENTS[symbol] ?? OTHER_ELEMENT, stroke: "#5b646d" }) };
}

function line(a, b) {
  const [[x1, y1], [x2, y2]] = [onScreen(a), onScreen(b)];
  return { depth: (a[2] + b[2]) / 2 - 0.01, element: shape("line", { x1, y1, x2, y2, stroke: "#8a97a3", "stroke-width": 5, "stroke-linecap": "round" }) };
}

function axis(name, color, tip) {
  const [x, y] = onScreen(tip);
  const group = shape("g", {});
  const text = shape("text", { x: 0.9 * x + 4, y: 0.9 * y - 4, "font-size": 14 });
  text.textContent = name;
  const opacity = tip[2] < 0 ? 0.45 : 0.9;
  group.append(shape("line", { x1: 0, y1: 0, x2: 0.9 * x, y2: 0.9 * y, stroke: color, "stroke-width": 2, opacity }), text);
  return { depth: tip[2] / 2, element: group };
}
