// Names and values of fields in words.
import type { Plain } from "../live";
import { t, tOr } from "../text";
import { numberText, steadyText } from "../text/format";

export function plainText(value: Plain, steady = false): string {
  if (value === null) return "—";
  if (typeof value === "number") return steady ? steadyText(value) : numberText(value);
  if (typeof value === "boolean") return value ? t("value.yes") : t("value.no");
  if (Array.isArray(value)) return value.map((each) => (each === null ? "—" : steadyText(each))).join("  ");
  return tOr(`value.${value}`, value);
}

/** "motor.winding_temperature" as "Winding temperature". */
export function fieldTitle(name: string): string {
  const parts = name.split(".");
  return tOr(`field.${name}`, humanized(parts.slice(1).join(" ") || name));
}

export function humanized(name: string): string {
  return tOr(`component.${name}`, titled(name.replaceAll("_", " ")));
}

/** A name as a title begins: with a capital. */
export function titled(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
