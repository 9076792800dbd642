// The bar below the picture: what is recorded, what happened in it, and the hand that goes through it.
import { useEffect, useRef } from "preact/hooks";
import { canDraw } from "../store";
import { t } from "../text";
import { clockText, dayText, momentText, spanText } from "../text/format";
import { CompareButtons } from "./compare";
import { SeverityMark, isSeverity } from "./icons";
import { OVER } from "./ledger";
import { IconButton } from "./parts";
import {
  SPANS, SPEEDS, chooseSpeed, endScrub, goLive, isPlaying, now_ns, pause, play, playhead, range, recorded, scrub, showSpan, spanSecs, speed, step,
} from "./playback";
import { isPast, isPhone } from "./state";

const STEPS_SECS = [1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 43_200, 86_400];
const TICK_PX = 90;

export function Timeline() {
  if (!recorded.value?.recording || !canDraw.value) {
    return <footer class="timeline timeline-none"><span class="faint">{recorded.value && !recorded.value.recording ? t("timeline.notRecorded") : ""}</span></footer>;
  }
  const past = isPast.value;
  return (
    <footer class={`timeline ${past ? "timeline-past" : ""}`} aria-label={t("timeline.title")}>
      <div class="timeline-tools">
        <IconButton
          icon={isPlaying.value ? "pause" : "play"} label={isPlaying.value ? t("timeline.pause") : t("timeline.play")} disabled={!past}
          onClick={() => (isPlaying.value ? pause() : play())}
        />
        <select class="input" aria-label={t("timeline.speed")} title={t("timeline.speed")} value={speed.value} onChange={(event) => chooseSpeed(Number(event.currentTarget.value))}>
          {SPEEDS.map((each) => <option key={each} value={each}>{each}×</option>)}
        </select>
      </div>
      <Track />
      <div class="timeline-tools">
        <select class="input" aria-label={t("timeline.span")} title={t("timeline.span")} value={spanSecs.value} onChange={(event) => showSpan(Number(event.currentTarget.value))}>
          {SPANS.map((each) => <option key={each} value={each}>{each === 60 ? t("span.min", { n: 1 }) : each ? spanText(each) : t("timeline.all")}</option>)}
        </select>
        {!isPhone.value && <CompareButtons />}
        <button type="button" class={`button ${past ? "primary" : ""}`} disabled={!past} onClick={goLive}>{t("timeline.live")}</button>
      </div>
    </footer>
  );
}

function Track() {
  const box = useRef<HTMLDivElement>(null);
  const [from, to] = range.value;
  const width = box.current?.clientWidth ?? 600;
  const part = (time_ns: number) => Math.min(Math.max((time_ns - from) / (to - from), 0), 1);
  const at = (event: PointerEvent) => {
    const place = box.current!.getBoundingClientRect();
    return from + ((event.clientX - place.left) / place.width) * (to - from);
  };
  const known = recorded.value!;
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowDown: -1, ArrowUp: 1, PageDown: -30, PageUp: 30 }[event.key];
    if (by) step(by * (event.shiftKey ? 10 : 1));
    else if (event.key === "Home") scrub(Math.max(from, known.start_ns));
    else if (event.key === "End") goLive();
    else if (event.key === " " && isPast.value) isPlaying.value ? pause() : play();
    else return;
    event.preventDefault();
  };
  useEffect(() => {
    const element = box.current!;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const wider = event.deltaY > 0 ? 1 : -1;
      const order = SPANS as readonly number[];
      showSpan(order[Math.min(Math.max(order.indexOf(spanSecs.value) + wider, 0), order.length - 1)]!);
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  }, []);
  const shown = part(playhead.value);
  return (
    <div
      class="track" ref={box} role="slider" tabIndex={0} aria-label={t("timeline.moment")} aria-valuemin={Math.round(from / 1e9)} aria-valuemax={Math.round(to / 1e9)}
      aria-valuenow={Math.round(playhead.value / 1e9)} aria-valuetext={isPast.value ? momentText(playhead.value) : t("moment.live")} onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        if (event.button) return;
        (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
        scrub(at(event));
      }}
      onPointerMove={(event) => (event.currentTarget as HTMLElement).hasPointerCapture(event.pointerId) && scrub(at(event))}
      onPointerUp={(event) => (event.currentTarget as HTMLElement).hasPointerCapture(event.pointerId) && endScrub()}
    >
      <div class="track-recorded" style={{ left: `${part(known.start_ns) * 100}%`, right: `${(1 - part(now_ns.value)) * 100}%` }} />
      {ticks(from, to, width).map((each) => <span key={each} class="tick" style={{ left: `${part(each) * 100}%` }}>{tickText(each, to - from)}</span>)}
      {known.marks.filter((each) => each.time_ns >= from && each.time_ns <= to).map((each, i) => (
        <span key={i} class={`mark mark-${each.kind}`} style={{ left: `${part(each.time_ns) * 100}%` }} title={`${clockText(each.time_ns)} ${each.text}`}>
          {isSeverity(each.severity) ? <SeverityMark severity={each.severity} active={each.kind !== OVER} size={10} /> : <i />}
        </span>
      ))}
      <div class="playhead" style={{ left: `${shown * 100}%` }}>
        <span class={`playhead-time ${shown > 0.5 ? "playhead-left" : ""}`}>{isPast.value ? clockText(playhead.value, { tenths: true }) : t("moment.live")}</span>
      </div>
    </div>
  );
}

/** Round times of day, so many that their texts have room. */
export function ticks(from_ns: number, to_ns: number, width: number): number[] {
  const secs = (to_ns - from_ns) / 1e9;
  const most = Math.max(Math.floor(width / TICK_PX), 1);
  const every = STEPS_SECS.find((each) => secs / each <= most) ?? 86_400 * Math.ceil(secs / most / 86_400);
  const local = new Date(to_ns / 1e6).getTimezoneOffset() * 60;
  const first = Math.ceil((from_ns / 1e9 - local) / every) * every + local;
  const found: number[] = [];
  for (let time = first; time * 1e9 <= to_ns && found.length < 100; time += every) found.push(time * 1e9);
  return found;
}

function tickText(time_ns: number, span_ns: number): string {
  return span_ns > 2 * 86_400e9 ? dayText(time_ns).slice(5) : clockText(time_ns, { seconds: span_ns < 600e9 });
}
