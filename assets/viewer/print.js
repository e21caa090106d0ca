// A stage drawn anew at any size and on any ground, put back as it was before anything is shown, and the bar of scale.

import { angstromPerPixel } from "./screen.js";

// 3Dmol draws twice as fine as a canvas is wide, or as fine as a finer screen is.
const LEAST_RATIO = 2;
const NICE = [5, 2, 1];
// A canvas of more pixels than this some browsers leave empty without a word.
const MOST_PIXELS = 64e6;

// Of a side of the picture, in pixels.
export function largestSide({ viewer }) {
  const gl = viewer.getRenderer().getContext();
  const sizes = [gl.getParameter(gl.MAX_RENDERBUFFER_SIZE), gl.getParameter(gl.MAX_TEXTURE_SIZE), ...gl.getParameter(gl.MAX_VIEWPORT_DIMS)];
  return Math.min(...sizes);
}

export function possible(stage, width, height) {
  return Math.max(width, height) <= largestSide(stage) && width * height <= MOST_PIXELS;
}

// The stage as a canvas of `width` x `height` pixels. ground: a CSS colour, or "transparent". Everything happens before
// the browser draws the page again, so that nobody sees it.
export function drawnAt(stage, width, height, ground) {
  const { viewer, background } = stage;
  const view = viewer.getView();
  // Drawn twice as large and made smaller, edges are smooth, as they are on the screen.
  const finer = possible(stage, 2 * width, 2 * height) ? 2 : 1;
  const ratio = Math.max(LEAST_RATIO, globalThis.devicePixelRatio || 1);
  try {
    viewer.setWidth((finer * width) / ratio);
    viewer.setHeight((finer * height) / ratio);
    if (ground !== "transparent") return copyOf(viewer, width, height, ground);
    return cutOut(...["#ffffff", "#000000"].map((color) => copyOf(viewer, width, height, color)));
  } finally {
    viewer.setBackgroundColor(background ?? "#ffffff", 1);
    viewer.resize();
    viewer.setView(view);
  }
}

function copyOf(viewer, width, height, color) {
  viewer.setBackgroundColor(color, 1);
  viewer.render();
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const paper = canvas.getContext("2d");
  paper.imageSmoothingQuality = "high";
  paper.drawImage(viewer.getCanvas(), 0, 0, width, height);
  return canvas;
}

// What is the same on white and on black is opaque; from the difference follow opacity and colour of every other pixel
// (A. R. Smith and J. F. Blinn, "Blue screen matting", SIGGRAPH 1996). So glass stays glass on any ground.
function cutOut(onWhite, onBlack) {
  const { width, height } = onWhite;
  const paper = onBlack.getContext("2d");
  const light = onWhite.getContext("2d").getImageData(0, 0, width, height).data;
  const image = paper.getImageData(0, 0, width, height);
  const dark = image.data;
  for (let k = 0; k < dark.length; k += 4) {
    let shines = 255;
    for (let c = k; c < k + 3; c++) shines = Math.min(shines, light[c] - dark[c]);
    const alpha = 255 - Math.max(0, shines);
    for (let c = k; c < k + 3; c++) dark[c] = alpha ? (255 * dark[c]) / alpha : 0;
    dark[k + 3] = alpha;
  }
  paper.putImageData(image, 0, 0);
  return onBlack;
}

// The nice length, in angstrom, that takes a tenth to a quarter of the width.
export function barLength(angstromWide) {
  const most = angstromWide / 4;
  const power = 10 ** Math.floor(Math.log10(most));
  return power * NICE.find((n) => n * power <= most);
}

// Draws the bar, and its length over it, at the left above `bottom`; returns its length in angstrom and in pixels.
export function drawBar({ paper, write }, stage, { width, height }, bottom, ratio) {
  const scale = angstromPerPixel(stage, height);
  const angstrom = barLength(width * scale);
  const pixels = angstrom / scale;
  const left = 14 * ratio;
  const thick = Math.max(2, Math.round(2.2 * ratio));
  paper.fillRect(left, bottom - thick, pixels, thick);
  for (const end of [left, left + pixels - thick]) paper.fillRect(end, bottom - 4 * thick, thick, 4 * thick);
  write(`${Number(angstrom.toPrecision(1))} Å at the depth of the centre`, left, bottom - 5 * thick, { size: 12 });
  return { angstrom, pixels };
}
