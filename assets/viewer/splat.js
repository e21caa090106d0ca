// The density on a box of points from its coefficients, by WebGL2: for every atom and plane of points a square that its
// functions reach, added up in float32. The result comes as the codes of field.js, two to a pixel of four bytes.
// For a worker. Work goes in batches short enough that the page's own pictures, on the same card, keep moving.

import { reaching } from "./coefficients.js";
import { DATA_VECTORS, ENCODE, SQUARES, WHOLE, functionsSource, vectorsOf } from "./shaders.js";

// Functions of an atom are drawn together that reach beyond the same one of these, bohr.
const ZONES_BOHR = [0, 1.5, 3, 5.5];
const MOST_ROWS = 4096;
const BATCH_MILLISECONDS = 12;
// Points times functions; the first batch, and the least and most of later ones.
const [FIRST_WORK, LEAST_WORK, MOST_WORK] = [1e6, 2e5, 1e9];

export class Splatter {
  // Null where this browser cannot: no WebGL2, or no float targets that can be added to.
  static create() {
    const gl = globalThis.OffscreenCanvas && new OffscreenCanvas(1, 1).getContext("webgl2", { antialias: false, depth: false });
    if (!gl) return null;
    return gl.getExtension("EXT_color_buffer_float") && gl.getExtension("EXT_float_blend") ? new Splatter(gl) : null;
  }

  constructor(gl) {
    this.gl = gl;
    this.work = FIRST_WORK;
    gl.bindVertexArray(gl.createVertexArray());
  }

  // coefficients: of coefficients.js. box: { shape, origin_bohr, step_bohr }. scale: { knee, low, high } of the codes.
  // Returns them, uint16, z fastest; null where `stop()` said so on the way.
  async evaluate(coefficients, box, scale, stop = () => false) {
    const { gl } = this;
    const { shape: [nx, ny, nz], step_bohr: step } = box;
    this.prepare(coefficients.highest);
    const squares = new Map();
    const codes = new Uint16Array(nx * ny * nz);
    const planes = Math.max(1, Math.min(nx, Math.floor(Math.min(MOST_ROWS, gl.getParameter(gl.MAX_TEXTURE_SIZE)) / ny)));
    const target = new Target(gl, nz, planes * ny);
    try {
      for (let first = 0; first < nx; first += planes) {
        const count = Math.min(planes, nx - first);
        target.startSum();
        this.startSquares({ shape: [planes, ny, nz], step });
        let work = 0;
        for (const atom of coefficients.atoms) {
          if (!squares.has(atom)) squares.set(atom, squaresOf(atom, box));
          for (const square of squares.get(atom)) work += this.draw(square, { step, first, count });
          if (work < this.work) continue;
          await this.finish(work);
          if (stop()) return null;
          work = 0;
        }
        target.startCodes();
        this.startEncoding(nz, scale);
        gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
        target.read(count * ny);
        await this.finish(0);
        if (stop()) return null;
        target.copy(new Uint8Array(codes.buffer, 2 * first * ny * nz, 2 * count * ny * nz));
      }
      return codes;
    } finally {
      target.dispose();
    }
  }

  prepare(highest) {
    if (this.highest >= highest) return;
    this.squares = program(this.gl, SQUARES, functionsSource(highest));
    this.encode ??= program(this.gl, WHOLE, ENCODE);
    this.highest = highest;
  }

  startSquares({ shape, step }) {
    const { gl, squares } = this;
    gl.useProgram(squares.program);
    gl.uniform1f(squares.place("step"), step);
    gl.uniform3i(squares.place("shape"), ...shape);
  }

  startEncoding(width, { knee, low, high }) {
    const { gl, encode } = this;
    gl.useProgram(encode.program);
    gl.uniform1i(encode.place("width"), width);
    gl.uniform3f(encode.place("scale"), knee, low, high);
  }

  // One atom's functions of one zone, on those of the planes that they reach; how much work that is.
  draw({ from, reach, counts, data, workOfPlane }, { step, first, count }) {
    const { gl, squares } = this;
    const lowest = Math.max(0, Math.ceil((-from[0] - reach) / step) - first);
    const last = Math.min(count - 1, Math.floor((-from[0] + reach) / step) - first);
    if (last < lowest) return 0;
    gl.uniform3f(squares.place("from"), from[0] + step * first, from[1], from[2]);
    gl.uniform1f(squares.place("reach"), reach);
    gl.uniform1i(squares.place("firstPlane"), lowest);
    gl.uniform1iv(squares.place("counts"), padded(counts, this.highest + 1));
    gl.uniform4fv(squares.place("data"), data);
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, last - lowest + 1);
    return (last - lowest + 1) * workOfPlane;
  }

  // Until all that was asked for is done; the next batch is longer or shorter by how long this one took.
  async finish(work) {
    const { gl } = this;
    const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    gl.flush();
    const started = performance.now();
    do {
      await pause();
      if (gl.isContextLost()) throw new Error("The graphics card was taken away.");
    } while (gl.getSyncParameter(fence, gl.SYNC_STATUS) !== gl.SIGNALED);
    gl.deleteSync(fence);
    if (!work) return;
    const factor = Math.min(2, Math.max(0.5, BATCH_MILLISECONDS / (performance.now() - started)));
    this.work = Math.min(MOST_WORK, Math.max(LEAST_WORK, factor * this.work));
  }
}

