// The GLSL programs of splat.js.

import { solidHarmonics } from "./harmonics.js";

// What a program has room for at a time; every WebGL2 has.
export const DATA_VECTORS = 96;

// GLSL of a number, a power of x, y or z, and a harmonic.
const float = (value) => (Number.isInteger(value) ? `${value}.0` : String(value));
const power = (axis, n) => Array.from({ length: n }, () => axis);
const harmonic = (l, m) => `(${solidHarmonics(l)[l + m]
  .map(([i, j, factor]) => [float(factor), ...power("x", i), ...power("y", j), ...power("z", l - i - j)].join(" * ")).join(" + ")})`;

// A function of this l is its exponent and its coefficients, in so many vectors of four; two s functions share one.
export const vectorsOf = (l) => Math.ceil((2 * l + 2) / 4);

// A square on each plane of points that functions of one atom reach, around the circle in which they do.
export const SQUARES = `#version 300 es
uniform vec3 from;     // first point of the box, from the atom
uniform float step;
uniform float reach;
uniform ivec3 shape;   // planes of this target, rows of a plane, points of a row
uniform int firstPlane;
flat out float across;
flat out int firstRow;
void main() {
  int plane = firstPlane + gl_InstanceID;
  across = from.x + step * float(plane);
  firstRow = plane * shape.y;
  float radius = sqrt(max(0.0, reach * reach - across * across)) / step;
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 2.0 - 1.0;
  vec2 at = clamp(-from.zy / step + corner * radius + 0.5, vec2(0.0), vec2(shape.zy));
  at.y += float(firstRow);
  gl_Position = vec4(at / vec2(shape.z, shape.x * shape.y) * 2.0 - 1.0, 0.0, 1.0);
}`;

// Their sum at a point, up to the l `highest`. data: l by l, counts[l] entries of vectorsOf(l) vectors.
export function functionsSource(highest) {
  const sums = [];
  for (let l = 0; l <= highest; l++) {
    const vectors = vectorsOf(l);
    const names = Array.from({ length: 2 * l + 1 }, (_, k) => `a${l}_${k}`);
    const entry = (k) => `data[at + ${k >> 2}].${"xyzw"[k & 3]}`;
    sums.push(`if (counts[${l}] > 0) {
    float ${names.map((name) => `${name} = 0.0`).join(", ")};
    for (int k = 0; k < counts[${l}]; k++, at += ${vectors}) {
      float e = exp(-data[at].x * rr);
      ${names.map((name, k) => `${name} += e * ${entry(k + 1)};`).join(" ")}${l ? "" : `
      a0_0 += exp(-data[at].z * rr) * data[at].w;`}
    }
    sum += ${names.map((name, k) => `${name} * ${harmonic(l, k - l)}`).join(" + ")};
  }`);
  }
  return `#version 300 es
precision highp float;
precision highp int;
uniform vec3 from;
uniform float step;
uniform float reach;
uniform int counts[${highest + 1}];
uniform vec4 data[${DATA_VECTORS}];
flat in float across;
flat in int firstRow;
out vec4 result;
void main() {
  float x = across;
  float y = from.y + step * float(int(gl_FragCoord.y) - firstRow);
  float z = from.z + step * floor(gl_FragCoord.x);
  float rr = x * x + y * y + z * z;
  if (rr > reach * reach) discard;
  float sum = 0.0;
  int at = 0;
  ${sums.join("\n  ")}
  result = vec4(sum, 0.0, 0.0, 1.0);
}`;
}

// The whole target.
export const WHOLE = `#version 300 es
void main() {
  gl_Position = vec4(vec2(gl_VertexID & 1, gl_VertexID >> 1) * 2.0 - 1.0, 0.0, 1.0);
}`;

// Two codes of field.js to a pixel, two bytes each, the lower first.
export const ENCODE = `#version 300 es
precision highp float;
precision highp int;
uniform highp sampler2D density;
uniform int width;     // points of a row
uniform vec3 scale;    // knee, low, high of field.js
out vec4 result;
vec2 code(int point) {
  float v = texelFetch(density, ivec2(point % width, point / width), 0).r / scale.x;
  float size = abs(v);
  float share = clamp((sign(v) * log(size + sqrt(size * size + 1.0)) - scale.y) / (scale.z - scale.y), 0.0, 1.0);
  float whole = floor(65535.0 * share + 0.5);
  float high = floor(whole / 256.0);
  return vec2(whole - 256.0 * high, high) / 255.0;
}
void main() {
  int first = 2 * (int(gl_FragCoord.y) * width + int(gl_FragCoord.x));
  result = vec4(code(first), code(first + 1));
}`;
