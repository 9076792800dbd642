// Pieces that panels are made of.
import type { ComponentChildren } from "preact";
import { signal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { t } from "../text";
import { spanText } from "../text/format";
import { Icon, type IconName } from "./icons";

export function IconButton(
  { icon, label, onClick, pressed, disabled, className = "" }:
  { icon: IconName; label: string; onClick: () => void; pressed?: boolean; disabled?: boolean; className?: string },
) {
  return (
    <button type="button" class={`icon-button ${className}`} aria-label={label} title={label} aria-pressed={pressed} disabled={disabled} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}

export function Section({ title, children, aside }: { title: string; children: ComponentChildren; aside?: ComponentChildren }) {
  return (
    <section class="section" aria-label={title}>
      <h3 class="section-title">
        <span>{title}</span>
        {aside}
      </h3>
      {children}
    </section>
  );
}

export function Empty({ children }: { children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

const BEAT_MS = 500;

/** Data older than this is shown as stale, and after the second it is silent. */
export const STALE_SECS = 10;
export const SILENT_SECS = 60;

export function staleness(age: number | null): "fresh" | "stale" | "silent" | "never" {
  if (age === null) return "never";
  return age > SILENT_SECS ? "silent" : age > STALE_SECS ? "stale" : "fresh";
}

export function AgeText({ age }: { age: number | null }) {
  const state = staleness(age);
  const text = age === null ? t("age.never") : age < 1 ? t("age.now") : spanText(age);
  return (
    <span class={`age age-${state}`} title={age === null ? t("age.neverLong") : t("age.long", { age: spanText(age) })}>
      {state !== "fresh" && state !== "never" && <Icon name="clock" size={12} />}
      {text}
    </span>
  );
}

/** Milliseconds of the page's clock, twice a second. Whoever shows an age reads it: ages go on without anybody telling. */
export const beat = signal(performance.now());

export function startBeat(): void {
  setInterval(() => (beat.value = performance.now()), BEAT_MS);
}

/** A row of choices of which one is on; arrow keys go along it. */
export function Choices<T extends string | number>(
  { label, options, chosen, onChoose }:
  { label: string; options: readonly { value: T; text: string }[]; chosen: T | null; onChoose: (value: T) => void },
) {
  const box = useRef<HTMLDivElement>(null);
  const at = Math.max(0, options.findIndex((each) => each.value === chosen));
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const next = options[(at + by + options.length) % options.length]!;
    onChoose(next.value);
    box.current?.querySelectorAll("button")[options.indexOf(next)]?.focus();
  };
  return (
    <div class="choices" role="radiogroup" aria-label={label} ref={box} onKeyDown={onKeyDown}>
      {options.map((each, i) => (
        <button key={each.value} type="button" role="radio" aria-checked={each.value === chosen} tabIndex={i === at ? 0 : -1} onClick={() => onChoose(each.value)}>
          {each.text}
        </button>
      ))}
    </div>
  );
}
