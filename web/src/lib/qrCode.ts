// The server draws the QR code. Markup from text is not allowed on this page, so that only the
// path is taken out of the drawing, and drawn again.

export type QrCode = { size: number; path: string };

/** Null when the drawing is not as expected; the secret can still be typed. */
export function readQrCode(svg: string): QrCode | null {
  const size = /\bviewBox="0 0 (\d{2,3}) \d{2,3}"/.exec(svg)?.[1];
  const paths = [...svg.matchAll(/<path fill="#000" d="([MmHhVvZz\d .-]+)"/g)];
  const path = paths[0]?.[1];
  return size && path && paths.length === 1 ? { size: Number(size), path } : null;
}
