// Small drawings, 16 by 16, in the colour of the text around them. Severities differ by shape, so that nobody needs their colours.
import type { Severity } from "../live";

const PATHS = {
  search: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9ZM10.4 10.4 14 14",
  close: "M4 4l8 8M12 4l-8 8",
  goto: "M8 1.8v2.4M8 11.8v2.4M1.8 8h2.4M11.8 8h2.4M8 4.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7Z",
  play: "M4.5 3v10l8-5-8-5Z",
  pause: "M5 3v10M11 3v10",
  check: "M3 8.5l3.2 3.2L13 4.8",
  eye: "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8ZM8 6.2a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6Z",
  eyeOff: "M2.5 2.5l11 11M6.3 4A6 6 0 0 1 8 3.5c4 0 6.5 4.5 6.5 4.5a11 11 0 0 1-2 2.5M4 5.2A11 11 0 0 0 1.5 8S4 12.5 8 12.5c1 0 1.9-.2 2.7-.6",
  sun: "M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6ZM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1",
  moon: "M13.5 9.5A5.8 5.8 0 0 1 6.5 2.5a5.8 5.8 0 1 0 7 7Z",
  sound: "M2.5 6v4h2.5l3.5 3V3L5 6H2.5ZM11 5.5a3.5 3.5 0 0 1 0 5M12.8 3.5a6.3 6.3 0 0 1 0 9",
  soundOff: "M2.5 6v4h2.5l3.5 3V3L5 6H2.5ZM11 6l3.5 4M14.5 6 11 10",
  bell: "M8 2a4 4 0 0 0-4 4c0 4-1.5 5-1.5 5h11S12 10 12 6a4 4 0 0 0-4-4ZM6.8 13.5a1.3 1.3 0 0 0 2.4 0",
  list: "M5.5 4h8M5.5 8h8M5.5 12h8M2.5 4h.01M2.5 8h.01M2.5 12h.01",
  gauge: "M2.5 11.5a6 6 0 1 1 11 0M8 9l2.5-3.5M8 9h.01",
  info: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM8 7.5V11M8 5h.01",
  cube: "M8 1.8 13.5 5v6L8 14.2 2.5 11V5L8 1.8ZM2.5 5 8 8l5.5-3M8 8v6",
  clock: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM8 4.5V8l2.5 1.5",
  chevron: "M6 4l4 4-4 4",
  back: "M8.5 3 4 8l4.5 5M4 8h9",
  compare: "M5.5 2.5v11M10.5 2.5v11M2 5l3.5-2.5M14 11l-3.5 2.5",
  route: "M4 11.5a1.6 1.6 0 1 0 0 .01ZM12 4.5a1.6 1.6 0 1 0 0 .01ZM5.6 11.5H10a2 2 0 0 0 0-4H6a2 2 0 0 1 0-4h4.4",
  flag: "M4 14.5V2M4 2.5h8.5L10.5 5.5l2 3H4",
  branch: "M4.5 13.5v-11M4.5 10c0-3 7-2.5 7-6.5M9.5 5l2-2.5 2 2.5M2.5 5l2-2.5 2 2.5",
  lock: "M4.5 7.5h7v6h-7v-6ZM6 7.5V5.2a2 2 0 0 1 4 0v2.3",
  command: "M2.5 4.5 6 8l-3.5 3.5M7.5 12H13.5",
  chart: "M2.5 2.5v11h11M4.5 10.5l3-3.5 2.5 2 3.5-5",
  people: "M6 7.5a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4ZM2 13c0-2.5 1.6-4 4-4s4 1.5 4 4M10.5 3.3a2.2 2.2 0 0 1 0 4M12 9.3c1.3.6 2 1.9 2 3.7",
  globe: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM2 8h12M8 2c2 2 2.8 4 2.8 6S10 12 8 14c-2-2-2.8-4-2.8-6S6 4 8 2Z",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

const SHAPES: Record<Severity, string> = {
  critical: "M8 1.2 15.2 14.3H.8Z",
  high: "M8 .9 15.1 8 8 15.1.9 8Z",
  low: "M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2Z",
  info: "M2.8 2.8h10.4v10.4H2.8Z",
};

/** Triangle, diamond, circle, square: the worst first. Hollow is over. */
export function SeverityMark({ severity, active = true, size = 14 }: { severity: Severity; active?: boolean; size?: number }) {
  return (
    <svg class={`severity severity-${severity}`} width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      <path d={SHAPES[severity]} fill={active ? "currentColor" : "none"} stroke="currentColor" stroke-width="1.6" stroke-linejoin="round" />
      {severity === "critical" && <path d="M8 5.8v4M8 12h.01" stroke={active ? "var(--surface)" : "currentColor"} stroke-width="1.7" stroke-linecap="round" />}
    </svg>
  );
}

export function isSeverity(text: string): text is Severity {
  return Object.hasOwn(SHAPES, text);
}