// What is summed into (float32), what is read from (bytes), and the buffer between card and page.
class Target {
  constructor(gl, width, height) {
    Object.assign(this, { gl, width, height });
    this.sum = texture(gl, gl.R32F, width, height);
    this.halfHeight = Math.ceil(height / 2);
    this.bytes = texture(gl, gl.RGBA8, width, this.halfHeight);
    this.frames = [this.sum, this.bytes].map((attached) => {
      const frame = gl.createFramebuffer();
      gl.bindFramebuffer(gl.FRAMEBUFFER, frame);
      gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, attached, 0);
      return frame;
    });
    this.buffer = gl.createBuffer();
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, this.buffer);
    gl.bufferData(gl.PIXEL_PACK_BUFFER, 4 * width * this.halfHeight, gl.STREAM_READ);
  }

  startSum() {
    const { gl } = this;
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.frames[0]);
    gl.viewport(0, 0, this.width, this.height);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE);
    gl.clearBufferfv(gl.COLOR, 0, [0, 0, 0, 0]);
  }

  startCodes() {
    const { gl } = this;
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.frames[1]);
    gl.viewport(0, 0, this.width, this.halfHeight);
    gl.disable(gl.BLEND);
    gl.bindTexture(gl.TEXTURE_2D, this.sum);
  }

  // Two points to a pixel, one row of points after the other.
  read(rows) {
    const { gl } = this;
    gl.readPixels(0, 0, this.width, Math.ceil(rows / 2), gl.RGBA, gl.UNSIGNED_BYTE, 0);
  }

  copy(bytes) {
    this.gl.getBufferSubData(this.gl.PIXEL_PACK_BUFFER, 0, bytes);
  }

  dispose() {
    const { gl } = this;
    for (const frame of this.frames) gl.deleteFramebuffer(frame);
    gl.deleteTexture(this.sum);
    gl.deleteTexture(this.bytes);
    gl.deleteBuffer(this.buffer);
  }
}

// What has to be drawn of an atom: { from, reach, counts, data, workOfPlane } for each zone that has functions.
function squaresOf(atom, box) {
  const found = reaching(atom, box);
  if (!found) return [];
  return ZONES_BOHR.flatMap((lower, zone) => {
    const upper = ZONES_BOHR[zone + 1] ?? Infinity;
    const chosen = found.primitives.filter(({ reach }) => reach > lower && reach <= upper);
    return portions(chosen).map((some) => squareOf(some, found.from, box));
  });
}

// As many at a time as fit into the shader's data.
function portions(primitives) {
  const found = [];
  let room = 0;
  for (const primitive of primitives) {
    const needed = vectorsOf(primitive.l);
    if (needed > room || !found.length) {
      found.push([]);
      room = DATA_VECTORS;
    }
    found.at(-1).push(primitive);
    room -= needed;
  }
  return found;
}

function squareOf(primitives, from, { shape, step_bohr: step }) {
  const highest = Math.max(...primitives.map(({ l }) => l));
  const reach = Math.max(...primitives.map((primitive) => primitive.reach));
  const counts = [];
  const data = [];
  for (let l = 0; l <= highest; l++) {
    const own = primitives.filter((primitive) => primitive.l === l);
    // Two s functions share a vector.
    const rows = l ? own.map(rowOf) : own.flatMap((_, k) => (k % 2 ? [] : [[...rowOf(own[k]), ...(own[k + 1] ? rowOf(own[k + 1]) : [0, 0])]]));
    counts.push(rows.length);
    for (const row of rows) data.push(...row, ...new Array(4 * vectorsOf(l) - row.length).fill(0));
  }
  const along = (axis) => {
    const low = Math.max(0, (-from[axis] - reach) / step);
    return Math.max(0, Math.min(shape[axis] - 1, (-from[axis] + reach) / step) - low + 1);
  };
  const workOfPlane = along(1) * along(2) * (1 + primitives.length);
  return { from, reach, counts, data: Float32Array.from(data), workOfPlane };
}

function rowOf({ exponent, coefficients }) {
  return [exponent, ...coefficients];
}

function texture(gl, format, width, height) {
  const made = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, made);
  gl.texStorage2D(gl.TEXTURE_2D, 1, format, width, height);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
  return made;
}

// { program, place(name) of a uniform }.
function program(gl, vertexSource, fragmentSource) {
  const made = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, vertexSource], [gl.FRAGMENT_SHADER, fragmentSource]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(made, shader);
  }
  gl.linkProgram(made);
  if (!gl.getProgramParameter(made, gl.LINK_STATUS))
    throw new Error(`The graphics card refused the program: ${gl.getProgramInfoLog(made)}`);
  const places = new Map();
  const place = (name) => {
    if (!places.has(name)) places.set(name, gl.getUniformLocation(made, name));
    return places.get(name);
  };
  return { program: made, place };
}

function padded(counts, length) {
  return Int32Array.from({ length }, (_, l) => counts[l] ?? 0);
}

function pause() {
  return new Promise((resolve) => setTimeout(resolve, 1));
}
