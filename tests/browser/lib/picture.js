// Makes screenshots small enough to keep in a repository. Chromium writes three bytes for each pixel; our pages have few
// colours, so one byte with a palette does (PNG, RFC 2083).

import { deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

/** The same picture with a palette. */
export function small(png) {
  const { width, height, channels, pixels } = decoded(png);
  const colourAt = (pixel) => pixels.readUIntBE(pixel * channels, 3);
  const frequency = new Map();
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    frequency.set(colourAt(pixel), (frequency.get(colourAt(pixel)) ?? 0) + 1);
  }
  const { palette, indexes } = paletteOf(frequency);
  // A line starts with its filter: 0, none.
  const lines = Buffer.alloc(height * (width + 1));
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    lines[pixel + Math.floor(pixel / width) + 1] = indexes.get(colourAt(pixel));
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  // 8 bits for each pixel, an index in the palette.
  head.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', head),
    chunk('PLTE', Buffer.from(palette.flatMap(parts))),
    chunk('IDAT', deflateSync(lines, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** The most frequent colours, and some that are rare but like no other; all other colours become the nearest of these. */
function paletteOf(frequency) {
  const colours = [...frequency.keys()].sort((a, b) => frequency.get(b) - frequency.get(a));
  const palette = [];
  const indexes = new Map();
  const distances = new Map(colours.map((colour) => [colour, Infinity]));
  while (palette.length < Math.min(256, colours.length)) {
    const next =
      palette.length < 192
        ? colours[palette.length]
        : colours.reduce((a, b) => (distances.get(b) > distances.get(a) ? b : a));
    for (const colour of colours) {
      const distance = apart(colour, next);
      if (distance >= distances.get(colour)) continue;
      distances.set(colour, distance);
      indexes.set(colour, palette.length);
    }
    palette.push(next);
  }
  return { palette, indexes };
}

function apart(a, b) {
  const [red, green, blue] = parts(a).map((part, at) => part - parts(b)[at]);
  return red ** 2 + green ** 2 + blue ** 2;
}

const parts = (colour) => [colour >> 16, (colour >> 8) & 255, colour & 255];

/** The pixels of a picture as Chromium writes it: 8 bits for each channel, not interlaced. */
function decoded(png) {
  const data = [];
  for (let at = SIGNATURE.length; at < png.length; ) {
    const length = png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') data.push(png.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  const [width, height, channels] = [png.readUInt32BE(16), png.readUInt32BE(20), { 2: 3, 6: 4 }[png[25]]];
  if (png[24] !== 8 || !channels || png[28] !== 0) throw new Error('not a picture as Chromium writes it');
  const raw = inflateSync(Buffer.concat(data));
  const bytes = width * channels;
  const pixels = Buffer.alloc(height * bytes);
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (bytes + 1)];
    for (let x = 0; x < bytes; x += 1) {
      const at = y * bytes + x;
      const left = x >= channels ? pixels[at - channels] : 0;
      const up = y > 0 ? pixels[at - bytes] : 0;
      const corner = x >= channels && y > 0 ? pixels[at - bytes - channels] : 0;
      pixels[at] = raw[y * (bytes + 1) + 1 + x] + [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
    }
  }
  return { width, height, channels, pixels };
}

function paeth(left, up, corner) {
  const [toLeft, toUp, toCorner] = [left, up, corner].map((value) => Math.abs(left + up - corner - value));
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

/** Debian's Node has none of its own. */
function crc32(bytes) {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ -1) >>> 0;
}
