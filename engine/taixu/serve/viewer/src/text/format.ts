// Numbers, times and units as people read them.
import { language, t } from "./index";

const UNITS: Record<string, string> = {
  degC: "°C", degF: "°F", kelvin: "K", percent: "%", dimensionless: "", degree: "°", deg: "°", rad: "rad", "m/s": "m/s", "m/s^2": "m/s²",
  "m**2": "m²", "m**3": "m³", "1/min": "min⁻¹", rpm: "rpm", ohm: "Ω", "N*m": "N·m", "N m": "N·m",
};

const digits = new Map<string, Intl.NumberFormat>();

function format(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = language.value + JSON.stringify(options);
  let found = digits.get(key);
  if (!found) digits.set(key, (found = new Intl.NumberFormat(language.value, options)));
  return found;
}

/** A unit's sign. */
export function unitText(unit: string): string {
  return UNITS[unit] ?? unit;
}

/** A number with as many digits as anybody reads: four that mean something, none after the point from a thousand on. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return "—";
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e9 || size < 1e-4)) return value.toExponential(2);
  const after = Number.isInteger(value) || size >= 1000 ? 0 : size >= 100 ? 1 : size >= 1 ? 2 : 3;
  return format({ minimumFractionDigits: 0, maximumFractionDigits: after }).format(value);
}

/** A number with a fixed count of digits after the point, for what changes in place. */
export function steadyText(value: number): string {
  if (!Number.isFinite(value)) return "—";
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e7 || size < 1e-4)) return value.toExponential(2);
  const after = size >= 1000 ? 0 : size >= 100 ? 1 : 2;
  return format({ minimumFractionDigits: after, maximumFractionDigits: after }).format(value);
}

export function countText(value: number): string {
  return format({ maximumFractionDigits: 0 }).format(value);
}

export function bytesText(bytes: number): string {
  const steps: [number, string][] = [[1e9, "GB"], [1e6, "MB"], [1e3, "kB"]];
  for (const [size, unit] of steps) if (bytes >= size) return `${format({ maximumFractionDigits: 1 }).format(bytes / size)} ${unit}`;
  return `${countText(bytes)} B`;
}

/** A span of time in its largest unit: 0.4 s, 12 s, 3 min, 2 h, 5 d. */
export function spanText(secs: number): string {
  const size = Math.abs(secs);
  if (size < 0.001) return t("span.ms", { n: 0 });
  if (size < 1) return t("span.ms", { n: Math.round(secs * 1000) });
  if (size < 10 && !Number.isInteger(secs)) return t("span.s", { n: secs.toFixed(1) });
  if (size < 120) return t("span.s", { n: Math.round(secs) });
  if (size < 7200) return t("span.min", { n: Math.round(secs / 60) });
  if (size < 172_800) return t("span.h", { n: Math.round(secs / 3600) });
  return t("span.d", { n: Math.round(secs / 86_400) });
}

/** Time of day of nanoseconds since 1970. */
export function clockText(time_ns: number, options: { tenths?: boolean; seconds?: boolean } = {}): string {
  const date = new Date(time_ns / 1e6);
  const two = (n: number) => String(n).padStart(2, "0");
  const base = `${two(date.getHours())}:${two(date.getMinutes())}`;
  if (options.seconds === false) return base;
  const tenths = options.tenths ? `.${Math.floor(date.getMilliseconds() / 100)}` : "";
  return `${base}:${two(date.getSeconds())}${tenths}`;
}

/** Day and time. */
export function momentText(time_ns: number): string {
  return `${dayText(time_ns)} ${clockText(time_ns)}`;
}

export function dayText(time_ns: number): string {
  const date = new Date(time_ns / 1e6);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
