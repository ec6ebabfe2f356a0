// Values of a panel with their unit: short for readouts, and on an axis with as many digits as tell
// its lines apart. Pure.
import { formatTick, formatValue } from "./format";

export const units = [
  { value: "", label: "None" },
  { value: "count", label: "Count" },
  { value: "percent", label: "Percent (0 to 100)" },
  { value: "ratio", label: "Ratio (0 to 1, as percent)" },
  { value: "bytes", label: "Bytes" },
  { value: "bits", label: "Bits" },
  { value: "seconds", label: "Seconds" },
  { value: "ms", label: "Milliseconds" },
  { value: "per_s", label: "Per second" },
  { value: "bytes_per_s", label: "Bytes per second" },
  { value: "bits_per_s", label: "Bits per second" },
] as const;

type Scale = { at: number; suffix: string }[];

function powers(base: number, suffixes: string[]): Scale {
  return suffixes.map((suffix, power) => ({ at: base ** power, suffix }));
}

const bytes = powers(1024, ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]);
const bits = powers(1000, ["b", "kb", "Mb", "Gb", "Tb", "Pb"]);
const seconds: Scale = [
  { at: 1e-6, suffix: "µs" },
  { at: 1e-3, suffix: "ms" },
  { at: 1, suffix: "s" },
  { at: 60, suffix: "min" },
  { at: 3600, suffix: "h" },
  { at: 86_400, suffix: "d" },
];

type Shape = { scale?: Scale; factor?: number; suffix?: string };

const shapes: Record<string, Shape> = {
  percent: { suffix: " %" },
  ratio: { factor: 100, suffix: " %" },
  bytes: { scale: bytes },
  bytes_per_s: { scale: bytes, suffix: "/s" },
  bits: { scale: bits },
  bits_per_s: { scale: bits, suffix: "/s" },
  seconds: { scale: seconds },
  ms: { scale: seconds, factor: 1e-3 },
  per_s: { suffix: "/s" },
};

export function isBinary(unit: string): boolean {
  return shapes[unit]?.scale === bytes;
}

/** The largest step of the scale that the value reaches. */
function stepFor(scale: Scale, value: number) {
  const size = Math.abs(value);
  return (
    scale.findLast((one) => size >= one.at) ??
    (size === 0 ? scale.find((one) => one.at === 1) : scale[0])
  );
}

/** Three significant digits, or as many decimals as are asked for. */
function digits(value: number, decimals: number | null): string {
  if (decimals !== null) return value.toFixed(decimals);
  const size = Math.abs(value);
  if (size === 0 || size >= 100) return value.toFixed(0);
  return String(Number(value.toPrecision(3)));
}

export function formatUnit(value: number, unit: string, decimals: number | null = null): string {
  if (!Number.isFinite(value)) return formatValue(value);
  const { scale, factor = 1, suffix = "" } = shapes[unit] ?? {};
  const scaled = value * factor;
  if (scale) {
    const step = stepFor(scale, scaled);
    return `${digits(scaled / (step?.at ?? 1), decimals)} ${step?.suffix ?? ""}${suffix}`;
  }
  if (decimals !== null) return `${scaled.toFixed(decimals)}${suffix}`;
  if (unit === "percent" || unit === "ratio") return `${digits(scaled, null)}${suffix}`;
  return `${formatValue(scaled)}${suffix}`;
}

/** On an axis whose lines stand `step` apart. */
export function formatUnitTick(value: number, step: number, unit: string): string {
  const { scale, factor = 1, suffix = "" } = shapes[unit] ?? {};
  const scaled = value * factor;
  if (!scale) return `${formatTick(scaled, step * factor)}${suffix}`;
  const part = stepFor(scale, scaled);
  const at = part?.at ?? 1;
  const places = Math.max(0, Math.ceil(-Math.log10((step * factor) / at) - 1e-9));
  return `${Number((scaled / at).toFixed(places))} ${part?.suffix ?? ""}${suffix}`;
}
