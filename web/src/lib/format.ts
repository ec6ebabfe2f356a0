// Numbers with their units, short enough for axes and table cells.

const binary = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
const decimal = ["", "k", "M", "G", "T"];

/** Three significant digits at most: 6.12, 61.2, 612. */
function short(value: number): string {
  const size = Math.abs(value);
  if (size === 0 || size >= 100) return value.toFixed(0);
  const digits = size >= 10 ? 1 : 2;
  return value.toFixed(digits).replace(/\.?0+$/, "");
}

function scaled(value: number, base: number): [number, number] {
  let scale = 0;
  let rest = value;
  while (Math.abs(rest) >= base && scale < 5) {
    rest /= base;
    scale += 1;
  }
  return [rest, scale];
}

export function formatBytes(bytes: number): string {
  const [value, scale] = scaled(bytes, 1024);
  return `${short(value)} ${binary[scale]}`;
}

export function formatByteRate(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`;
}

export function formatPercent(percent: number): string {
  return `${percent >= 10 || percent === 0 ? percent.toFixed(0) : percent.toFixed(1)} %`;
}

export function formatCount(count: number): string {
  if (count < 10_000) return count.toLocaleString("en");
  const [value, scale] = scaled(count, 1000);
  return `${short(value)} ${decimal[scale]}`;
}

export function formatLoad(load: number): string {
  return load.toFixed(2);
}

/** Any number in four digits: `0.0412`, `12.35 k`, `1.2e-7`. */
export function formatValue(value: number): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
  if (size !== 0 && (size < 0.001 || size >= 1e15)) return value.toExponential(2);
  const [rest, scale] = scaled(value, 1000);
  return `${Number(rest.toPrecision(4))} ${decimal[scale]}`.trimEnd();
}

/** A value on an axis whose lines stand `step` apart: with as many digits as tell them apart. */
export function formatTick(value: number, step: number): string {
  const size = Math.abs(value);
  if (size >= 1e15 || (size !== 0 && step < 1e-6)) return value.toExponential(2);
  const [rest, scale] = scaled(value, 1000);
  // One digit more than the step's size: it may be 0.25.
  const digits = Math.max(0, Math.ceil(-Math.log10(step / 1000 ** scale) - 1e-9) + 1);
  return `${Number(rest.toFixed(digits))} ${decimal[scale]}`.trimEnd();
}

/** `1 record`, `5,000 records` */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}
